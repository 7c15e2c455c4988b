"""Messages change their conversation: merged, split, moved, and how each conversation stands afterwards."""
