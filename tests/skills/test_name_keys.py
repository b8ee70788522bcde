"""The keys and the normal form of names that were there before names had them."""

from importlib import import_module
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from skills.models import Domain, Framework, Group, Level, Role, Skill
from skills.revisions.writing import explain_taken_name
from tests.factories import make_catalogue, make_role, make_user

pytestmark = pytest.mark.django_db
MODELS: tuple[Any, ...] = (Framework, Domain, Group, Role, Skill, User)
SCHEMA_EDITOR = SimpleNamespace(connection=connection)


def forget_keys() -> None:
    """Leave every row as a process of the version before writes it."""
    for model in MODELS:
        model.objects.update(sort_key="")
    Skill.objects.update(look_key="")


def test_existing_names_get_their_form_and_keys_and_those_that_collide_stay() -> None:
    framework = make_catalogue()
    taken, second = make_role(framework, "Öl Wechsel"), make_role(framework, "Other")
    person, nameless = make_user("anna"), make_user("Otto")
    forget_keys()
    Role.objects.filter(pk=second.pk).update(name="O\u0308l\u00a0Wechsel")
    Domain.objects.update(name=" Heiße\u00a0Öfen\u200b ")
    Level.objects.filter(slug="lead").update(name="Le\u00adad")
    Skill.objects.update(name="Sauer\u00a0teig")  # as its revision says
    User.objects.filter(pk=person.pk).update(name="A\u0308nne \u202e Beck")
    User.objects.filter(pk=nameless.pk).update(name="\u3164")
    for _run in range(2):  # a second run finds nothing to do
        import_module("skills.migrations.0009_fill_name_keys").fill(apps, SCHEMA_EDITOR)
        import_module("accounts.migrations.0009_fill_name_keys").fill(apps, SCHEMA_EDITOR)
    assert Role.objects.get(pk=second.pk).name == "O\u0308l\u00a0Wechsel"
    assert (
        list(Role.objects.filter(pk__in=[taken.pk, second.pk]).values_list("sort_key", flat=True)) == ["ol wechsel"] * 2
    )
    assert (Domain.objects.get().name, Domain.objects.get().sort_key) == ("Heiße Öfen", "heisse ofen")
    assert Level.objects.get(slug="lead").name == "Lead"
    skill = Skill.objects.get()
    assert (skill.name, skill.sort_key, skill.look_key) == ("Sauer\u00a0teig", "sauer teig", "saurteig")
    people = User.objects.order_by("pk").values_list("name", "sort_key")
    assert list(people) == [("Änne Beck", "anne beck"), ("", "otto")]


def test_all_keys_are_computed_again_on_request() -> None:
    make_catalogue()
    make_user("Änne")
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    forget_keys()
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] != before
    call_command("rebuild_search", stdout=StringIO())
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before


def test_a_row_of_an_earlier_version_is_found_by_its_exact_name() -> None:
    make_catalogue()
    skill = Skill.objects.select_related("group__domain").get()
    forget_keys()
    assert explain_taken_name(skill.group, skill.name, None) != ""
    assert explain_taken_name(skill.group, skill.name, skill.pk) == ""
    assert explain_taken_name(skill.group, "Other", None) == ""
