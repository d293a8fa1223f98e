"""Published results: pages of values (once), set as HTML and as PDF; the workbook."""
