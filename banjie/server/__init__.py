"""Processes: the embedded database and the supervisor of web, worker and live."""
