"""To which conversation a mail belongs, or with which it goes on: what is known, what it refers to, who may join."""
