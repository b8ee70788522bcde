"""How often a new account may write: exactly the stated number, however many processes send at once."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.drafting import filing
from community.drafting.filing import FormContent
from community.models import CountedWrite, Suggestion, WriteKind
from community.posting import limiter
from community.posting.refusals import InvalidInput, OverLimit
from tests.community.drafting.test_form import form_data
from tests.community.suggestions.world import JUNIOR, World, make_reviewer
from tests.factories import make_user
from tests.races import at_once, kinds
from tests.web_process import DATABASE

ROOT = Path(__file__).resolve().parents[3]
POST, WRITE = WriteKind.POST, WriteKind.WRITE


def counted(person: User, kind: WriteKind, count: int, ago: timedelta = timedelta()) -> None:
    """Record that a person wrote so often, so long ago."""
    at = timezone.now() - ago
    CountedWrite.objects.bulk_create(CountedWrite(user=person, kind=kind, at=at) for _ in range(count))


def accepted(person: User, count: int, world: World) -> None:
    Suggestion.objects.bulk_create(
        Suggestion(skill=world.skill, author=person, state="accepted", reason="x", submitted_at=timezone.now())
        for _ in range(count)
    )


@pytest.mark.django_db
def test_four_posts_a_minute_then_the_exact_time_to_wait() -> None:
    person = make_user()
    counted(person, POST, 3, timedelta(seconds=20))
    limiter.record_write(person, POST)
    with pytest.raises(OverLimit) as refusal:
        limiter.record_write(person, POST)
    assert refusal.value.retry_after == 40
    assert CountedWrite.objects.filter(user=person).count() == 4


@pytest.mark.django_db
def test_posts_of_an_earlier_minute_count_for_the_day_only() -> None:
    person = make_user()
    counted(person, POST, 99, timedelta(hours=23))
    limiter.record_write(person, POST)
    with pytest.raises(OverLimit) as refusal:
        limiter.record_write(person, POST)
    assert 3590 <= refusal.value.retry_after <= 3600
    CountedWrite.objects.update(at=timezone.now() - timedelta(days=1))
    limiter.record_write(person, POST)


@pytest.mark.django_db
def test_no_span_of_a_minute_holds_more_wherever_it_begins() -> None:
    """Counts that begin again with each full minute would let eight through around its end."""
    person = make_user()
    counted(person, POST, 4, timedelta(seconds=59))
    with pytest.raises(OverLimit) as refusal:
        limiter.record_write(person, POST)
    assert refusal.value.retry_after == 1


def test_the_limit_that_is_free_last_decides_and_older_writes_do_not_count() -> None:
    now = timezone.now()
    limits = [limiter.Limit(4, timedelta(minutes=1)), limiter.Limit(6, timedelta(minutes=2))]
    latest = [now - timedelta(seconds=ago) for ago in (10, 20, 35, 50, 55, 70, 400)]
    assert limiter.calculate_wait_seconds(latest[:3], limits, now) == 0
    assert limiter.calculate_wait_seconds(latest[:4], limits, now) == 10
    assert limiter.calculate_wait_seconds(latest, limits, now) == 50
    assert limiter.calculate_wait_seconds(latest, limits, now + timedelta(minutes=2)) == 0


@pytest.fixture
def _stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass: a slow machine would otherwise answer with another number of seconds."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.mark.django_db
def test_what_others_post_and_other_kinds_do_not_count() -> None:
    person = make_user()
    counted(make_user(), POST, 4)
    counted(person, WRITE, 4)
    limiter.record_write(person, POST)


@pytest.mark.django_db
def test_what_is_rolled_back_was_no_post() -> None:
    person = make_user()
    with transaction.atomic():
        limiter.record_write(person, POST)
        transaction.set_rollback(True)
    assert not CountedWrite.objects.exists()


def test_five_accepted_suggestions_lift_the_limit_four_do_not(world: World) -> None:
    counted(world.author, POST, 4)
    accepted(world.author, 4, world)
    with pytest.raises(OverLimit):
        limiter.record_write(world.author, POST)
    accepted(world.author, 1, world)
    limiter.record_write(world.author, POST)


@pytest.mark.django_db
def test_reviewers_have_no_limit() -> None:
    reviewer = make_reviewer()
    counted(reviewer, POST, 100)
    limiter.record_write(reviewer, POST)


@pytest.mark.usefixtures("_stopped_clock")
@pytest.mark.parametrize(("language", "words"), [("de", "In 40 Sekunden"), ("en", "in 40 seconds")])
def test_a_suggestion_over_the_limit_says_when_and_stays_a_draft(
    world: World, client: Client, language: str, words: str
) -> None:
    client.force_login(world.author)
    counted(world.author, POST, 4, timedelta(seconds=20))
    sent = form_data(world, (JUNIOR, "Kneads dough by hand."), intent="submit", reason="Clearer this way.")
    answer = client.post(f"/{language}/skills/{world.skill.slug}/suggestions/new/", sent)
    assert (answer.status_code, answer["Retry-After"]) == (429, "40")
    assert words in answer.text
    kept = Suggestion.objects.get(key=sent["key"])
    assert (kept.state, kept.reason) == ("draft", "Clearer this way.")


def test_a_suggestion_that_is_unfit_is_no_post(world: World) -> None:
    draft = FormContent(Suggestion().key, [world.kneading()], reason="")
    with pytest.raises(InvalidInput):
        filing.submit_form(world.author, world.skill, draft)
    assert not CountedWrite.objects.exists()


@pytest.mark.usefixtures("_stopped_clock")
@pytest.mark.parametrize("path", ["me/watching/", "notifications/read/", "me/settings/", "me/settings/email/"])
def test_every_write_of_the_site_counts_and_what_was_sent_comes_back(path: str, client: Client, db: None) -> None:
    person = make_user()
    client.force_login(person)
    counted(person, WRITE, 120, timedelta(seconds=15))
    text = "Twenty words that a person would not like to type <b>again</b>."
    answer = client.post(f"/en/{path}", {"name": text, "password": "secret pass phrase, long enough"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "45")
    assert "in 45 seconds" in answer.text
    assert 'value="Twenty words that a person would not like to type &lt;b&gt;again&lt;/b&gt;."' in answer.text
    assert "secret pass" not in answer.text


@pytest.mark.usefixtures("_stopped_clock")
def test_over_the_limit_htmx_gets_an_alert_and_the_form_stays(client: Client, db: None) -> None:
    person = make_user()
    client.force_login(person)
    counted(person, WRITE, 120, timedelta(seconds=15))
    answer = client.post("/en/notifications/read/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["Retry-After"], answer["HX-Retarget"]) == (429, "45", "#alerts")


@pytest.mark.django_db
def test_old_counts_are_forgotten() -> None:
    person = make_user()
    counted(person, POST, 2, timedelta(days=1))
    counted(person, POST, 1, timedelta(hours=23))
    assert not limiter.prune()
    assert CountedWrite.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a database that several may write to")
@pytest.mark.django_db(transaction=True)
def test_ten_at_once_get_four_on_postgresql() -> None:
    person = make_user()
    outcomes = at_once(*[lambda: limiter.record_write(person, POST)] * 10)
    assert kinds(outcomes) == ["NoneType"] * 4 + ["OverLimit"] * 6
    assert CountedWrite.objects.count() == 4


ONE_PROCESS = """
import sys, django
django.setup()
from accounts.models import User
from community.posting import limiter
from community.models import WriteKind
from community.posting.refusals import OverLimit
person = User.objects.get()
print("ready", flush=True)
sys.stdin.readline()
try:
    limiter.record_write(person, WriteKind.POST)
except OverLimit:
    print("refused")
else:
    print("done")
"""
MAKE_PERSON = "import django; django.setup(); from accounts.models import User; User.objects.create_user('anna')"


def test_ten_processes_at_once_get_four_on_sqlite(tmp_path: Path, prepared_site: Path) -> None:
    variables = {**os.environ, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    variables.pop("DATABASE_URL", None)
    known: dict[str, Any] = {"env": variables, "cwd": ROOT, "text": True}
    shutil.copy2(prepared_site / DATABASE, tmp_path)
    subprocess.run([sys.executable, "-c", MAKE_PERSON], check=True, capture_output=True, **known)
    known |= {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    running = [subprocess.Popen([sys.executable, "-c", ONE_PROCESS], **known) for _ in range(10)]
    for process in running:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    said = sorted(process.communicate(timeout=60)[0].strip() for process in running)
    assert said == ["done"] * 4 + ["refused"] * 6
