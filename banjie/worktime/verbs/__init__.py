"""How calendars change: always by a new version."""
