"""Why everything is as it is, in sentences."""
