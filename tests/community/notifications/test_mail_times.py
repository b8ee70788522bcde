"""When mail is due, as a table."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from community.models import EventAction, Frequency, Kind
from community.notifications.mail_times import calculate_due_at, get_time_zone, is_for_digest
from skills.models import Significance

BERLIN, AUCKLAND = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland")
CHANGED, COMMENT = Kind.CONTENT_CHANGED, Kind.COMMENT
MEDIUM, MAJOR = Significance.MEDIUM, Significance.MAJOR


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "significance", "frequency", "zone", "now", "due"),
    [
        (CHANGED, MAJOR, Frequency.NEVER, BERLIN, "2026-11-24 12:00", None),
        (CHANGED, MAJOR, Frequency.AT_ONCE, BERLIN, "2026-11-24 12:00", "2026-11-24 12:00"),
        # medium goes into digests, whatever was chosen
        (CHANGED, MEDIUM, Frequency.AT_ONCE, BERLIN, "2026-11-24 12:00", "2026-11-25 07:00"),
        (COMMENT, MEDIUM, Frequency.AT_ONCE, BERLIN, "2026-11-24 12:00", "2026-11-24 12:00"),
        (CHANGED, MAJOR, Frequency.DAILY, BERLIN, "2026-11-24 06:59", "2026-11-24 07:00"),
        (CHANGED, MAJOR, Frequency.DAILY, BERLIN, "2026-11-24 07:00", "2026-11-25 07:00"),
        # eight in the morning there, in summer and in winter time
        (CHANGED, MAJOR, Frequency.DAILY, BERLIN, "2026-03-28 12:00", "2026-03-29 06:00"),
        (CHANGED, MAJOR, Frequency.DAILY, BERLIN, "2026-10-24 12:00", "2026-10-25 07:00"),
        (CHANGED, MAJOR, Frequency.DAILY, AUCKLAND, "2026-11-24 12:00", "2026-11-24 19:00"),
        (CHANGED, MEDIUM, Frequency.WEEKLY, BERLIN, "2026-11-24 12:00", "2026-11-30 07:00"),  # a Tuesday
        (CHANGED, MEDIUM, Frequency.WEEKLY, BERLIN, "2026-11-30 06:59", "2026-11-30 07:00"),  # that Monday
        (CHANGED, MEDIUM, Frequency.WEEKLY, BERLIN, "2026-11-30 07:00", "2026-12-07 07:00"),
        (CHANGED, MEDIUM, Frequency.WEEKLY, BERLIN, "2026-11-29 23:30", "2026-11-30 07:00"),  # Monday there already
    ],
)
def test_mail_is_due_as_it_was_chosen(
    kind: Kind, significance: Significance, frequency: Frequency, zone: ZoneInfo, now: str, due: str | None
) -> None:
    waits = is_for_digest(kind, significance)
    assert calculate_due_at(frequency, zone, at(now), waits_for_digest=waits) == (at(due) if due else None)


@pytest.mark.parametrize(
    ("mailed", "due"), [("2026-11-24 11:50", "2026-11-24 12:20"), ("2026-11-24 11:10", "2026-11-24 12:00")]
)
def test_mail_about_one_burst_goes_twice_in_half_an_hour_at_most(mailed: str, due: str) -> None:
    now = at("2026-11-24 12:00")
    assert calculate_due_at(Frequency.AT_ONCE, BERLIN, now, mailed_at=at(mailed)) == at(due)


@pytest.mark.parametrize("action", [action for action in EventAction if action != EventAction.CHANGES_REQUESTED])
def test_decisions_wait_for_the_daily_mail_whatever_was_chosen(action: EventAction) -> None:
    waits = is_for_digest(Kind.DECISION, MEDIUM, action)
    assert calculate_due_at(Frequency.AT_ONCE, BERLIN, at("2026-11-24 12:00"), waits_for_digest=waits) == at(
        "2026-11-25 07:00"
    )


def test_what_asks_the_author_for_something_may_come_at_once() -> None:
    now = at("2026-11-24 12:00")
    waits = is_for_digest(Kind.DECISION, MEDIUM, EventAction.CHANGES_REQUESTED)
    assert calculate_due_at(Frequency.AT_ONCE, BERLIN, now, waits_for_digest=waits) == now


@pytest.mark.parametrize("name", ["", "Nowhere/Town", "../etc/passwd", "\0"])
def test_an_unknown_time_zone_is_the_site_s_own(settings: Settings, name: str) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    assert get_time_zone(name) == AUCKLAND
