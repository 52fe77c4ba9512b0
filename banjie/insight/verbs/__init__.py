"""What people may do to results: correct them by a new row."""
