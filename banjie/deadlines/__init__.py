"""Clocks that the rulebook starts and stops, breaches, escalation, and duties owed per day."""
