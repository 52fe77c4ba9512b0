"""What people do with whole lists."""
