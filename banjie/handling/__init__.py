"""Verbs of the person who works a ticket."""
