"""Sign-offs: who must sign before a ticket goes on, and what counts as signed."""
