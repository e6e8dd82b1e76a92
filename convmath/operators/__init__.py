"""The ready-made operators, and ``define`` for any other."""
