"""A FAQ that stands elsewhere: web pages as they were saved, and Markdown pages, read as articles."""
