"""Versioned business calendars and the arithmetic of working time."""
