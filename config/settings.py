"""Settings, all read from the environment. The list with explanations is docs/operating.md."""

import os
import sys
from pathlib import Path

import django_stubs_ext
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from config import environment, private_files

django_stubs_ext.monkeypatch()  # lets generic classes of Django be written with their type

BASE_DIR = Path(__file__).resolve().parent.parent
os.umask(private_files.PRIVATE_UMASK)  # for everything that this process writes from here on
VAR_DIR = environment.prepare_private_folder("VAR_DIR", BASE_DIR / "var")

DEBUG = environment.get_flag("DEBUG", default=False)
TESTING = "pytest" in sys.modules

SITE_URL = environment.get_site_url()
HTTPS = SITE_URL.startswith("https://")
LISTENS_LOCALLY = environment.listens_locally()
SECRET_KEY = environment.get_secret_key(VAR_DIR / "secret-key")
SECRET_KEY_FALLBACKS = environment.get_secret_key_fallbacks()
ALLOWED_HOSTS = environment.get_allowed_hosts(SITE_URL)
# The base of links in mail: a worker has no request to take the host from.
BASE_URL = SITE_URL or environment.guess_site_url(ALLOWED_HOSTS)

INSTALLED_APPS = [
    "config.apps.SiteAdminConfig",  # django.contrib.admin, entered through the site's own sign-in
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "skills",
    "accounts",
    "community",
    "config.apps.SiteConfig",
]

MIDDLEWARE = [
    "config.middleware.htmx.HtmxMiddleware",  # before all others, which may answer with an error page themselves
    # Second, so that responses made by the middleware below have both headers as well.
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.body_limit.BodyLimitMiddleware",  # before everything that reads the body
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.charset.Utf8Middleware",
    "config.middleware.compression.CompressionMiddleware",
    "config.database.waits.WaitLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.profile.preferences.AccountLanguageMiddleware",
    "accounts.profile.preferences.TimeZoneMiddleware",
    "accounts.limits.known_devices.KnownDeviceMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sessions.sessions.LastSeenMiddleware",
    "community.posting.guard.WriteGuardMiddleware",
    "config.middleware.form_errors.FormErrorsMiddleware",
    "config.error_pages.handlers.ErrorPagesMiddleware",
    "skills.web.paging.LastPageMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            # The second one replaces Django's `truncatechars`.
            "builtins": ["skills.templatetags.moments", "skills.templatetags.shortening"],
        },
    },
]

