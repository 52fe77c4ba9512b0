"""Customers, their contacts, phones and assets, and the region that serves them."""
