"""Text files: bytes to characters, lines, and the ways tables are typed."""
