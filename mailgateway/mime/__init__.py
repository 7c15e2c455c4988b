"""A mail taken apart: bytes, parts, headers, text. Nothing here raises, whatever the bytes."""
