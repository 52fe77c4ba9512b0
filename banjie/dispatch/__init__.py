"""Verbs that send a ticket to whoever works it, and why that person."""
