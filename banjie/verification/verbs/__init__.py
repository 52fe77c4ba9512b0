"""Verbs of verification and closing."""
