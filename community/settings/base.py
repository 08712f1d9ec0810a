"""Settings shared by both deployments. The environment is read only through `env`."""

from pathlib import Path

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from community.settings.env import Env
from community.settings.logs import logging_config

BASE_DIR = Path(__file__).resolve().parents[2]

env = Env()

VAR = env.path("CHAINRULE_VAR", BASE_DIR / "var")
VERSION = "0.1.0"
SITE_NAME = "Chainrule"

# === Apps and middleware ===

INSTALLED_APPS = [
    "community.pages",
    "community.api",
    "community.profiles",
    "community.moderation",
    "community.experiments",
    "community.forum",
    "community.blogs",
    "community.lists",
    "community.review",
    "community.saved",
    "community.social",
    "community.content",
    "community.search",
    "community.notifications",
    "community.media",
    "community.mutes",
    "community.audit",
    "community.accounts",
    "community.common",
    "bpsandbox",
    "allauth",
    "allauth.account",
    "django_tasks_db",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "community.common.static.SiteStaticFiles",
    "django.forms",
]

MIDDLEWARE = [
    "community.common.middleware.RequestTrace",
    "community.common.middleware.PageCache",
    "community.common.middleware.SecurityHeaders",
    "community.common.middleware.Compression",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "community.common.static.WhiteNoiseMiddleware",
    "community.common.middleware.PublicFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "community.accounts.middleware.Authentication",
    "community.common.middleware.Preferences",
    "community.common.middleware.ReadableInput",
    "django.middleware.common.CommonMiddleware",
    "community.common.replicas.own_writes.OwnWrites",
    "community.common.middleware.SameOrigin",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "community.common.middleware.Refusals",
]

# Aliases of DATABASES that are copies, which lists and search read from (common/replicas).
REPLICAS: list[str] = []

# Threads that answer pages in each web process, and how many pages run in them at a time (common/asgi.py): the other
# threads are for pages that wait while a database or a cache answers slowly. Python runs one thread at a time, and
# SQLite computes in the process itself: a second page would only take the interpreter from the first.
PAGE_THREADS, PAGES_RUN = 16, 1

ROOT_URLCONF = "community.urls"
ASGI_APPLICATION = "community.asgi.application"
WSGI_APPLICATION = "community.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# === Templates and forms ===

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["community.common.addresses"],  # a faster {% url %}
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "community.notifications.context_processors.unread_count",
                "community.moderation.context_processors.open_cases",
                "community.common.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# === Language and time ===

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "community" / "locale"]
FORMAT_MODULE_PATH = ["community.common.formats"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = "UTC"
USE_TZ = True

# === Accounts and sessions ===

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["community.accounts.backends.HandleOrEmailBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("handle", "email", "display_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "community.accounts.access.PasswordEndsAccess"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "community.accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "community.common.handlers.csrf_failure"

# Demo passwords are printed: demo accounts can sign in only where nobody else can reach the site.
CHAINRULE_DEMO_SIGN_IN = False
# Folder of email files, shown to people who wait for an email; set on a site that sends none.
CHAINRULE_MAIL_SHOWN = ""

# allauth; owned by the accounts app
ACCOUNT_ADAPTER = "community.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # User.email is the confirmed address, written only by our adapter
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USER_DISPLAY = "community.accounts.names.visible_name"
ACCOUNT_FORMS = {
    "signup": "community.accounts.forms.sign_in.SignupForm",
    "login": "community.accounts.forms.sign_in.LoginForm",
    "reset_password": "community.accounts.forms.sign_in.ResetPasswordForm",
    "reset_password_from_key": "community.accounts.forms.sign_in.ResetPasswordKeyForm",
    "change_password": "community.accounts.forms.sign_in.ChangePasswordForm",
    "set_password": "community.accounts.forms.sign_in.SetPasswordForm",
    "add_email": "community.accounts.forms.sign_in.ChangeEmailForm",
    "reauthenticate": "community.accounts.forms.sign_in.ReauthenticateForm",
}
ACCOUNT_RATE_LIMITS = False  # ours (accounts/rates.py) are shared by all processes and return a retry time

# === Security ===

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Number of proxies in front of the site that write X-Forwarded-For.
TRUSTED_PROXIES = 0
SECURE_CSP: dict[str, list[CSP | str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
# 1 MB of Chinese takes three in a form; longer bodies are discarded (common/asgi.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
REQUEST_MAX_BYTES = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# === Files ===

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "community" / "static"]
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "/media/"
FONTS_ROOT = VAR / "fonts"
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# === Pages for visitors, kept in the memory of each web process ===

PAGE_CACHE_BYTES = 1024 * 1024 * env.integer("CHAINRULE_PAGE_CACHE_MB", 64)
# A kept page may be sent for so long before the log of changes is read again.
PAGE_CACHE_SECONDS = 0.5

# === Background jobs ===

# QUEUES: [] allows any queue name.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# Prefix of the counters in Redis.
RATELIMIT_PREFIX = "chainrule-limits"

# Redis has so many seconds to connect and to answer. After that pages go on without it, and the door stays shut.
REDIS_SECONDS = 0.5

# === Email ===

DEFAULT_FROM_EMAIL = "Chainrule <noreply@localhost>"
EMAIL_SUBJECT_PREFIX = ""
# Replies by email, and reports of failed deliveries, go to these addresses with a token before the @; empty for none.
MAIL_REPLY_ADDRESS = ""
MAIL_BOUNCE_ADDRESS = ""
# A maildir into which they are delivered; empty where `receive_mail` is called instead.
MAIL_FOLDER_IN = ""
# Letters about single notifications that a person gets in a day; what is above comes with the next digest.
MAIL_MOST_A_DAY = env.integer("CHAINRULE_MAIL_A_DAY", 100)
# Whose findings on the sender of an email are trusted: names in `Authentication-Results`.
MAIL_AUTHSERV_IDS: list[str] = []
# The private key by which push services know the site, base64url; empty where nothing is pushed to devices.
PUSH_KEY = ""
# Where the site is found, for what is written without a request: links in email.
SITE_ADDRESS = "http://localhost"

# === The sandbox ===

BPSANDBOX_WAKE = "bpsandbox.wake.Pipes"
BPSANDBOX_WAKE_PLACE = str(VAR / "wake")
BPSANDBOX_CALIBRATION = str(VAR / "rates.json")
BPSANDBOX_VISIBLE_SPECS = "community.experiments.access.visible_specs"
BPSANDBOX_HAS_MEMBER_QUOTA = "community.experiments.access.has_member_quota"
BPSANDBOX_HAS_TRUSTED_QUOTA = "community.experiments.access.has_trusted_quota"
BPSANDBOX_TRUSTED_WORDS = "community.experiments.access.who_has_more_runs"
BPSANDBOX_UNENFORCED = env.words("CHAINRULE_UNENFORCED")
BPSANDBOX_MATH = "community.rendering.mathml"

# === Live updates ===

# How processes tell each other that a person has news: a function that returns a topic, and its name.
PEOPLE_TOPIC = ("bpsandbox.wake.topic", "people")

# === Logs ===

LOGGING = logging_config(level="INFO")
