"""`articles` and `notes`: what is read. `writing`: the writing pages, and what is done with a draft."""
