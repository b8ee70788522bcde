"""The site's own settings, with two bare pages beside it and, when asked, without kept pages."""

from config import environment
from config.settings import *  # noqa: F403 - these are the settings that are measured
from config.settings import CACHES

ROOT_URLCONF = "benchmarks.urls"
if environment.get_flag("BENCHMARK_FRESH", default=False):
    CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
