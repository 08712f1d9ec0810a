"""Numbers that may only change together with ENGINE."""
