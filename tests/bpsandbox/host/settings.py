"""A project that installs bpsandbox and nothing of the community: it must work alone."""

import os
from pathlib import Path

HOST_VAR = Path(os.environ["HOST_VAR"])

SECRET_KEY = "a host of the sandbox, in tests only"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "bpsandbox"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOST_VAR / "host.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": "PRAGMA journal_mode=WAL"},
    }
}
if os.environ.get("HOST_POSTGRES"):
    DATABASES["default"] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["HOST_POSTGRES"],
        "HOST": "127.0.0.1",
        "USER": "postgres",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
BPSANDBOX_WAKE_PLACE = HOST_VAR / "wake"
if os.environ.get("HOST_ENGINE"):
    BPSANDBOX_ENGINE = os.environ["HOST_ENGINE"]
