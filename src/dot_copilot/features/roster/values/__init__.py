"""What a cell says: dates, places, classes, yes and no. A converter returns a value, None for "not known", or raises."""
