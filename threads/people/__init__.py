"""Who people are: their addresses, their organisation with its rights, what of their correspondence they may read."""
