"""Slugs: unique, from the name, and never lost once they were public."""

import pytest

from skills.content import naming
from skills.models import FormerPath, Skill
from tests.factories import make_domain, make_framework, make_group, make_role, make_skill

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Experiment Tracking", "experiment-tracking"),
        ("Größe & Übung", "groesse-uebung"),
        ("ÄÖÜ", "aeoeue"),
        ("Опыт", "opyt"),
        ("C++", "c"),
        ("💥", "x"),
        ("", "x"),
        ("x" * 300, "x" * naming.SLUG_MAX_LENGTH),
    ],
)
def test_a_slug_is_made_of_any_name(name: str, slug: str) -> None:
    assert naming.build_slug(name) == slug


def test_equal_names_are_distinguished_by_group_then_framework_then_number() -> None:
    domain = make_domain(make_framework("own"))
    one, two = make_group(domain, "One"), make_group(domain, "Two")
    other = make_group(make_domain(make_framework("other")), "Two")
    third = make_group(make_domain(make_framework("third")), "Two")
    slugs = [make_skill(group, "Testing").slug for group in (one, two, other, third)]
    assert slugs == ["testing", "testing-two", "testing-other", "testing-third"]


def test_roles_of_one_name_in_two_frameworks_have_two_addresses() -> None:
    assert [make_role(make_framework(slug), "Data Scientist").slug for slug in ("own", "ddat")] == [
        "data-scientist",
        "data-scientist-ddat",
    ]


def test_groups_need_to_differ_in_their_domain_only() -> None:
    framework = make_framework()
    assert {make_group(make_domain(framework), "Shared skills").slug for _ in range(2)} == {"shared-skills"}


def test_names_without_a_letter_get_numbers() -> None:
    group = make_group(make_domain(make_framework("own")), "G")
    assert [make_skill(group, name).slug for name in ("💥", "🔥", "💧", "🌱")] == [
        "skill",
        "skill-g",
        "skill-own",
        "skill-own-2",
    ]


def test_a_renamed_thing_leaves_its_path_behind() -> None:
    role = make_role(make_framework(), "Baker")
    naming.rename(role, "Pastry cook")
    assert role.slug == "pastry-cook"
    assert naming.find_by_former_path("roles/baker") == role


def test_renaming_back_takes_the_old_address_again() -> None:
    role = make_role(make_framework(), "Baker")
    naming.rename(role, "Cook")
    naming.rename(role, "Baker")
    assert role.slug == "baker"
    assert list(FormerPath.objects.values_list("path", flat=True)) == ["roles/cook"]


def test_a_former_address_is_not_given_to_anything_else() -> None:
    naming.rename(make_role(make_framework("own"), "Baker"), "Cook")
    assert make_role(make_framework("other"), "Baker").slug == "baker-other"


def test_a_name_changed_in_case_only_keeps_the_address() -> None:
    group = make_group(make_domain(make_framework()))
    make_skill(group, "Testing")
    second = make_skill(make_group(group.domain, "Other"), "Testing")
    naming.rename(second, "TESTING")
    assert second.slug == "testing-other"
    assert FormerPath.objects.count() == 0
    assert Skill.objects.get(pk=second.pk).name == "TESTING"


def test_a_path_that_never_existed_belongs_to_nothing() -> None:
    assert naming.find_by_former_path("skills/never") is None
