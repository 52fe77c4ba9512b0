"""What the console's pages show, gathered from several rooms and ready to be drawn."""
