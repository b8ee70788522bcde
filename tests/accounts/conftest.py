"""Setup for all tests of accounts."""

import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def _nothing_counted(request: pytest.FixtureRequest) -> None:
    """Clear the caches of sessions and of limits: no rollback undoes what is in them."""
    caches["seen"].clear()
    if request.node.get_closest_marker("django_db"):
        caches["default"].clear()
