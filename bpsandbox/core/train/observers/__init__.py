"""The records of a run besides its curves, one file for each."""