DATABASES = {"default": environment.get_database_settings(BASE_DIR, VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": environment.get_cache_settings(),
    # Rendered pages for anonymous readers, see skills/web/cache.py. Always in the memory of
    # the process: over a network a cached page would gain nothing.
    "pages": {
        "BACKEND": "skills.web.page_store.BoundedLocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": None,
        "OPTIONS": {
            "MAX_ENTRIES": environment.get_number("PAGE_CACHE_ENTRIES", 1000),
            "MAX_BYTES": environment.get_number("PAGE_CACHE_MEGABYTES", 64, at_least=1, at_most=65_536) * 1024 * 1024,
        },
    },
    # When this process last recorded that a session is in use, see accounts/sessions/sessions.py.
    "seen": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "seen",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Mail is first stored in a table, in the transaction that causes it; a worker sends it through "transport".
MAILERS = {
    "default": {"BACKEND": "accounts.mail.queue.QueueEmailBackend"},
    "transport": environment.get_mailer_settings(VAR_DIR),
}
# Mail whose text is built again from the current data at the moment it is sent, see accounts/mail/sending.py.
MAIL_REWRITERS = {"notice": "community.notifications.digests.rewrite_digest"}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.get_text("EMAIL_FROM", "stufenplan@localhost")
MAIL_KEEP_DAYS = environment.get_number("MAIL_KEEP_DAYS", 30, at_least=1, at_most=3650)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "accounts.sign_in.backend.EntranceBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "community:me"
FORM_MIN_SECONDS = 0 if TESTING else 2  # no person fills in a form faster; see accounts/sign_in/traps.py
SIGN_UP_OPEN = environment.get_flag("SIGN_UP_OPEN", default=True)
ACCOUNT_ADAPTER = "accounts.sign_in.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.sign_in.sign_in.SignInForm", "signup": "accounts.sign_in.sign_up.SignUpForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
# Resending is off: it works only if an account exists, so the page would reveal which addresses have one.
ACCOUNT_EMAIL_VERIFICATION_MAX_RESEND_COUNT = ACCOUNT_EMAIL_VERIFICATION_MAX_CHANGE_COUNT = 0
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 900  # seconds
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 900  # seconds: mail may arrive late
ACCOUNT_RATE_LIMITS = {
    # A limit per address alone lets anyone lock out its owner: accounts/limits/counting.py also counts per source.
    "confirm_email": None,
    "request_login_code": "20/m/ip",
    "reset_password": "20/m/ip",
}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if environment.get_flag("TRUST_PROXY", default=False) else 0
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Second factor, passkeys, sessions, sign-in through other servers.
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Stufenplan"
MFA_TOTP_TOLERANCE = 1  # steps: a clock may be wrong by half a minute
MFA_ADAPTER = "accounts.second_factor.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "accounts.second_factor.forms.SetUpAppForm",
    "authenticate": "accounts.second_factor.forms.SignInCodeForm",
    "reauthenticate": "accounts.second_factor.forms.ReauthenticateCodeForm",
    "add_webauthn": "accounts.second_factor.passkeys.AddPasskeyForm",
    "login_webauthn": "accounts.second_factor.passkeys.PasskeySignInForm",
}
REQUIRE_STAFF_MFA = environment.get_flag("REQUIRE_STAFF_MFA", default=False)
SOCIALACCOUNT_ADAPTER = "accounts.providers.adapter.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = environment.get_identity_providers()
SOCIALACCOUNT_QUERY_EMAIL = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an address alone never opens an account, whichever server confirms it
# End of second factor, passkeys, sessions, sign-in through other servers.

LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
TIME_ZONE = environment.get_time_zone()
USE_TZ = True
USE_I18N = True

# Hooks of the catalogue, filled by the apps above it: parts of its pages, listeners to its revisions, and
# functions that know the suggestion a revision came from.
PAGE_SLOTS = {
    "theme": "accounts.profile.slots.theme",
    "messages": "accounts.profile.slots.waiting_messages",
    "person": "community.me.slots.person",
    "watch": "community.watching.slots.watch",
    "suggest": "community.skill_page.slots.suggest",
    "suggest_new": "community.skill_page.slots.suggest_new",
    "community": "community.skill_page.slots.community",
    "open_cells": "community.skill_page.slots.open_cells",
    "revert": "community.reverting.slots.revert",
    "report_person": "community.moderation.slots.report_person",
}
REVISION_LISTENERS = ["community.events.recording.record_content_change"]
REVISION_SOURCES = ["community.suggestions.revision_sources.find_revision_sources"]
# Functions that collect a person's data for their export, and that erase it; each app handles its own tables.
PERSONAL_DATA = ["accounts.privacy.collect_account_data", "community.privacy.data.collect_community_data"]
PERSONAL_LOCKS = ["community.privacy.erasure.lock"]
PERSONAL_ERASERS = ["community.privacy.erasure.erase", "accounts.privacy.erase"]
# Functions that the worker calls between tasks, every SCHEDULE_SECONDS; see config/worker.py.
SCHEDULE = [
    "config.worker.requeue_abandoned_tasks",
    "accounts.mail.queue.deliver_due",
    "community.events.fanout.notify_of_unfinished_events",
    "community.moderation.sweeping.resume_unfinished_sweeps",
    "community.notifications.digests.queue_due_digests",
    "community.review.by_votes.accept_due",
    "community.review.outdating.mark_outdated_suggestions",
    "community.events.fanout.prune",
    "community.posting.limiter.prune",
    "accounts.privacy.prune_exports",
    "accounts.privacy.prune_unconfirmed",
    "accounts.mail.queue.prune",
    "skills.search.indexing.index_outdated",
    "config.worker.prune_tasks",
]
# The pages in the menu of /me/settings/, in order: URL name and title.
SETTINGS_PAGES = [
    ("accounts:settings", _("Profile and appearance")),
    ("accounts:shortcuts", _("Keyboard shortcuts")),
    ("community:email_settings", _("Notices by e-mail")),
    ("accounts:address", _("E-mail address")),
    ("account_change_password", _("Password")),
    ("mfa_index", _("Second factor and passkeys")),
    ("usersessions_list", _("Sessions")),
    ("socialaccount_connections", _("Connected accounts")),
    ("accounts:export", _("My data")),
    ("accounts:delete", _("Delete account")),
]
SCHEDULE_SECONDS = environment.get_number("SCHEDULE_SECONDS", 30, at_least=1)
AUTO_ACCEPT_VOTES = environment.get_number("AUTO_ACCEPT_VOTES", 0)
AUTO_ACCEPT_DAYS = environment.get_number("AUTO_ACCEPT_DAYS", 7, at_least=1, at_most=3650)
NOTIFICATION_KEEP_DAYS = environment.get_number("NOTIFICATION_KEEP_DAYS", 180, at_least=1)

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns if it is missing
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700  # also for collected static files
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "config.static_files.JoiningFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
JOINED_FILES = ("css/app.css", "js/app.js")
JOINED_ROOT = VAR_DIR / "joined"
_static_storage = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG or TESTING
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
WHITENOISE_MAX_AGE = 3600  # seconds, for files whose name has no hash
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING  # serve static/ directly, not the collected files

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF, *environment.get_identity_origins(SOCIALACCOUNT_PROVIDERS)],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = environment.get_number("HSTS_SECONDS", 31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and environment.get_flag("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = HTTPS and environment.get_flag("HSTS_PRELOAD", default=False)
if environment.get_flag("TRUST_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []
CSRF_FAILURE_VIEW = "config.error_pages.handlers.csrf_failure"

# The largest body of a request in bytes, see config/middleware/body_limit.py.
# A file of that size stays in memory and is never written to a folder.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # the admin form of a large skill has several hundred fields

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.get_log_level()},
    "loggers": {"django_tasks_db": {"level": "WARNING"}},  # at INFO it logs each time that it looks for tasks
}
