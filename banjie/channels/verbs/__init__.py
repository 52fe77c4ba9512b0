"""What people do with what was sent to them."""
