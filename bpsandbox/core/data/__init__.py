"""Data sets, splits, standardisation, batches and targets."""
