"""Comparing texts without case: the same on both databases."""

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from accounts.models import User
from config.database.sqlite_like import is_like
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("lookup", "text", "is_found"),
    [
        *(
            ("name__iexact", "ÖLWECHSEL 5%", True),
            ("name__iexact", "ölwechsel 5%", True),
            ("name__iexact", "ölwechsel 5x", False),
        ),
        *(("name__icontains", "LWECHSEL", True), ("name__icontains", "ÖLW", True), ("name__icontains", "_lw", False)),
        *(("name__istartswith", "öl", True), ("name__istartswith", "l", False), ("name__istartswith", "%", False)),
        *(("name__iendswith", "SEL 5%", True), ("name__iendswith", "5", False), ("name__icontains", "", True)),
    ],
)
def test_lookups_know_upper_and_lower_case_of_every_letter(lookup: str, text: str, is_found: bool) -> None:
    make_user(name="Ölwechsel 5%")
    make_user(name="Other")
    found = User.objects.filter(**{lookup: text}).exclude(name="Other")
    assert found.exists() is is_found


def test_a_pattern_that_is_a_column_is_compared_too() -> None:
    make_user("Ärger", name="ärgerlich")
    assert User.objects.filter(name__istartswith=Concat("username", Value("L"))).exists()


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        *(("a_c", "ÄBC", False), ("ä_c", "Äbc", True), ("ä%c", "Ä\nbc", True), ("%", "", True), ("", "a", False)),
        *(
            (None, "a", None),
            ("a", None, None),
            ("1%", 12, True),
            ("a%b%c", "AxByC", True),
            ("stra_e", "Straße", True),
            ("strasse", "Straße", False),
            ("STRAßE 1", "straße 1", True),
            ("\\%\\_\\\\", "%_\\", True),
        ),
    ],
)
def test_patterns_are_those_of_sql(pattern: str | None, text: object, expected: bool | None) -> None:
    assert is_like(pattern, text, "\\") is expected


def test_a_letter_that_folds_to_two_is_another_text_in_both_databases() -> None:
    make_user(name="Straße")
    assert User.objects.filter(name__iexact="STRAßE").exists()
    assert not User.objects.filter(name__iexact="strasse").exists()
