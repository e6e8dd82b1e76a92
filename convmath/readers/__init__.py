"""Networks out of files that other programs wrote. A file is data: nothing in it is run, and no other is opened."""
