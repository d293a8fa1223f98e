"""A document as a notice: its lines cut into body and annexes; head, outline, bands, vetoes, close; what does not belong."""
