"""What may be done to the organisation. Every verb writes the administration log in the same transaction."""
