"""Embedded deployment: one machine, no other service; SQLite, jobs in the database, emails as files.

Used by `./run`.
"""

import sys

from community.settings.base import *
from community.settings.base import env
from community.settings.env import push_key_at, secret_key_at, sqlite_at

DEBUG = env.flag("CHAINRULE_DEBUG")
SECRET_KEY = env.text("CHAINRULE_SECRET_KEY") or secret_key_at(VAR / "secret-key")
HOST = env.text("HOST", "127.0.0.1")
CHAINRULE_DEMO_SIGN_IN = HOST in {"127.0.0.1", "localhost", "::1", "[::1]"}
_hosts = env.words("CHAINRULE_HOSTS")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *_hosts]
_first_host = _hosts[0].lstrip(".") if _hosts else "127.0.0.1"
SITE_ADDRESS = env.origin("CHAINRULE_ADDRESS", f"http://{_first_host}:{env.integer('PORT', 8000)}")

# One's own machine: many have no Landlock, and other systems than Linux have nothing but the limits.
BPSANDBOX_UNENFORCED = env.words("CHAINRULE_UNENFORCED", "reading,folders" if sys.platform == "linux" else "all")

# The threads that answer pages are few and keep their connections; opening one costs more than most queries.
DATABASES = {"default": sqlite_at(VAR / "chainrule.sqlite3") | {"CONN_MAX_AGE": None}}
CACHES = {
    "default": {
        "BACKEND": "community.common.file_cache.TolerantFileCache",
        "LOCATION": VAR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
}
RATELIMIT_STORAGE = f"sqlite://{VAR / 'limits.sqlite3'}"

MAILERS = {
    "default": {
        "BACKEND": "community.common.mail.FolderBackend",
        "OPTIONS": {"file_path": VAR / "mail"},
    }
}
MAIL_REPLY_ADDRESS = env.mail_address("CHAINRULE_REPLY_ADDRESS", "reply@localhost")
MAIL_BOUNCE_ADDRESS = env.mail_address("CHAINRULE_BOUNCE_ADDRESS")
MAIL_FOLDER_IN = env.text("CHAINRULE_MAILDIR") or str(VAR / "maildir")
MAIL_AUTHSERV_IDS = env.words("CHAINRULE_AUTHSERV_IDS")
CHAINRULE_MAIL_SHOWN = str(VAR / "mail") if CHAINRULE_DEMO_SIGN_IN else ""

PUSH_KEY = env.push_key("CHAINRULE_PUSH_KEY") or push_key_at(VAR / "push-key")

# Without a manifest (plain `manage.py runserver` before `collectstatic`) files are served from their sources.
_collected = (STATIC_ROOT / "staticfiles.json").exists() and not DEBUG
WHITENOISE_USE_FINDERS = not _collected
STORAGES = {
    "default": {"BACKEND": "community.media.storage.Folder"},
    "staticfiles": {"BACKEND": "community.common.static.ManifestStorage"},
}

env.finish()
