"""Pages of the organisation: thin doors, one call each."""
