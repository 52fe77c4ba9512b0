"""Who sits in front of the browser, and what they sign in with."""

PASSWORD = "everybody-of-the-cast-24"
