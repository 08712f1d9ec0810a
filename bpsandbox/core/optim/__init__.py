"""Optimisers, learning-rate schedules, clipping, penalties and stopping rules."""
