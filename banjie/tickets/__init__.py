"""The ticket, its append-only timeline, who may see it, and `perform`, the one way it changes."""
