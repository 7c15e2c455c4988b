"""What the built-in rules of `threads.priority` read in a mail: the words of an emergency, and whether they are meant."""
