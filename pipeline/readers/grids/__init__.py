"""Ruling lines, gutters and rows of text to tables with their cells."""
