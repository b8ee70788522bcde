"""What tests of accounts start from."""

import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def _nothing_counted(request: pytest.FixtureRequest) -> None:
    """Forget who was seen and what was counted against limits: no rollback undoes it."""
    caches["seen"].clear()
    if request.node.get_closest_marker("django_db"):
        caches["default"].clear()
