"""A new skill, one no longer relevant, one that is the same as another: suggested by members, decided as all else."""

import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone, translation

from accounts.privacy.erasure import delete_account
from accounts.sign_in import traps
from community.drafting import drafts
from community.models import Event, EventAction, Kind, Notification, State, Suggestion, Watch
from community.posting.refusals import InvalidInput
from community.review import deciding
from skills import revisions
from skills.content.changes import Change, Field, SkillContent
from skills.models import Requirement, Revision, SearchEntry, Significance, Skill
from tests.community.events.factories import notify_everyone
from tests.community.suggestions.world import World
from tests.factories import make_skill, make_user

pytestmark = pytest.mark.django_db
NEW = "/en/suggestions/new-skill/"


def typed(world: World, **fields: Any) -> dict[str, Any]:
    """Return what a browser sends of a whole new skill."""
    group = world.skill.group
    return {
        "framework": world.skill.framework.slug,
        "key": str(uuid.uuid4()),
        "revision": "0",
        "name": "Proofing",
        "summary": "Letting dough rise.",
        "tag_line": "",
        "group": f"{group.domain.key}/{group.key}",
        "cell": ["baker/junior"],
        "description:baker/junior": "Knows when dough has risen.",
        "obligation:baker/junior": "mandatory",
        "reason": "Nobody bakes without it.",
        "source": "",
        "intent": "submit",
        "confirmed": "on",
        "started": traps.sign_current_time(),
    } | fields


@pytest.fixture
def author(client: Client, world: World) -> Client:
    client.force_login(world.author)
    return client


def suggested(author: Client, world: World, **fields: Any) -> Suggestion:
    response = author.post(NEW, typed(world, **fields))
    assert response.status_code == 302, response.content.decode()
    return Suggestion.objects.select_related("skill").latest("pk")


def accept(suggestion: Suggestion, world: World, **options: Any) -> Skill:
    deciding.accept(suggestion, world.reviewer, significance=Significance.MEDIUM, **options)
    return Skill.objects.with_group().get(pk=suggestion.skill_id)


def status_suggested(world: World, status: str) -> Suggestion:
    draft = drafts.start(world.author, world.skill, [Change(Field.STATUS, "current", status)], reason="Nobody bakes.")
    return drafts.submit(draft, world.author)


def words_of(client: Client, suggestion: Suggestion) -> str:
    """Return what the page of a suggestion proposes to write instead of today's words."""
    page = BeautifulSoup(client.get(f"/en/suggestions/{suggestion.pk}/").content, "html.parser")
    for removed in page.select(".difference del, .difference .visually-hidden"):
        removed.decompose()
    return " ".join(page.select_one(".difference").get_text().split())  # type: ignore[union-attr]


def test_framework_is_chosen_first_then_groups_roles_and_levels_are_its_own(author: Client, world: World) -> None:
    page = author.get(NEW).content.decode()
    assert f"?framework={world.skill.framework.slug}" in page
    form = author.get(f"{NEW}?framework={world.skill.framework.slug}").content.decode()
    assert 'name="name"' in form
    assert f'value="{world.skill.group.domain.key}/{world.skill.group.key}"' in form
    assert not Suggestion.objects.exists()
    assert Skill.objects.count() == 1


def test_strangers_are_led_through_signing_in(client: Client, world: World) -> None:
    assert "login" in client.get(f"{NEW}?framework={world.skill.framework.slug}")["Location"]
    answer = client.post(NEW, typed(world))
    assert answer.status_code == 401
    assert "Knows when dough has risen." in answer.content.decode()
    assert Skill.objects.count() == 1


def test_a_suggested_skill_is_published_only_by_accepting(author: Client, world: World) -> None:
    suggestion = suggested(author, world)
    assert (suggestion.state, suggestion.skill.status) == (State.OPEN, "suggested")
    assert author.get(f"/en/skills/{suggestion.skill.slug}/").status_code == 404
    assert "New skill: Proofing" in author.get(f"/en/suggestions/{suggestion.pk}/").content.decode()
    skill = accept(suggestion, world)
    assert (skill.key, skill.slug, skill.name, skill.status) == ("proofing", "proofing", "Proofing", "current")
    revision = skill.revisions.get()
    assert (revision.number, revision.author, revision.reviewer) == (1, world.author, world.reviewer)
    assert SkillContent.from_json(revision.content) == revisions.get_content(skill)
    assert Requirement.objects.get(skill=skill).description == "Knows when dough has risen."
    assert SearchEntry.objects.filter(skill=skill).exists()
    assert "Knows when dough has risen." in author.get("/en/skills/proofing/").content.decode()


