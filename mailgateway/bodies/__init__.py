"""What the writer wrote, parted from quotations, signatures and forwarded mail."""
