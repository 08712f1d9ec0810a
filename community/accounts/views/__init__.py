"""`sign_in`: allauth's pages behind our rate limits. `settings`: what a person changes. `avatars`: avatars."""
