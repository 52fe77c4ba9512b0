"""Excel in: the columns, reading, checking and writing them as sets."""
