"""Networks read from files. Nothing in a file is believed before it was looked at, and nothing in it is run."""
