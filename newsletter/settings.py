"""Settings: the only reader of the environment. README documents every variable; `checks.py` explains a wrong one."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from newsletter.celery import Every
from newsletter.lib.discretion import logs_at
from newsletter.lib.servers import LOOPBACK, first_backend, first_readable

env = environ.Env()
LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


def environment(**changes: str) -> dict[str, str]:
    """The environment for a program we start: our own with `changes`."""
    return os.environ | changes  # noqa: TID251 (this is settings.py, the one reader)


def _yes(name: str, *, default: bool) -> bool:
    """A switch. Raises ImproperlyConfigured with a sentence for a word that is neither yes nor no."""
    word = env.str(name, default="").strip().lower()
    known = (
        {"": default}
        | dict.fromkeys(["1", "true", "yes", "on"], True)
        | dict.fromkeys(["0", "false", "no", "off"], False)
    )
    if word not in known:
        raise ImproperlyConfigured(f"{name}={word} is neither yes nor no: set {name}=1 or {name}=0, or leave it out.")
    return known[word]


def _number(name: str, *, default: float, least: float, most: float) -> float:
    """A number. Raises ImproperlyConfigured with a sentence for anything else."""
    word = env.str(name, default="").strip()
    try:
        number = float(word or default)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name}={word} cannot be used: set it to a number from {least:g} to {most:g}.")
    return number


def _port(name: str, *, default: int) -> int:
    return int(_number(name, default=default, least=1, most=65535))


def _option(word: str) -> str | bool:
    """What a library's option means: a switch, or the word itself."""
    return {"true": True, "false": False}.get(word.strip().lower(), word)


def _time_zone(name: str) -> str:
    """`name`, when it is a time zone. Raises ImproperlyConfigured with a sentence."""
    if name not in zoneinfo.available_timezones():
        raise ImproperlyConfigured(f"TIME_ZONE={name} is no time zone: write one like Europe/Warsaw or UTC.")
    return name


def _language(code: str, known: list[str]) -> str:
    """`code`, when it is one of `known`. Raises ImproperlyConfigured with a sentence."""
    if code not in known:
        raise ImproperlyConfigured(f"DEFAULT_LANGUAGE={code} is none of Wici's languages: write {' or '.join(known)}.")
    return code


def _database(default: str) -> dict[str, object]:
    """DATABASE_URL as Django wants it. Raises ImproperlyConfigured with a sentence that repeats no password."""
    try:
        url = env.str("DATABASE_URL", default="") or default
        if url.startswith(("sqlite:///", "postgres://", "postgresql://")) and urlsplit(url).port != 0:
            database: dict[str, object] = env.db_url_config(url)
            if database["NAME"] not in {"", ":memory:"}:  # each process would have one of its own
                return database
    except ValueError:
        pass
    raise ImproperlyConfigured(
        "DATABASE_URL names no database Wici knows: write postgres://user:password@host:5432/name, "
        "or sqlite:////path/to/file, or leave it out."
    )


def _redis(default: str) -> str:
    """REDIS_URL. Raises ImproperlyConfigured with a sentence that repeats no password."""
    url = env.str("REDIS_URL", default="") or default
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        at_a_host = parts.scheme in {"redis", "rediss"} and parts.hostname and parts.port != 0
        if parts.scheme == "unix" or (at_a_host and re.fullmatch(r"(/\d*)?", parts.path)):
            return url
    raise ImproperlyConfigured("REDIS_URL names no Redis: write redis://:password@host:6379/0, or leave it out.")


def _log_level() -> str:
    """LOG_LEVEL. Raises ImproperlyConfigured with a sentence for a word that is no level."""
    word = (env.str("LOG_LEVEL", default="") or "INFO").upper()
    if word not in LOG_LEVELS:
        raise ImproperlyConfigured(f"LOG_LEVEL={word} is no level: write one of {', '.join(LOG_LEVELS)}.")
    return word


BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default="") or BASE_DIR / "var")
"""Everything the embedded mode writes: database, inbox, images, keys, process files."""


def _kept_secret(file: Path) -> str:
    """The secret in `file`, made on first use and readable by its owner alone; one for this process where that fails."""
    secret = secrets.token_urlsafe(48)
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.name}-") as whole:  # born as 0600
                whole.write(secret)
                whole.flush()
                with contextlib.suppress(FileExistsError):  # somebody was first: theirs counts
                    os.link(whole.name, file)
        return file.read_text().strip()
    except OSError:
        return secret  # the system check wici.E002 says what to do about a folder that cannot be written


# ── Where it runs ────────────────────────────────────────────────────────────────────────────────────────────────────
PORT = _port("PORT", default=8000)


def site_url_at(port: int) -> str:
    """Where the site is when it is tried out on this machine."""
    return f"http://127.0.0.1:{port}"


