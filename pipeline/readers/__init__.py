"""Bytes to a Document: pages, blocks, tables with their cells. One format a file; what they share stands in rooms beside them."""
