"""
The one settings file. Everything that differs between two machines comes from
the environment (or from `.env` beside manage.py); `.env.example` lists it all.
"""

import os
import tempfile
from pathlib import Path

from environ import Env

from gymtastic import environment
from gymtastic.environment import read, stop
from gymtastic.sidebar import SIDEBAR

BASE_DIR = Path(__file__).resolve().parent.parent
if "PYTEST_VERSION" not in os.environ and (BASE_DIR / ".env").is_file():
    Env.read_env(BASE_DIR / ".env")

INSECURE_KEY = "insecure-key-for-development-only"

DEBUG = read("DEBUG", environment.boolean, default=True)
SECRET_KEY = read("SECRET_KEY", str, default=INSECURE_KEY)
ALLOWED_HOSTS: list[str] = read("ALLOWED_HOSTS", environment.names, default=[])
CSRF_TRUSTED_ORIGINS: list[str] = read("CSRF_TRUSTED_ORIGINS", environment.origins, default=[])
API_OPEN = read("API_OPEN", environment.boolean, default=DEBUG)
API_REQUESTS_PER_MINUTE = read(
    "API_REQUESTS_PER_MINUTE", environment.positive_integer, default=6000
)
LATE_CANCEL_FREES_THE_DAY = read("LATE_CANCEL_FREES_THE_DAY", environment.boolean, default=False)

if not DEBUG:
    if SECRET_KEY == INSECURE_KEY:
        stop("SECRET_KEY", "production (DEBUG=false) needs a secret key of its own.")
    if not ALLOWED_HOSTS:
        stop("ALLOWED_HOSTS", "production (DEBUG=false) needs the names it is served under.")
    if API_OPEN and not os.environ.get("API_OPEN", "").strip():
        stop("API_OPEN", "production (DEBUG=false) opens the API only if API_OPEN=true says so.")

# --- Apps ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "gymtastic",
    "followups",
    "milestones",
    "promotions",
    "workouts",
    "bookings",
    "benefits",
    "memberships",
    "notifications",
    "classes",
    "venues",
    "customers",
    "core",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
]
MIDDLEWARE = [
    "core.observing.observed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
if "PYTEST_VERSION" in os.environ:
    # Under test a page that asks the database once per row is an error.
    INSTALLED_APPS.append("zeal")
    MIDDLEWARE.append("zeal.middleware.zeal_middleware")
ROOT_URLCONF = "gymtastic.urls"
WSGI_APPLICATION = "gymtastic.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Database -----------------------------------------------------------------------------------

DATABASES = {
    "default": read(
        "DATABASE_URL",
        environment.database,
        default=environment.database(f"sqlite:///{BASE_DIR / 'db.sqlite3'}"),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A writer takes the only write lock when it begins, so it waits its turn (up to 30 seconds)
    # instead of being told "database is locked" half way; readers never wait for it.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # Threads that race for one spot each need a connection to the same file.
    DATABASES["default"]["TEST"] = {
        "NAME": Path(tempfile.gettempdir()) / f"gymtastic-test-{os.getpid()}.sqlite3"
    }
else:
    # `runserver` answers each request in a thread of its own, which would keep its connection.
    DATABASES["default"]["CONN_MAX_AGE"] = 0 if DEBUG else 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = read("REDIS_URL", environment.redis, default="")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # A request does not wait for a Redis that is away.
        "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- Work outside of requests -------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Celery's own hundred tries would end a worker after an hour without Redis.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
# Everything due stands in the database, so the beat has nothing to remember.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "work": {"task": "gymtastic.work", "schedule": 10, "options": {"expires": 10}},
}

# --- Mail, time, files --------------------------------------------------------------------------

vars().update(read("EMAIL_URL", environment.email, default=environment.email("consolemail://")))
DEFAULT_FROM_EMAIL = read("DEFAULT_FROM_EMAIL", str, default="Gymtastic <gym@localhost>")
# Seconds for each answer of the mail server. A shorter patience mails twice what a server that
# looks for viruses has taken.
EMAIL_TIMEOUT = 60

USE_TZ = True
# The gym's: its days, its schedule, its windows. What the API answers is in UTC all the same.
TIME_ZONE = read("TIME_ZONE", environment.zone, default="UTC")
LANGUAGE_CODE = "en"
USE_I18N = False
FORMAT_MODULE_PATH = "gymtastic.formats"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# In production `collectstatic` has put every file into STATIC_ROOT before the start.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# All processes write to where whoever runs them looks: their standard error output.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.logs.formatter", "is_readable": DEBUG}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # A line for each request, and what the worker does.
        "core": {"level": "INFO"},
        "celery.apps.worker": {"level": "INFO"},
        "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # A 4xx is the client's news, not the operator's.
        "django.request": {"level": "ERROR"},
        # What `runserver` would say of each request once more.
        "django.server": {"handlers": [], "level": "CRITICAL"},
    },
}

# --- Security -----------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
X_FRAME_OPTIONS = "DENY"
if read("BEHIND_TLS_PROXY", environment.boolean, default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Redirecting http to https is the work of whatever ends TLS in front of the app servers.
SILENCED_SYSTEM_CHECKS = ["security.W008"]

# --- API ----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.authentication.OpenOrWithKey"],
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttling.PerKeyThrottle"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "core.api.renderers.FastJSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": [
        "core.api.filters.StrictFilters",
        "core.api.filters.StrictSearch",
        "core.api.filters.StrictOrdering",
    ],
    "DEFAULT_SCHEMA_CLASS": "core.api.openapi.GymSchema",
    "LIST_SERIALIZER_ERRORS_AS_DICT": True,
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "core.api.exceptions.GymExceptionHandler",
    "EXCEPTION_FORMATTER_CLASS": "core.api.exceptions.GymExceptionFormatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Gymtastic",
    "DESCRIPTION": "The back end of a fitness centre. Times are answered in UTC. "
    "A 400 means that the request is malformed, a 409 that the gym says no.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["core.api.authentication.OpenOrWithKey"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.openapi.without_trailing_slashes",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "SessionStatus": "classes.states.SessionStatus",
        "BookingStatus": "bookings.states.BookingStatus",
        "AgreementStatus": "followups.states.AgreementStatus",
        "ReservationStatus": "promotions.states.ReservationStatus",
        "FollowUpStatus": "followups.states.FollowUpStatus",
        "ExerciseKind": "workouts.states.Kind",
        "SetType": "workouts.states.SetType",
        "RuleCode": "bookings.serializers.sessions.RULE_CODES",
    },
}


# --- The admin ----------------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": "Gymtastic",
    "SITE_HEADER": "Gymtastic",
    "SITE_SYMBOL": "fitness_center",
    "SHOW_HISTORY": True,
    "DASHBOARD_CALLBACK": "gymtastic.home.with_panels",
    "SIDEBAR": {
        "show_search": False,
        "navigation": SIDEBAR,
    },
}