def _host_of(url: str) -> str:
    """The host in an address; empty where the address cannot be read (wici.E003 says so)."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


SITE_URL_CHOSEN = bool(env.str("SITE_URL", default=""))
SITE_URL = (env.str("SITE_URL", default="") or site_url_at(PORT)).rstrip("/")
SITE_HOST = _host_of(SITE_URL)
TRYING_OUT = SITE_HOST in LOOPBACK
DEBUG = _yes("DEBUG", default=TRYING_OUT)
SECRET_KEY_CHOSEN = bool(env.str("SECRET_KEY", default=""))
SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SUPPRESSION_PEPPER = env.str("SUPPRESSION_PEPPER", default="") or _kept_secret(VAR_DIR / "suppression_pepper")
"""Keys the hash under which a suppressed address is kept; never rotated, or suppressions stop matching."""
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", *filter(None, [SITE_HOST])])
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_HOST else []
SECURE = SITE_URL.startswith("https://")

# ── Apps and requests ────────────────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "newsletter",
    "campaigns",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_prose_editor",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "newsletter.pages.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "newsletter.admin.policy.admin_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "newsletter.pages.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "newsletter.pages.middleware.KindErrorsMiddleware",
]
ROOT_URLCONF = "newsletter.urls"
WSGI_APPLICATION = "newsletter.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsletter.pages.surroundings.surroundings",
            ],
        },
    },
]

# ── The admin's look (django-unfold) ─────────────────────────────────────────────────────────────────────────────────
UNFOLD = {
    "SITE_TITLE": "Wici",
    "SITE_HEADER": "Wici",
    "SITE_SUBHEADER": _("newsletters that help"),
    "SITE_SYMBOL": "campaign",
    "SITE_URL": "/",
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "STYLES": ["newsletter.admin.look.stylesheet"],
    "SCRIPTS": ["newsletter.admin.look.script", "newsletter.admin.look.chooser_script"],
    "COLORS": "newsletter.admin.look.colours",
    "DASHBOARD_CALLBACK": "newsletter.admin.dashboard.dashboard",
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "newsletter.admin.navigation.sidebar",
    },
}

# ── Data ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
DATABASES = {"default": _database(f"sqlite:///{VAR_DIR / 'wici.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # a file: threads and processes share it
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
MEDIA_ROOT, MEDIA_URL = VAR_DIR / "media", "/media/"
STATIC_ROOT, STATIC_URL = VAR_DIR / "static", "/static/"
WHITENOISE_USE_FINDERS = True

# ── Redis, Celery ────────────────────────────────────────────────────────────────────────────────────────────────────
EMBEDDED_REDIS = not env.str("REDIS_URL", default="")
EMBEDDED_REDIS_PORT = _port("EMBEDDED_REDIS_PORT", default=6399)
REDIS_URL = _redis(f"redis://127.0.0.1:{EMBEDDED_REDIS_PORT}/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

SWEEP_SECONDS = _number("SWEEP_SECONDS", default=3.0, least=0.1, most=3600)
LEASE_SECONDS = int(_number("LEASE_SECONDS", default=30, least=1, most=3600))
"""How long a worker that says nothing keeps its rows; it renews four times as often. After that they are recovered."""
LATE_MARGIN_MINUTES = int(_number("LATE_MARGIN_MINUTES", default=60, least=1, most=525_600))  # then it holds and asks
# Celery carries nudges, not work: the rows are the queue, and a nudge lost, doubled or late costs seconds, never mail. So any
# number of workers on any number of hosts, and more than one beat, do no harm: whoever comes second finds a lease, or nothing.
# - acks late, reject on worker lost: a nudge is done when its slice is. A killed child's comes back at once, a killed host's
#   after the visibility timeout; it finds leases or nothing, so it sends nothing twice (S5). Nobody waits for it: the sweep
#   recovers the leases and says the same.
# - visibility timeout: longer than the longest task, which may wait ten minutes for the reply to a final dot (S1).
# - prefetch 1, with acks late: a worker holds as many nudges as it has processes, each in work. None lies reserved behind a
#   busy process, so nothing urgent stands behind it. `-O fair`, Celery's default, hands a nudge to an idle process only.
# - queues, first to last ("priority" is kombu's word for "in the order they are declared"): something urgent passes all;
#   then sweeps and letters, for somebody waits for those at a screen; then mailings, which stand in their queue once each
#   (delivery/lanes) and get slices of two seconds in turn; a batch at a slow server ends inside when others wait.
# - urgent: the nudge itself tells all workers to make room (delivery/lanes). They look four times a second, give back what they
#   did not begin, and are free once a server that answers within 0.2 seconds has answered: the two seconds that are promised.
#   Where servers think longer, run one worker of its own, `-Q urgent -c 1`; the others leave it a connection.
# - expires: what nobody took within half a minute is worth nothing: no queue grows while all workers are away.
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "queue_order_strategy": "priority",
    "socket_connect_timeout": 3,  # a web request must not hang on a broker that is gone: the sweep nudges later
    "max_retries": 1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_QUEUES = [Queue("urgent"), Queue("celery"), Queue("mailings")]
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {"newsletter.tasks.work": {"queue": "mailings"}}  # unless its lane is urgent (tasks.nudge)
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "newsletter.celery:Schedule"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "newsletter.tasks.sweep", "schedule": Every(SWEEP_SECONDS), "options": {"expires": 30}},
    "dates": {"task": "newsletter.tasks.remind_of_dates", "schedule": Every(1800.0), "options": {"expires": 900}},
    "domains": {"task": "newsletter.tasks.look_up_domains", "schedule": Every(60.0), "options": {"expires": 50}},
    "helplines": {"task": "newsletter.tasks.remind_of_helplines", "schedule": Every(3600.0)},
}

# ── Outgoing mail ────────────────────────────────────────────────────────────────────────────────────────────────────
CATCHER_PORT = _port("CATCHER_PORT", default=1025)
SMTP_URLS = env.list("SMTP_URL", default=[])
"""smtp://user:password@host:port (STARTTLS where offered: `?tls=starttls` demands it) or smtps://…; several by comma."""
CATCHING_MAIL = DEBUG and not SMTP_URLS
"""Whether outgoing mail ends in our own inbox at /inbox/."""
INBOX_DIR = VAR_DIR / "inbox"
SMTP_SERVERS = SMTP_URLS or ([f"smtp://127.0.0.1:{CATCHER_PORT}?tls=none"] if CATCHING_MAIL else [])
SENDER_EMAIL = env.str("SENDER_EMAIL", default="wici@example.org")
SENDER_NAME = env.str("SENDER_NAME", default="Wici")
SENDER_BOUNCE_EMAIL = env.str("SENDER_BOUNCE_EMAIL", default="")  # envelope sender; empty: the newsletter's own
SENDER_ID = env.str("SENDER_ID", default="wicimail")  # the right-hand field of Feedback-ID, 5 to 15 characters (H11)
SENDER_DKIM_DOMAIN = env.str("SENDER_DKIM_DOMAIN", default="")
SENDER_DKIM_SELECTOR = env.str("SENDER_DKIM_SELECTOR", default="wici")
SENDER_DKIM_KEY_FILE = env.str("SENDER_DKIM_KEY_FILE", default="")
DEFAULT_FROM_EMAIL = f"{SENDER_NAME} <{SENDER_EMAIL}>"
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="") or (
    first_backend(SMTP_SERVERS) or "newsletter.lib.mail_backend.EmailBackend"
)
"""Carries our own letters: the first of SMTP_URL, whatever it is. Editions go their own way."""
ANYMAIL = {
    name.removeprefix("ANYMAIL_"): _option(value) for name, value in env.ENVIRON.items() if name.startswith("ANYMAIL_")
} | {"REQUESTS_TIMEOUT": _number("ANYMAIL_REQUESTS_TIMEOUT", default=30, least=1, most=600)}
"""Keys and options of mail services, each in a variable of its own: ANYMAIL_MAILGUN_API_KEY and the like."""
_server = first_readable(SMTP_SERVERS)  # a wrong SMTP_URL is explained by the system checks
EMAIL_HOST = _server.host if _server else ""
EMAIL_PORT = _server.port if _server else 25
EMAIL_HOST_USER = _server.username if _server else ""
EMAIL_HOST_PASSWORD = _server.password if _server else ""
EMAIL_USE_TLS = bool(_server and _server.tls == "starttls")
EMAIL_USE_SSL = bool(_server and _server.tls == "implicit")
EMAIL_TIMEOUT = 60
EMAIL_USE_LOCALTIME = True  # a Date with its offset (F4)

