import pytest
from django.db import transaction

from tests.community.suggestions.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    with transaction.atomic():  # where tests commit, the locks in it need one
        return make_world()
