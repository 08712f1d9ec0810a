"""What a run records beside its curves, one file a record."""
