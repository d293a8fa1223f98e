"""What the numbers of a rubric prove: its puzzle, the solver, the certificate and the checker that shares no code with it."""
