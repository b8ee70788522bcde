import pytest

from skills.models import Skill
from tests.factories import make_catalogue

pytestmark = pytest.mark.django_db


def test_a_new_skill_has_its_first_revision() -> None:
    make_catalogue()
    assert [revision.number for revision in Skill.objects.get().revisions.all()] == [1]