def test_draft_is_kept_listed_and_gone_on_with(author: Client, world: World) -> None:
    data = typed(world, intent="save", name="")
    assert author.post(NEW, data).status_code == 302
    draft = Suggestion.objects.get()
    assert (draft.state, draft.skill.name) == (State.DRAFT, "")
    assert "without a name yet" in author.get("/en/me/suggestions/").content.decode()
    form = author.get(f"/en/suggestions/{draft.pk}/edit/").content.decode()
    assert "Letting dough rise." in form
    assert author.post(NEW, data | {"intent": "submit", "name": "Proofing"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.skill.name) == (State.OPEN, "Proofing")
    assert Skill.objects.count() == 2


def test_an_untouched_form_keeps_nothing(author: Client, world: World) -> None:
    blank = {"name": "", "summary": "", "cell": [], "reason": "", "intent": "autosave"}
    assert author.post(NEW, typed(world, **blank), headers={"HX-Request": "true"}).status_code == 200
    assert not Suggestion.objects.exists()
    assert Skill.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "A skill needs a name."),
        ({"name": "Baking"}, "There is a skill “Baking” in this group already"),
        ({"name": "x" * 201}, "longer than 200 characters"),
        ({"group": ""}, "Choose the group that the new skill belongs to."),
        ({"group": "kitchen/nowhere"}, "There is no such group in this framework."),
        ({"cell": []}, "A new skill needs at least one requirement."),
        ({"reason": ""}, "reviewers need a reason"),
        ({"status": "current"}, None),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    author: Client, world: World, fields: dict[str, Any], words: str | None
) -> None:
    answer = author.post(NEW, typed(world, **fields))
    if words is None:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Letting dough rise." in answer.content.decode()
    assert not Suggestion.objects.filter(state=State.OPEN).exists()


@pytest.mark.parametrize("intent", ["submit", "check"])
@pytest.mark.parametrize(
    ("fields", "words", "control"),
    [
        ({"name": " BAKING "}, "There is a skill “Baking” in this group already, or there was one.", "field-name"),
        ({"group": ""}, "Choose the group that the new skill belongs to.", "field-group"),
        ({"group": "kitchen/nowhere"}, "There is no such group in this framework.", "field-group"),
        ({"reason": "\u200b"}, "Say why: reviewers need a reason.", "reason"),
        ({"source": "x" * 2001}, "The reason or the source is too long.", "source"),
    ],
)
def test_each_error_links_to_its_control(
    author: Client, world: World, fields: dict[str, str], words: str, control: str, intent: str
) -> None:
    answer = author.post(NEW, typed(world, intent=intent, **fields))
    page = BeautifulSoup(answer.content, "html.parser")
    links = {link.get_text(): link["href"] for link in page.select("#form-errors a")}
    assert answer.status_code == 422
    assert links[words] == f"#{control}"
    assert page.select_one(f"#{control}[aria-invalid]")


def test_an_unknown_framework_is_refused(author: Client, world: World) -> None:
    assert author.post(NEW, typed(world, framework="nowhere")).status_code == 422
    assert author.post(NEW, typed(world, framework="\0")).status_code == 422
    assert Skill.objects.count() == 1


def test_the_same_form_twice_is_one_skill(author: Client, world: World) -> None:
    data = typed(world)
    assert [author.post(NEW, data).status_code for _ in range(2)] == [302, 302]
    assert Suggestion.objects.count() == 1
    assert Skill.objects.count() == 2


def test_the_same_new_skill_as_an_open_one_offers_to_vote_for_that(author: Client, world: World) -> None:
    first = suggested(author, world)
    author.force_login(make_user())
    answer = author.post(NEW, typed(world, name="proofing"))
    assert answer.status_code == 422
    assert f"/en/suggestions/{first.pk}/" in answer.content.decode()


