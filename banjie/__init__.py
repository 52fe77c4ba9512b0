"""Banjie 办结: the service regulation is the program."""
