"""What is owed to a customer by when: targets, the clocks that run for them, and what became of them."""
