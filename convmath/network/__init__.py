"""Operators wired into a network: its sizes in one floor each, what it costs, which inputs fit it."""