@pytest.mark.parametrize("field", ["hidden_at", "held_at"])
def test_what_moderators_hid_or_hold_is_not_named_to_who_suggests_the_same(
    author: Client, world: World, field: str
) -> None:
    first = suggested(author, world)
    Suggestion.objects.filter(pk=first.pk).update(**{field: timezone.now()})
    author.force_login(make_user())
    second = suggested(author, world, name="proofing")
    assert (second.pk, second.state) == (Suggestion.objects.latest("pk").pk, State.OPEN)
    assert second.pk != first.pk


def test_name_and_group_go_along_with_a_single_requirement(author: Client, world: World) -> None:
    suggestion = suggested(author, world)
    requirement = suggestion.changes.get(field="requirement")
    skill = accept(suggestion, world, change_ids={requirement.pk})
    suggestion.refresh_from_db()
    assert (skill.name, skill.summary, skill.is_current, suggestion.state) == ("Proofing", "", True, State.OPEN)
    assert accept(suggestion, world).summary == "Letting dough rise."


def test_the_author_of_a_partly_accepted_new_skill_is_notified_when_it_is_retired(author: Client, world: World) -> None:
    suggestion = suggested(author, world)
    skill = accept(suggestion, world, change_ids={suggestion.changes.get(field="requirement").pk})
    notify_everyone()
    Notification.objects.all().delete()
    revisions.publish(skill, [Change(Field.STATUS, "current", "retired")], author=None, origin=Revision.Origin.ADMIN)
    notify_everyone()
    notices = Notification.objects.filter(user=world.author, kind=Kind.DECISION)
    assert [notice.event.action for notice in notices] == [EventAction.SKILL_RETIRED]


def test_the_name_of_a_new_skill_is_shown_to_its_author_alone(author: Client, world: World) -> None:
    draft = suggested(author, world, intent="save", name="Secret proofing")
    path = f"/en/me/suggestions/?skill={draft.skill.slug}"
    assert "Secret proofing" in author.get(path).text
    author.force_login(make_user())
    response = author.get(path)
    assert (response.status_code, "Secret proofing" in response.text) == (200, False)


def test_a_name_that_was_taken_meanwhile_is_refused_in_words(author: Client, world: World) -> None:
    suggestion = suggested(author, world)
    make_skill(world.skill.group, "Proofing")
    author.force_login(world.reviewer)
    data = {"significance": "medium", "key": str(uuid.uuid4()), "change": [row.pk for row in suggestion.changes.all()]}
    answer = author.post(f"/en/review/{suggestion.pk}/accept/", data)
    assert answer.status_code == 422
    assert "There is a skill “Proofing” in this group already" in answer.content.decode()
    assert not Revision.objects.filter(skill=suggestion.skill).exists()


def test_undoing_takes_the_new_skill_back_and_accepting_again_brings_it_back(author: Client, world: World) -> None:
    suggestion = suggested(author, world)
    accept(suggestion, world)
    assert deciding.undo(suggestion, world.reviewer, "Too soon.") == []
    skill = Skill.objects.get(pk=suggestion.skill_id)
    assert skill.is_suggested
    assert not Requirement.objects.filter(skill=skill).exists()
    assert author.get("/en/skills/proofing/").status_code == 410
    again = accept(suggestion, world)
    assert (again.slug, again.is_current, again.revisions.count()) == ("proofing", True, 3)
    assert SkillContent.from_json(again.revisions.latest("number").content) == revisions.get_content(again)


def test_undoing_keeps_a_new_skill_that_was_changed_since(author: Client, world: World) -> None:
    suggestion = suggested(author, world)
    skill = accept(suggestion, world)
    change = Change(Field.SUMMARY, "Letting dough rise.", "Letting dough rise overnight.")
    revisions.publish(skill, [change], author=None, origin=Revision.Origin.ADMIN)
    kept = deciding.undo(suggestion, world.reviewer, "Too soon.")
    assert len(kept) == suggestion.changes.count()
    assert Skill.objects.get(pk=skill.pk).is_current


def test_a_skill_is_suggested_to_be_no_longer_relevant(author: Client, world: World) -> None:
    slug = world.skill.slug
    data = typed(world, status="retired", cell=[], revision="1", skill=slug)
    fields = {
        name: data[name] for name in ("key", "revision", "status", "reason", "source", "intent", "confirmed", "started")
    }
    assert author.post(f"/en/skills/{slug}/suggestions/new/", fields).status_code == 302
    suggestion = Suggestion.objects.get()
    assert "no longer relevant" in words_of(author, suggestion)
    accept(suggestion, world)
    assert author.get(f"/en/skills/{slug}/").status_code == 410
    deciding.undo(suggestion, world.reviewer, "It is.")
    assert author.get(f"/en/skills/{slug}/").status_code == 200


