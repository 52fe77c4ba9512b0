"""Opening verbs."""
