"""Blog views. `articles`, `notes` and `series`: reading. `writing`: writing pages and draft actions."""
