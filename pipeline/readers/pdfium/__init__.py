"""What PDFium gives of a PDF page, and what of it paper shows."""
