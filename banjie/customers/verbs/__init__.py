"""What may be done to customers, contacts, phones and assets."""
