"""Tests; the folders mirror `banjie/`."""
