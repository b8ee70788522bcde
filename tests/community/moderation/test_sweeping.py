"""Hiding and reverting everything of an account, and undoing it as a whole."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Act, Comment, Sweep
from community.moderation import hiding, sweeping
from skills import revisions
from skills.content.changes import Change, Field
from skills.models import Revision, Skill
from tests.community.moderation.test_people import press_button
from tests.community.moderation.test_reports import browser_of
from tests.community.suggestions.world import JUNIOR, MIDDLE, World
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db: None) -> User:
    return make_user("boss", is_superuser=True)


@pytest.fixture
def browser(boss: User) -> Client:
    return browser_of(boss)


@pytest.fixture
def spammer(world: World) -> User:
    """Return a person who suggested one thing and published two texts: one twice, one that others changed since."""
    person = make_user("spammer", name="Cheap watches")
    world.suggested(author=person)
    Comment.objects.create(skill=world.skill, author=person, body="Buy my watches.")
    publish(world, person, world.cell(JUNIOR, "Kneads.", "Buys."), world.cell(MIDDLE, "Bakes.", "Sells."))
    publish(world, person, world.cell(JUNIOR, "Buys.", "Buys more."))
    publish(world, None, world.cell(MIDDLE, "Sells.", "Bakes rye."))
    return person


def publish(world: World, author: User | None, *changes: Change) -> Revision:
    skill = Skill.objects.with_group().get(pk=world.skill.pk)
    return revisions.publish(skill, changes, author=author, origin=Revision.Origin.ADMIN, summary="Changed.")


def results(sweep: Sweep) -> list[tuple[str, str]]:
    return list(sweep.things.order_by("kind").values_list("kind", "result"))


def page(browser: Client, person: User, query: str = "") -> Any:
    return browser.get(f"/en/moderation/people/{person.pk}/{query}")


def swept(browser: Client, person: User) -> Sweep:
    assert press_button(browser, person, "sweep", "All of it is advertising.").status_code == 302
    sweep = Sweep.objects.get(person=person)
    sweeping.carry_out(sweep.pk)
    sweep.refresh_from_db()
    return sweep


def test_preview_says_what_would_happen_and_does_nothing(world: World, browser: Client, spammer: User) -> None:
    text = page(browser, spammer, "?preview=1").text
    for words in (
        "for Baking is hidden",
        "1 comment is hidden",
        "Baking: 1 field goes back",
        "1 change stays",
        "The profile is hidden",
    ):
        assert words in text
    assert (Sweep.objects.count(), Act.objects.count(), world.text(JUNIOR)) == (0, 0, "Buys more.")


def test_everything_is_hidden_and_taken_back_and_what_others_changed_stays_and_is_named(
    world: World, browser: Client, spammer: User, boss: User
) -> None:
    sweep = swept(browser, spammer)
    assert results(sweep) == [("comment", "done"), ("person", "done"), ("skill", "done"), ("suggestion", "done")]
    assert (world.text(JUNIOR), world.text(MIDDLE)) == ("Kneads.", "Bakes rye.")
    revision = Revision.objects.latest("pk")
    assert (revision.origin, revision.author) == (Revision.Origin.REVERT, boss)
    assert sweep.things.get(kind="skill").kept_fields == [{"field": "requirement", "role": "baker", "level": "middle"}]
    assert "baker middle" in page(browser, spammer).text
    assert spammer.suggestions.get().hidden_at
    assert Comment.objects.get().hidden_at
    assert Client().get("/en/people/spammer/").status_code == 404
    assert list(Act.objects.values_list("kind", "actor_id", "person_id", "reason")) == [
        ("swept", boss.pk, spammer.pk, "All of it is advertising.")
    ]


def test_one_undo_puts_all_of_it_back_but_what_was_changed_since(world: World, browser: Client, spammer: User) -> None:
    sweep = swept(browser, spammer)
    hiding.restore(spammer.suggestions.get(), make_user(is_superuser=True), "Wrong.")
    assert press_button(browser, spammer, "undo_sweep", "It was a mistake.").status_code == 302
    assert press_button(browser, spammer, "undo_sweep", "Twice.").status_code == 409
    sweeping.carry_out(sweep.pk)
    sweep.refresh_from_db()
    assert sweep.state == Sweep.State.UNDONE
    assert results(sweep) == [
        ("comment", "undone"),
        ("person", "undone"),
        ("skill", "undone"),
        ("suggestion", "stays_done"),
    ]
    assert (world.text(JUNIOR), world.text(MIDDLE)) == ("Buys more.", "Bakes rye.")
    assert "Cheap watches" in Client().get("/en/people/spammer/").text
    assert Act.objects.filter(kind="unswept").count() == 1


def test_texts_changed_after_the_sweep_are_not_put_back(world: World, browser: Client, spammer: User) -> None:
    sweep = swept(browser, spammer)
    publish(world, None, world.cell(JUNIOR, "Kneads.", "Kneads well."))
    press_button(browser, spammer, "undo_sweep", "It was a mistake.")
    sweeping.carry_out(sweep.pk)
    thing = sweep.things.get(kind="skill")
    assert (thing.result, thing.kept_fields) == (
        "stays_done",
        [{"field": "requirement", "role": "baker", "level": "junior"}],
    )
    assert world.text(JUNIOR) == "Kneads well."


def test_what_was_hidden_before_stays_hidden_after_the_undo(world: World, browser: Client, spammer: User) -> None:
    suggestion = spammer.suggestions.get()
    hiding.hide(suggestion, make_user(is_superuser=True), "Wrong.")
    sweep = swept(browser, spammer)
    press_button(browser, spammer, "undo_sweep", "A mistake.")
    sweeping.carry_out(sweep.pk)
    suggestion.refresh_from_db()
    assert suggestion.hidden_at


def test_a_sweep_is_asked_for_once(browser: Client, spammer: User) -> None:
    assert [press_button(browser, spammer, "sweep").status_code for _ in range(2)] == [302, 409]
    assert Act.objects.count() == 1


def test_who_is_killed_between_two_things_goes_on_where_that_ended(
    world: World, browser: Client, spammer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    press_button(browser, spammer, "sweep")
    sweep = Sweep.objects.get()
    publish_one, count = sweeping._publish, Revision.objects.count()

    def killed(*args: Any) -> None:
        publish_one(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(sweeping, "_publish", killed)
    with pytest.raises(KeyboardInterrupt):
        sweeping.carry_out(sweep.pk)
    assert results(sweep) == [("comment", "done"), ("person", "done"), ("skill", "planned"), ("suggestion", "done")]
    assert Revision.objects.count() == count  # the action and its row were rolled back together
    monkeypatch.undo()
    sweeping.resume_unfinished_sweeps()
    assert results(sweep)[2] == ("skill", "planned")  # the lease still runs: the other may be alive
    Sweep.objects.update(leased_until=timezone.now())
    sweeping.resume_unfinished_sweeps()
    assert results(sweep) == [("comment", "done"), ("person", "done"), ("skill", "done"), ("suggestion", "done")]
    assert Revision.objects.count() == count + 1


def test_a_skill_that_began_with_the_account_stays(world: World, browser: Client) -> None:
    person = make_user()
    Revision.objects.filter(skill=world.skill, number=1).update(author=person)
    publish(world, person, Change(Field.SUMMARY, "", "Cheap."))
    sweep = swept(browser, person)
    assert sweep.things.get(kind="skill").result == "done"
    world.skill.refresh_from_db()
    assert (world.skill.summary, world.text(JUNIOR)) == ("", "Kneads.")
