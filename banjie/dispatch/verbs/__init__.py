"""Dispatch verbs."""
