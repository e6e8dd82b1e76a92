"""What follows from a definition."""
