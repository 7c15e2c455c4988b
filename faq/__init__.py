"""The website: visitors search the knowledge base as they type, and write to the desk by a form."""
