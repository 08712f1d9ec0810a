"""`articles` and `notes`: what is read. `writing`: articles being written, edited and published."""
