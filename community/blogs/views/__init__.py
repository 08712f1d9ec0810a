"""Blog views. `articles` and `notes`: reading. `writing`: writing pages and draft actions."""
