"""Show a run in a terminal: problems below their lines, a progress bar, a curve in braille, a table."""
