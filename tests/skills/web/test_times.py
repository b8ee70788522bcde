"""Times: in the zone that a member chose; everywhere else with the name of the zone."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import caches
from django.test import Client
from django.utils import timezone, translation
from pytest_django import Settings

from community.models import Comment
from skills.models import Revision, Skill
from skills.web.times import find_own_time_zone, format_moment
from tests.factories import make_catalogue, make_user

ROOT = Path(__file__).parents[3]
SUMMER = datetime(2026, 7, 1, 12, 3, tzinfo=UTC)
WITH_HOURS = re.compile(r'\|time\b|\|date:"(?!c"|SHORT_DATE_FORMAT"|DATE_FORMAT"|Y-m-d")')
ZONES = re.compile(r"\d\d:\d\d (?:MESZ|MEZ|CEST|CET|UTC)")


@pytest.fixture(autouse=True)
def _berlin(settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.fixture
def skill(db: None) -> Skill:
    make_catalogue(skills=1, roles=1, slug="one")
    Revision.objects.update(published_at=SUMMER)
    skill = Skill.objects.get()
    Comment.objects.create(skill=skill, author=make_user("anna"), body="Well.")
    Comment.objects.update(created_at=SUMMER)
    return skill


def browser_of(zone: str) -> Client:
    client = Client()
    client.force_login(make_user(time_zone=zone))
    return client


def times_on(client: Client, address: str) -> list[str]:
    """Return the texts of the times on a page that have hours."""
    answer: Any = client.get(address)
    assert answer.status_code == 200
    texts = [time.get_text(strip=True) for time in BeautifulSoup(answer.content, "html.parser").select("time")]
    return [text for text in texts if ":" in text]


def test_a_member_s_pages_are_in_their_own_zone_and_all_others_name_the_site_s(skill: Skill) -> None:
    comments = f"/de/skills/{skill.slug}/comments/"
    assert times_on(browser_of("Asia/Tokyo"), comments) == ["1.7.2026, 21:03"]
    for client in (Client(), browser_of(""), browser_of("Mars/Base")):
        assert times_on(client, comments) == ["1.7.2026, 14:03 MESZ"]


@pytest.mark.parametrize("page", ["changes/", "skills/{slug}/history/", "skills/{slug}/history/1/"])
@pytest.mark.parametrize("first", ["visitor", "member"])
def test_a_page_that_is_kept_for_all_readers_names_the_zone_whoever_comes_first(
    skill: Skill, page: str, first: str
) -> None:
    address = f"/en/{page.format(slug=skill.slug)}"
    clients = [Client(), browser_of("Asia/Tokyo")]
    for client in clients if first == "visitor" else reversed(clients):
        assert [text[-10:] for text in times_on(client, address)] == ["14:03 CEST"]
    assert len(caches["pages"]._cache) == 1  # type: ignore[attr-defined]


def test_a_slot_of_a_kept_page_is_in_its_reader_s_zone(skill: Skill) -> None:
    suspended = make_user(time_zone="Asia/Tokyo", suspended_until=SUMMER.replace(year=2096), suspension_reason="Spam.")
    client = Client()
    client.force_login(suspended)
    assert "bis 1. Juli 2096, 21:03 gesperrt" in " ".join(client.get(f"/de/skills/{skill.slug}/").text.split())
    visitor = Client().get(f"/de/skills/{skill.slug}/").text
    assert "21:03" not in visitor


def test_the_zone_of_one_request_is_not_that_of_the_next(skill: Skill) -> None:
    browser_of("Asia/Tokyo").get("/de/me/")
    assert timezone.get_current_timezone_name() == "Europe/Berlin"


@pytest.mark.parametrize(("own", "named"), [("", "Europe/Berlin"), ("Asia/Tokyo", "Asia/Tokyo")])
def test_pages_of_the_administration_say_which_zone_they_use(db: None, own: str, named: str) -> None:
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True, time_zone=own))
    footer = BeautifulSoup(client.get("/admin/").content, "html.parser").select_one("#footer")
    assert footer is not None
    assert named in footer.get_text()


@pytest.mark.parametrize(
    ("site", "language", "at", "text"),
    [
        ("Europe/Berlin", "de", SUMMER.replace(month=1), "1.1.2026, 13:03 MEZ"),
        ("Europe/Helsinki", "de", SUMMER, "1.7.2026, 15:03 OESZ"),
        ("Europe/London", "en", SUMMER.replace(month=1), "1 Jan 2026, 12:03 GMT"),
        ("UTC", "de", SUMMER, "1.7.2026, 12:03 UTC"),
        ("Asia/Kathmandu", "en", SUMMER, "1 Jul 2026, 17:48 UTC+05:45"),
    ],
)
def test_the_zone_is_named_as_people_know_it(
    settings: Settings, site: str, language: str, at: datetime, text: str
) -> None:
    settings.TIME_ZONE = site
    with translation.override(language):
        assert format_moment(at) == text


def test_the_site_s_own_zone_needs_no_name_once_chosen() -> None:
    with timezone.override(find_own_time_zone("Europe/Berlin")), translation.override("de"):
        assert format_moment(SUMMER, "TIME_FORMAT") == "14:03"


def test_no_template_shows_a_time_without_its_zone() -> None:
    templates = [path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}]
    assert templates
    found = [str(path) for path in templates if WITH_HOURS.search(path.read_text(encoding="utf-8"))]
    assert found == [], "write {{ at|moment }}"
    code = [path for app in ("skills", "accounts", "community", "config") for path in (ROOT / app).rglob("*.py")]
    by_hand = [str(path) for path in code if re.search(r"\b(?:date|time)_format\(", path.read_text(encoding="utf-8"))]
    assert by_hand == [str(ROOT / "skills/web/times.py")], "call format_moment"
