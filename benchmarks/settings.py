"""The site's own settings, plus two bare pages and, with BENCHMARK_FRESH, without cached pages."""

from config import environment
from config.settings import *  # noqa: F403 - the measured site has the same settings
from config.settings import CACHES

ROOT_URLCONF = "benchmarks.urls"
if environment.get_flag("BENCHMARK_FRESH", default=False):
    CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
