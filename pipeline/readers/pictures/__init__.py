"""Pictures of pages: the paper, its ruling lines, its seals, and characters read by OCR and looked at again."""
