"""`sign_in`: signing up, signing in and what belongs to it, for allauth. `settings`: what a person may change."""
