"""A project that installs only bpsandbox, which must work without the community."""

import json
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
        "TEST": {"NAME": HOST_VAR / "test.sqlite3"},
    }
}
if os.environ.get("HOST_DATABASE"):
    DATABASES["default"] = json.loads(os.environ["HOST_DATABASE"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
BPSANDBOX_WAKE_PLACE = HOST_VAR / "wake"
for name, value in json.loads(os.environ.get("HOST_SETTINGS", "{}")).items():
    globals()[name] = value
