"""WSGI entry point. Live updates need the ASGI application; pages fall back to polling without it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings.embedded")

application = get_wsgi_application()
