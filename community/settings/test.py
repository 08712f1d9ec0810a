"""Test settings: a separate database file, fast hashing, immediate tasks."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from community.settings.base import *
from community.settings.env import Env, sqlite_at

env = Env()

VAR = Path(tempfile.mkdtemp(prefix="chainrule-test-"))
atexit.register(shutil.rmtree, VAR, ignore_errors=True)

# As in the training children: BLAS threads of two test processes would contend. NumPy is imported later.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

DEBUG = False
SECRET_KEY = "only-for-tests-" + "0123456789" * 4
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "[::1]"]
SITE_ADDRESS = "http://testserver"

if env.text("CHAINRULE_TEST_DATABASE_URL"):
    DATABASES = {"default": env.database("CHAINRULE_TEST_DATABASE_URL")}
    if DATABASES["default"]:
        DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
        DATABASES["default"]["TEST"] = {"NAME": VAR.name.replace("-", "_")}  # no run meets another one's
else:
    DATABASES = {"default": sqlite_at(VAR / "chainrule.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "; PRAGMA synchronous=OFF"
    DATABASES["default"]["TEST"] = {"NAME": VAR / "test.sqlite3"}

# A machine that stalls is not a Redis that is away: its tests say how long theirs may take.
REDIS_SECONDS = 30

if env.text("CHAINRULE_TEST_REDIS_URL"):
    CACHES = {
        "default": {
            "BACKEND": "tests.stores.OwnKeys",
            "LOCATION": env.text("CHAINRULE_TEST_REDIS_URL"),
            "KEY_PREFIX": VAR.name,
            "KEY_FUNCTION": "tests.stores.make_key",
            "OPTIONS": {"socket_connect_timeout": REDIS_SECONDS, "socket_timeout": REDIS_SECONDS},
        },
    }
else:
    CACHES = {
        "default": {"BACKEND": "tests.stores.Local"},
    }
RATELIMIT_STORAGE = "memory://"

BPSANDBOX_WAKE_PLACE = str(VAR / "wake")
BPSANDBOX_CALIBRATION = ""
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend", "QUEUES": []}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}

PUSH_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"

STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir()
MEDIA_ROOT = VAR / "media"
FONTS_ROOT = VAR / "fonts"
WHITENOISE_USE_FINDERS = True
MIDDLEWARE = [
    "tests.static_files.ListedOnce" if name == "community.common.static.WhiteNoiseMiddleware" else name
    for name in MIDDLEWARE
]
STORAGES = {
    "default": {"BACKEND": "community.media.storage.Folder"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PAGE_CACHE_BYTES = 0  # tests of kept pages switch it on

LOGGING = logging_config(level="ERROR")

env.finish()
