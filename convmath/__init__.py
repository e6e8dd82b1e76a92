"""convmath."""
