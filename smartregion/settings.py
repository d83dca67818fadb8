"""Settings. Without SMARTREGION_DEMO=1 these are production settings, and demo mode refuses theirs."""

from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.contrib.messages import constants as message_levels

from smartregion import environment as env
from smartregion import sign_in_services

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
REPORT_FONT_DIR = VAR_DIR / "fonts"

DEMO = env.flag("SMARTREGION_DEMO")
DEBUG = False
if DEMO:
    for production_only in ("SMARTREGION_SECRET_KEY", "SMARTREGION_HOSTS"):
        if env.words(production_only):
            env.fail(
                "Der Demobetrieb (SMARTREGION_DEMO=1) lässt ohne Passwort hinein und verträgt sich nicht mit "
                f"{production_only}. Schalten Sie eines von beiden ab."
            )
    SECRET_KEY = env.local_secret_key(VAR_DIR)
    ALLOWED_HOSTS = list(env.LOOPBACK)
    PORTAL_URL = f"http://127.0.0.1:{env.text('PORT', '8000')}"
    TRUSTED_PROXIES = 0
else:
    SECRET_KEY = env.secret("SMARTREGION_SECRET_KEY")
    ALLOWED_HOSTS = env.words("SMARTREGION_HOSTS") or env.fail(
        "Die Umgebungsvariable SMARTREGION_HOSTS fehlt: die Namen, unter denen das Portal erreichbar ist."
    )
    TRUSTED_PROXIES = env.number("SMARTREGION_TRUSTED_PROXIES", 1)
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
    PORTAL_URL = CSRF_TRUSTED_ORIGINS[0]
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^gesundheit/$", r"^bereit/$", r"^metrics$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # A browser takes such a cookie from this very host and over HTTPS only.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

ERASURE_LOG = Path(env.text("SMARTREGION_ERASURE_LOG", str(VAR_DIR / "erasures.jsonl")))
# Whoever migrates works as the owner of the tables and gives the portal's own role its rights.
OWNER_DATABASE_URL = env.text("SMARTREGION_OWNER_DATABASE_URL", "")
DATABASES = {"default": env.database(OWNER_DATABASE_URL or env.text("DATABASE_URL"))}
DATABASE_APP_ROLE = env.app_role(env.text("DATABASE_URL"), OWNER_DATABASE_URL)
if REPLICA_URL := env.text("SMARTREGION_REPLICA_URL", ""):
    DATABASES["replica"] = env.replica(REPLICA_URL)
REPLICA_SECONDS = env.number("SMARTREGION_REPLICA_SECONDS", 30)
CLOSED_HOSTS = env.words("SMARTREGION_CLOSED_HOSTS")
BACKUP_FOLDER = Path(env.text("SMARTREGION_BACKUP_FOLDER", str(VAR_DIR / "backups")))
BACKUP_KEY = env.text("SMARTREGION_BACKUP_KEY", "")
BACKUPS_KEPT = env.number("SMARTREGION_BACKUPS_KEPT", 30)
LOG_FORMAT = env.choice("SMARTREGION_LOG_FORMAT", ("text", "json"))
METRICS_TOKEN = env.text("SMARTREGION_METRICS_TOKEN", "")
REDIS_URL = env.queue(env.text("REDIS_URL"))
# Holds the rate limits of allauth, for all processes alike and also while Redis is away.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "base_cache",
        # A task deletes what has expired. This limit deletes what still counts, so nothing may reach it.
        "OPTIONS": {"MAX_ENTRIES": 5_000_000},
    }
}

INSTALLED_APPS = [
    "smartregion.apps.SiteConfig",
    "monitoring",
    "participation",
    "governance",
    "measures",
    "network",
    "fields",
    "smartregion.base",
    "smartregion.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "csp",
    "pgtrigger",
    "pghistory",
    "rules",
]

MIDDLEWARE = [
    "smartregion.base.headers.HeadersMiddleware",
    "smartregion.requests_seen.RequestsSeenMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "smartregion.base.replica.ReplicaMiddleware",
    "smartregion.base.page_cache.PageCacheMiddleware",
    "csp.middleware.CSPMiddleware",
    "smartregion.languages.LanguageMiddleware",
    "network.session_end.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "network.second_factor.SecondFactorMiddleware",
    "smartregion.base.access.PolicyMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "smartregion.urls"
WSGI_APPLICATION = "smartregion.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "smartregion.base.templatetags.base_tags",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "smartregion.languages.languages",
                "smartregion.frame.frame",
            ],
        },
    }
]

