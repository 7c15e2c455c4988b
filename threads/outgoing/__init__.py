"""What goes out: letters as values, an answer's way into the outbox, and what stops mail from going."""
