"""Account views.

`sign_in`: allauth's pages with rate limits. `settings`: profile and preferences. `avatars`: images. `kept`: a form kept
until its writer signed in.
"""
