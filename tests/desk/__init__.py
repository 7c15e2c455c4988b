"""A desk's archive as the world writes it, from a seed: who writes, what about, by which program, and what the way does to it."""