def test_watchers_of_a_skill_that_became_another_watch_that_one(author: Client, world: World) -> None:
    duplicate = make_skill(world.skill.group, "Oven work")
    watcher, quiet = make_user(), make_user()
    for person in (watcher, quiet):
        Watch.objects.create(user=person, skill=world.skill, level=Watch.Level.WATCH)
    Watch.objects.create(user=quiet, skill=duplicate, level=Watch.Level.MUTE)
    suggestion = status_suggested(world, f"same-as/{duplicate.key}")
    assert "the same as “Oven work”" in words_of(author, suggestion)
    accept(suggestion, world)
    assert author.get(f"/en/skills/{world.skill.slug}/")["Location"] == "/en/skills/oven-work/"
    assert Watch.objects.get(user=watcher, skill=duplicate).level == Watch.Level.WATCH
    assert Watch.objects.get(user=quiet, skill=duplicate).level == Watch.Level.MUTE
    assert Event.objects.filter(kind=Kind.CONTENT_CHANGED, skill=world.skill).exists()


def test_a_skill_that_leaves_is_not_changed_otherwise(world: World) -> None:
    changes = [Change(Field.STATUS, "current", "retired"), Change(Field.SUMMARY, world.skill.summary, "Other.")]
    draft = drafts.start(world.author, world.skill, changes, reason="Nobody bakes.")
    with translation.override("en"), pytest.raises(InvalidInput, match="without other changes"):
        drafts.submit(draft, world.author)


def test_what_left_takes_no_suggestions_but_to_come_back(author: Client, world: World) -> None:
    accept(status_suggested(world, "retired"), world)
    assert author.get(f"/en/skills/{world.skill.slug}/suggestions/new/").status_code == 302
    skill = Skill.objects.with_group().get(pk=world.skill.pk)
    draft = drafts.start(world.author, skill, [Change(Field.SUMMARY, "", "Other.")], reason="Nicer.")
    with translation.override("en"), pytest.raises(InvalidInput, match="Bring it back first"):
        drafts.submit(draft, world.author)
    back = drafts.start(world.author, skill, [Change(Field.STATUS, "retired", "current")], reason="They do.")
    accept(drafts.submit(back, world.author), world)
    assert world.text(world.kneading().place) == "Kneads."  # type: ignore[arg-type]


def test_queue_calls_it_a_removal_until_it_is_none(client: Client, world: World) -> None:
    status_suggested(world, "retired")
    client.force_login(world.reviewer)
    page = client.get("/en/review/?filter=removals")
    assert [row.skill for row in page.context["queue"].page.object_list] == [world.skill]
    assert page.context["queue"].counts["conflicts"] == 0
    revisions.publish(
        world.skill, [Change(Field.STATUS, "current", "retired")], author=None, origin=Revision.Origin.ADMIN
    )
    assert client.get("/en/review/").context["queue"].counts["conflicts"] == 0
    revisions.publish(
        Skill.objects.with_group().get(pk=world.skill.pk),
        [Change(Field.STATUS, "retired", f"same-as/{make_skill(world.skill.group, 'Oven work').key}")],
        author=None,
        origin=Revision.Origin.ADMIN,
    )
    assert client.get("/en/review/").context["queue"].counts["conflicts"] == 1


def test_deleting_the_account_deletes_the_skill_of_a_draft(author: Client, world: World) -> None:
    author.post(NEW, typed(world, intent="save"))
    delete_account(world.author)
    assert not Suggestion.objects.exists()
    assert list(Skill.objects.all()) == [world.skill]


def test_a_skill_that_is_only_suggested_cannot_be_watched_by_its_number(client: Client, world: World) -> None:
    client.force_login(world.author)
    client.post(NEW, typed(world, intent="save"))
    client.force_login(make_user())
    hidden = Skill.objects.get(status="suggested")
    assert client.post(f"/en/watch/skill/{hidden.pk}/", {"level": "watch"}).status_code == 404
    assert not Watch.objects.filter(skill=hidden).exists()
