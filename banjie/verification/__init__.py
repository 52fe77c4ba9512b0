"""Verbs that check the result with the customer and end the ticket."""
