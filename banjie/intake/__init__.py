"""Verbs that open a ticket: accept, guide, register."""
