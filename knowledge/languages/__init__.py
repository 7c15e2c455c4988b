"""How words are read: one ordered chain of small steps a language."""
