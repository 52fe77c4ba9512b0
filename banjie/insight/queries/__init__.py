"""Questions to tickets, findings and duties; each is one or two set-based statements."""
