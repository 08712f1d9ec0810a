"""ASGI entry point (uvicorn, granian)."""

import gc
import os
import sys
import threading

import django
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings.embedded")

django.setup(set_prefix=False)

from community.common.asgi import Application  # noqa: E402 - needs the settings
from community.content import bodies  # noqa: E402 - needs the apps

WARM_AFTER_SECONDS = 2.0
SWITCH_SECONDS = 0.02
"""How long a thread may keep the interpreter from others that want it. A page gives it up at its next query, after a
millisecond or so; interrupting it before, as Python does after five, costs more than the others gain. Beside a page
that computes for long, each query of another may wait so long."""

application = Application()
sys.setswitchinterval(SWITCH_SECONDS)

# The renderer's processes are for writers: they start when the first readers have their pages.
warming = threading.Timer(WARM_AFTER_SECONDS, bodies.warm)
warming.daemon = True
warming.start()
_ = get_resolver().url_patterns  # import all views now: the first request is fast and a broken view fails at startup

gc.collect()
gc.freeze()  # what is loaded stays for good: no collection need look through it again
