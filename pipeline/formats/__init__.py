"""Forms to fill: one sheet of values, set in each format."""
