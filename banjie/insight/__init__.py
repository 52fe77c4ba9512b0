"""What happened, counted: statistics by period and how far each clause is kept."""
