"""Training: the session that drives a stack of seeds, its measurements, records and result."""
