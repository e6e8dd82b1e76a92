"""What must come out, by plain loops. Nothing here imports convmath."""
