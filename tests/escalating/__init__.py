"""A month of a desk on a clock that is an argument: what happens in it, what must follow by another reckoning, and who sweeps."""
