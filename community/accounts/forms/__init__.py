"""Account forms. `sign_in`: sign-up, sign-in and related forms for allauth. `settings`: profile and preferences."""
