"""Notifications to people and the record of what was sent to whom and when."""
