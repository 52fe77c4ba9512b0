"""Django settings, all of them derived from `environment.Environment`."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from banjie.config.environment import PROJECT_ROOT, kept_secret, read_environment
from banjie.server.postgres import embedded_address

ENV = read_environment()

DEBUG = ENV.debug
SECRET_KEY = kept_secret(ENV, "secret_key")
CHAIN_KEY = kept_secret(ENV, "chain_key").encode()
ALLOWED_HOSTS = [host.strip() for host in ENV.allowed_hosts.split(",") if host.strip()]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "banjie.ui",
    "banjie.people",
    "banjie.worktime",
    "banjie.rulebook",
    "banjie.customers",
    "banjie.channels",
    "banjie.tickets",
    "banjie.deadlines",
    "banjie.intake",
    "banjie.approval",
    "banjie.dispatch",
    "banjie.handling",
    "banjie.verification",
    "banjie.insight",
    "banjie.console",
    "banjie.config",
]

MIDDLEWARE = [
    "banjie.config.apidoor.ApiDoor",
    "django.middleware.security.SecurityMiddleware",
    "banjie.ui.csp.CspMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "banjie.ui.limits.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "banjie.console.shell.ShellMiddleware",
    "banjie.ui.htmx.HtmxMiddleware",
]

ROOT_URLCONF = "banjie.config.urls"
WSGI_APPLICATION = "banjie.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _database() -> dict[str, Any]:
    """Connection of `DATABASE_URL`, or of the embedded server."""
    common: dict[str, Any] = {
        "ENGINE": "banjie.config.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # A statement's third run makes the server keep it. A pooler that cannot pass that on needs `?prepare_threshold=0` in DATABASE_URL.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3},
    }
    if not ENV.database_url:
        address = embedded_address(ENV.home)
        return common | {"NAME": address.name, "USER": address.user, "HOST": address.host, "PORT": address.port}
    url = urlsplit(ENV.database_url)
    options = dict(parse_qsl(url.query))
    kept = int(options.pop("prepare_threshold", "3")) or None
    return common | {
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": url.port or "",
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": kept, **options},
    }


DATABASES = {"default": _database()}
# The table is made by people/migrations/0003. Django's default of 300 entries would let an attacker push out his own sign-in failures.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache", "OPTIONS": {"MAX_ENTRIES": 200_000}}}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": False,
        "DIRS": [
            PROJECT_ROOT / "banjie" / room / "templates"
            for room in (
                "ui",
                "people",
                "worktime",
                "rulebook",
                "customers",
                "channels",
                "tickets",
                "deadlines",
                "approval",
                "insight",
                "console",
                "authoring",
                "config",
            )
        ],
        "OPTIONS": {"environment": "banjie.ui.jinja.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

AUTH_USER_MODEL = "people.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["banjie.people.passwords.Argon2", "banjie.people.passwords.OneTime"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "banjie.people.adapter.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

SESSION_ENGINE = "banjie.people.sessions"
# Browsers send cookies to every port of a host: a second installation beside this one must not overwrite the first one's sign-ins.
SESSION_COOKIE_NAME = f"banjie-{sha256(b'session cookie' + SECRET_KEY.encode()).hexdigest()[:8]}"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENV.https
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = ENV.https
CSRF_FAILURE_VIEW = "banjie.ui.views.csrf_failure"
# One-time messages travel in a signed cookie: no page reads its session for them.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
# The kernel is no app of Django's; and our words go before those of allauth.
LOCALE_PATHS = sorted((PROJECT_ROOT / "banjie").glob("*/locale"))
USE_TZ = True
TIME_ZONE = ENV.time_zone

STATIC_URL = "static/"
STATIC_ROOT = ENV.home / "static"
STATICFILES_DIRS = [PROJECT_ROOT / "banjie" / "ui" / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ENV.home / "files", "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

PROCRASTINATE_ON_APP_READY = "banjie.config.schedule.on_app_ready"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"outage": {"()": "banjie.kernel.outage.OneLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["outage"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"procrastinate": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
}
