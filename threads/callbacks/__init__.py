"""Calls that customers wish for: found in what they write, put into office hours, told, and ended."""
