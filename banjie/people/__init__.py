"""Who works here: units, members, roles, posts, and the Actor who does things."""
