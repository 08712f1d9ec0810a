"""Production deployment: PostgreSQL, Redis, Celery, SMTP.

Refuses to start with missing variables, and names them all.
"""

from importlib.util import find_spec

from community.common.connections import check_idle
from community.settings.base import *
from community.settings.base import env
from community.settings.logs import LEVELS

DEBUG = False
SECRET_KEY = env.required("CHAINRULE_SECRET_KEY")
if SECRET_KEY and len(SECRET_KEY) < 50:
    env.reject("CHAINRULE_SECRET_KEY must have at least 50 characters")
ALLOWED_HOSTS = env.hosts("CHAINRULE_HOSTS")

DATABASES = {"default": env.database("CHAINRULE_DATABASE_URL")}
for _place, _replica in enumerate(env.databases("CHAINRULE_REPLICA_URLS"), start=1):
    _replica["OPTIONS"].setdefault("connect_timeout", "1")
    DATABASES[f"replica{_place}"] = _replica | {"TEST": {"MIRROR": "default"}}
REPLICAS = [alias for alias in DATABASES if alias != "default"]
DATABASE_ROUTERS = ["community.common.replicas.router.ReplicaRouter"] if REPLICAS else []
for _alias, _database in DATABASES.items():
    if _database:
        # After a PostgreSQL restart the pool's connections are dead: check them before use.
        _seconds = 5 if _alias == "default" else 1
        _pool = {"min_size": 1, "max_size": PAGE_THREADS + 4, "timeout": _seconds, "check": check_idle}
        _database["OPTIONS"].setdefault("pool", _pool)
PAGES_RUN = 2  # one runs while the other waits for PostgreSQL

REDIS_URL = env.redis("CHAINRULE_REDIS_URL")
# Separates the keys of several sites on one Redis.
REDIS_PREFIX = env.text("CHAINRULE_REDIS_PREFIX", "chainrule")
REDIS_SECONDS = env.number("CHAINRULE_REDIS_TIMEOUT", REDIS_SECONDS)
if not 0 < REDIS_SECONDS <= 60:
    env.reject("CHAINRULE_REDIS_TIMEOUT must be more than 0 and at most 60 seconds")
CACHES = {
    "default": {
        "BACKEND": "community.common.redis_cache.TolerantRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_PREFIX,
        "OPTIONS": {"socket_connect_timeout": REDIS_SECONDS, "socket_timeout": REDIS_SECONDS},
    },
}
RATELIMIT_STORAGE = REDIS_URL
RATELIMIT_PREFIX = f"{REDIS_PREFIX}-limits"
TASKS = {"default": {"BACKEND": "community.common.tasks_celery.CeleryBackend", "QUEUES": []}}
CELERY_BROKER_URL = REDIS_URL
BPSANDBOX_WAKE = "bpsandbox.wake.Redis"
BPSANDBOX_WAKE_PLACE = REDIS_URL
PEOPLE_TOPIC = ("bpsandbox.wake.topic", f"{REDIS_PREFIX}-people")
BPSANDBOX_SHARED_CALIBRATION = True

DEFAULT_FROM_EMAIL = env.required("CHAINRULE_MAIL_FROM")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
_smtp_port = env.integer("CHAINRULE_SMTP_PORT", 587)
_smtp_ssl = env.flag("CHAINRULE_SMTP_SSL", _smtp_port == 465)
_mail_folder = env.text("CHAINRULE_MAIL_FOLDER")  # write emails there instead of sending them
_smtp = {
    "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OPTIONS": {
        "host": env.required("CHAINRULE_SMTP_HOST"),
        "port": _smtp_port,
        "username": env.text("CHAINRULE_SMTP_USER"),
        "password": env.text("CHAINRULE_SMTP_PASSWORD"),
        "use_ssl": _smtp_ssl,
        "use_tls": env.flag("CHAINRULE_SMTP_TLS", not _smtp_ssl),
        "timeout": 20,
    },
}
_files = {"BACKEND": "community.common.mail.FolderBackend", "OPTIONS": {"file_path": _mail_folder}}
MAILERS = {"default": _files if _mail_folder else _smtp}
MAIL_REPLY_ADDRESS = env.mail_address("CHAINRULE_REPLY_ADDRESS")
MAIL_BOUNCE_ADDRESS = env.mail_address("CHAINRULE_BOUNCE_ADDRESS")
MAIL_FOLDER_IN = env.text("CHAINRULE_MAILDIR")
MAIL_AUTHSERV_IDS = env.words("CHAINRULE_AUTHSERV_IDS")

PUSH_KEY = env.push_key("CHAINRULE_PUSH_KEY")

TRUSTED_PROXIES = env.integer("CHAINRULE_TRUSTED_PROXIES", 1)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
# Only for a trial on one machine or behind a private network: passwords are sent unencrypted.
PLAIN_HTTP = env.flag("CHAINRULE_PLAIN_HTTP")
_https = not PLAIN_HTTP
_first_host = ALLOWED_HOSTS[0].lstrip(".") if ALLOWED_HOSTS else "localhost"
SITE_ADDRESS = env.origin("CHAINRULE_ADDRESS", f"{'https' if _https else 'http'}://{_first_host}")
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# Without a proxy in front of the site anyone could send this header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = env.integer("CHAINRULE_HSTS_SECONDS", 365 * 24 * 3600) if _https else 0
# Both bind all subdomains, also those of other sites, and a browser forgets neither soon.
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https and env.flag("CHAINRULE_HSTS_SUBDOMAINS")
SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS and env.flag("CHAINRULE_HSTS_PRELOAD")
# Options disabled on purpose are not deployment errors.
SILENCED_SYSTEM_CHECKS = [
    *([] if SECURE_HSTS_INCLUDE_SUBDOMAINS or PLAIN_HTTP else ["security.W005"]),
    *([] if SECURE_HSTS_PRELOAD or PLAIN_HTTP else ["security.W021"]),
]
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
LANGUAGE_COOKIE_SECURE = _https

_bucket = env.text("CHAINRULE_S3_BUCKET")
if _bucket and not (find_spec("storages") and find_spec("boto3")):
    env.reject("CHAINRULE_S3_BUCKET needs the packages of requirements-s3.txt")
_folder = {"BACKEND": "community.media.storage.Folder"}
_s3 = {
    "BACKEND": "community.media.s3.Bucket",
    "OPTIONS": {
        "bucket_name": _bucket,
        "endpoint_url": env.text("CHAINRULE_S3_ENDPOINT") or None,
        "region_name": env.text("CHAINRULE_S3_REGION", "us-east-1"),
        "access_key": env.text("CHAINRULE_S3_ACCESS_KEY") or None,
        "secret_key": env.text("CHAINRULE_S3_SECRET_KEY") or None,
        "location": env.text("CHAINRULE_S3_PREFIX"),
        "addressing_style": env.text("CHAINRULE_S3_ADDRESSING", "auto"),
    },
}
STORAGES = {
    "default": _s3 if _bucket else _folder,
    "staticfiles": {"BACKEND": "community.common.static.ManifestStorage"},
}
LOGGING = logging_config(level=env.choice("CHAINRULE_LOG_LEVEL", "INFO", LEVELS), as_json=True)
MISSPELT_VARIABLES = env.misspelt()

env.finish()
