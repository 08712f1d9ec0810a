"""`entrance`: allauth's pages behind our limits. `settings`: what a person changes. `faces`: avatars."""
