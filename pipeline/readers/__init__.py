"""Bytes to a Document: pages, blocks, tables with their cells. One format a file, and the parts that formats share."""