POLICY_OF_LIBRARY_VIEW = "smartregion.policies.policy_of_library_view"
AUTH_USER_MODEL = "network.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
SHORTEST_PASSWORD = {"min_length": 15}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "network.password_rules.ResemblanceValidator", "OPTIONS": {"user_attributes": ["email"]}},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": SHORTEST_PASSWORD,
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "network.password_rules.GuessableValidator", "OPTIONS": SHORTEST_PASSWORD},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workplace"
ACCOUNT_ADAPTER = "network.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "reset_password": "network.accounts.ForgottenPasswordForm",
    "change_password": "network.password_forms.ChangeForm",
    "set_password": "network.password_forms.SetForm",
    "reset_password_from_key": "network.password_forms.ForgottenForm",
}
MFA_ADAPTER = "network.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "network.app_forms.AppForm",
    "add_webauthn": "network.passkey_forms.AddForm",
    "authenticate_webauthn": "network.passkey_forms.AuthenticateForm",
    "login_webauthn": "network.passkey_forms.SignInForm",
    "reauthenticate_webauthn": "network.passkey_forms.AgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_ALLOW_UNVERIFIED_EMAIL = True
SECOND_FACTOR_KEY = env.secret("SMARTREGION_SECOND_FACTOR_KEY", SECRET_KEY)
SOCIALACCOUNT_ADAPTER = "network.sign_in_services.SignInServices"
SIGN_IN_SERVICES_FILE = env.text("SMARTREGION_SIGN_IN_SERVICES", "")
SIGN_IN_SERVICES = sign_in_services.read(SIGN_IN_SERVICES_FILE)
# Failed passwords are counted by axes, for an account from an address: nobody can lock another person out.
# Wrong codes are counted here, for an account: whoever gets that far knows the password. Links for a new
# password are counted for an address, whether an account has it or not: its mailbox is not flooded. Whoever
# changes their password is counted by axes too, when they mistype the present one.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "8/15m/key",
    "reset_password": "20/m/ip,5/d/key",
    "change_password": None,
}
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_USERNAME_CALLABLE = "network.accounts.account_tried"
AXES_USERNAME_FORM_FIELD = "email"
AXES_CLIENT_IP_CALLABLE = "network.accounts.counted_address"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

MAILS_ARE_FILES = DEMO and not env.text("SMARTREGION_SMTP_HOST", "")
if MAILS_ARE_FILES:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = env.text("SMARTREGION_SMTP_HOST", "localhost")
EMAIL_PORT = env.number("SMARTREGION_SMTP_PORT", 25)
EMAIL_HOST_USER = env.text("SMARTREGION_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("SMARTREGION_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.flag("SMARTREGION_SMTP_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("SMARTREGION_MAIL_FROM", "smart-region@localhost")

LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English"), ("nl", "Nederlands")]
LOCALE_PATHS = [VAR_DIR / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [path for path in (BASE_DIR / "static", VAR_DIR / "assets") if path.exists()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MESSAGE_LEVEL = message_levels.INFO

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_COOKIE_HTTPONLY = True  # no script reads it: each form carries its token
CSRF_COOKIE_AGE = None  # it goes with the browser's session, as nothing but the sign-in page sets one
CSRF_FAILURE_VIEW = "smartregion.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = [
    "smartregion.base.uploads.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

CLAMD = env.clamd(env.text("SMARTREGION_CLAMD", ""))

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# In KiB. Typst remembers its last ten documents, which makes more than 1 GB of large reports; a process that
# has become so large is followed by a new one after its job.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 600 * 1024
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Nobody gives workers orders, and the connection on which they would wait for some is read without
# limit after a loss, while the worker does nothing else.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "max_retries": 1,
    **env.redis_sockets(),
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = TIME_ZONE
OPARL_PAUSE_SECONDS = 0.5
OPARL_MOST_PAGES = 2_000
SEARCHES_A_MINUTE = env.number("SMARTREGION_SEARCHES_A_MINUTE", 300)
OPEN_DATA_REQUESTS_A_MINUTE = env.number("SMARTREGION_OPEN_DATA_REQUESTS_A_MINUTE", 300)
JOB_LEASE_SECONDS = env.number("SMARTREGION_JOB_LEASE_SECONDS", 45)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = True
# When a row changed, not when its transaction began: see docs/decisions/0003-moment-of-a-change.md
PGHISTORY_CREATED_AT_FUNCTION = "CLOCK_TIMESTAMP()"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"addresses": {"()": "smartregion.logs.WithoutAddresses"}},
    "formatters": {
        "text": {
            "()": "smartregion.logs.Text",
            "format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
        },
        "json": {"()": "smartregion.logs.JsonLines"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["addresses"]}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {name: {"level": "WARNING"} for name in ("axes", "fontTools", "pikepdf")},
}
