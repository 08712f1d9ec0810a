"""Synthetic communities for measuring: texts, people and rows in bulk."""
