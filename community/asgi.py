"""What an ASGI server (uvicorn, granian) runs."""

import os
import threading

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings.embedded")

application = get_asgi_application()

from community.content import bodies  # noqa: E402 - needs the apps

threading.Thread(target=bodies.warm, name="warm-renderer", daemon=True).start()
_ = get_resolver().url_patterns  # read all views now: the first visitor does not wait, and a broken one fails at start
