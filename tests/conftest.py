"""What every test starts from."""

import pytest
from django.core.cache import caches
from django.utils import translation


@pytest.fixture(autouse=True)
def _fresh_process() -> None:
    """Forget finished pages and the last request's language: no rollback undoes them."""
    caches["pages"].clear()
    translation.deactivate()