# ── Language and time ────────────────────────────────────────────────────────────────────────────────────────────────
LANGUAGES = [("pl", _("Polish")), ("en", _("English"))]
LANGUAGE_CODE = _language(env.str("DEFAULT_LANGUAGE", default="pl"), [code for code, _name in LANGUAGES])
TIME_ZONE = _time_zone(env.str("TIME_ZONE", default="") or "Europe/Warsaw")
DEFAULT_COUNTRY = env.str("DEFAULT_COUNTRY", default="PL")
"""Whose helplines a visitor sees before choosing another country (ISO 3166)."""
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["newsletter.locale"]
LOCALE_PATHS = [
    BASE_DIR / "newsletter" / "locale",
    BASE_DIR / "campaigns" / "locale",
    BASE_DIR / "newsletter" / "admin" / "words",  # the admin theme brings no Polish of its own
]

# ── Safety at the edges ──────────────────────────────────────────────────────────────────────────────────────────────
LOGIN_REDIRECT_URL = "admin:index"  # for who opens the login page itself
SESSION_ENGINE = "newsletter.lib.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^u/", r"^health/$"]  # RFC 8058 3.1: one-click answers without a redirect
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DEFAULT_EXCEPTION_REPORTER = "newsletter.pages.reporting.KindReporter"
CSRF_FAILURE_VIEW = "newsletter.pages.apologies.form_not_trusted"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

# ── Logs: no address, no token, no body ever (X14) ───────────────────────────────────────────────────────────────────
LOGGING = logs_at(level=_log_level())
