"""The reviewers' pages: who may, what the pane shows, and what each action does."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from community.drafting import drafts
from community.models import Decision, DeclineReason, State, Suggestion, Watch
from community.review import deciding
from community.review.pane import build_author_record, merge_texts
from community.review.queue import UNDO_OFFER
from skills.content.changes import Change, Field
from skills.models import Revision, Significance
from tests.community.suggestions.world import JUNIOR, MIDDLE, SENIOR, World
from tests.factories import cell, make_user


@pytest.fixture
def desk(client: Client, world: World) -> Client:
    client.force_login(world.reviewer)
    return client


def address(suggestion: Suggestion, action: str = "") -> str:
    return f"/en/review/{suggestion.pk}/" + (f"{action}/" if action else "")


def page_of(client: Client, where: str, status: int = 200) -> Tag:
    response = client.get(where)
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def texts(page: Tag, selector: str) -> list[str]:
    return [" ".join(element.get_text().split()) for element in page.select(selector)]


def form_of(client: Client, suggestion: Suggestion, **typed: Any) -> dict[str, Any]:
    """Return the form of the pane as a browser sends it."""
    form = page_of(client, address(suggestion)).select_one("#decide")
    assert form
    data: dict[str, Any] = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        name = str(field["name"])
        if field.name == "select":
            option = field.select_one("option[selected]") or field.select_one("option")
            data[name] = str(option["value"]) if option else ""
        elif field.name == "textarea":
            data[name] = field.get_text().removeprefix("\n")
        elif field.get("type") != "checkbox":
            data[name] = str(field["value"])
        elif field.has_attr("checked"):
            data.setdefault(name, []).append(str(field["value"]))
    return data | typed


def send(client: Client, suggestion: Suggestion, action: str, **typed: Any) -> Any:
    return client.post(address(suggestion, action), form_of(client, suggestion, **typed))


def state(suggestion: Suggestion) -> str:
    return Suggestion.objects.get(pk=suggestion.pk).state


PEOPLE: dict[str, Callable[[World], Any]] = {
    "stranger": lambda world: None,
    "member": lambda world: make_user(),
    "author": lambda world: world.author,
    "reviewer": lambda world: world.reviewer,
    "superuser": lambda world: make_user(is_superuser=True),
}
ACTIONS = ("", "claim", "release", "accept", "decline", "request-changes", "undo")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    ("person", "status"), [("stranger", 302), ("member", 403), ("author", 403), ("reviewer", 0), ("superuser", 0)]
)
def test_only_reviewers_enter_and_decide(client: Client, world: World, person: str, status: int, action: str) -> None:
    suggestion = world.suggested()
    if (user := PEOPLE[person](world)) is not None:
        client.force_login(user)
    data = {"key": uuid.uuid4(), "significance": "medium", "message": "More.", "reason": world.spam.pk}
    if action == "accept":
        data["change"] = suggestion.changes.get().pk
    response = client.post(address(suggestion, action), data) if action else client.get(address(suggestion))
    if action and status == 302:
        status = 401
    expected = status or (200 if not action else 409 if action == "undo" else 302)
    assert response.status_code == expected
    assert state(suggestion) == State.OPEN or (status == 0 and action in {"accept", "decline", "request-changes"})
    assert client.get("/en/review/").status_code == (302 if user is None else status or 200)


def test_drafts_are_absent_for_reviewers(desk: Client, world: World) -> None:
    draft = drafts.start(world.author, world.skill, [world.kneading()])
    page_of(desk, address(draft), 404)


def test_pane_shows_words_reason_author_and_impact(desk: Client, world: World) -> None:
    Watch.objects.create(user=make_user(), skill=world.skill)
    page = page_of(desk, address(world.suggested(world.kneading(), world.cell(SENIOR, None, "Learns to bake."))))
    assert texts(page, "ins.added") == ["added: dough by hand", "added: Learns to bake."]
    assert texts(page, ".review-reason") == ["Clearer."]
    assert world.author.username in texts(page, ".review-facts")[0]
    assert texts(page, ".impact dd") == ["2 →becomes 3", "1", "1", "0"]
    assert texts(page, ".check-ask")[0].startswith("Senior · Baker:")


def test_accept_rate_counts_the_last_hundred_decisions(world: World) -> None:
    rows = Suggestion.objects.bulk_create(
        Suggestion(
            skill=world.skill, author=world.author, state="declined", reason="x", submitted_at="2026-01-01T00:00Z"
        )
        for _number in range(103)
    )
    reason = world.spam
    Decision.objects.bulk_create(
        Decision(
            suggestion=row,
            author=world.author,
            reviewer=world.reviewer,
            verdict="accept" if 3 <= number < 28 else "decline",
            decline_reason=reason,
        )
        for number, row in enumerate(rows)
    )
    record = build_author_record(world.author)
    assert (record.suggestion_count, record.decided_count, record.rate) == (103, 100, 25)


def test_accept_rate_is_for_reviewers_alone(client: Client, world: World) -> None:
    deciding.accept(world.suggested(), world.reviewer, significance=Significance.MEDIUM)
    suggestion = world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes bread."))
    assert "100 % accepted" not in client.get(f"/en/suggestions/{suggestion.pk}/").content.decode()
    client.force_login(world.reviewer)
    assert "100 % accepted" in texts(page_of(client, address(suggestion)), ".review-facts")[0]


def test_claim_shows_its_remaining_time_to_all(desk: Client, world: World, client: Client) -> None:
    suggestion = world.suggested()
    desk.post(address(suggestion, "claim"))
    assert texts(page_of(desk, address(suggestion)), ".review-facts .pill") == ["claimed by you, 15 min left"]
    client.force_login(world.other_reviewer)
    page = page_of(client, address(suggestion))
    assert texts(page, ".review-facts .pill") == [f"claimed by {world.reviewer.get_full_name()}, 15 min left"]
    assert texts(page, ".review-claim button") == ["Take over c"]


def test_claim_can_be_taken_over_and_released(client: Client, world: World) -> None:
    suggestion = world.suggested()
    deciding.claim(suggestion, world.reviewer)
    client.force_login(world.other_reviewer)
    client.post(address(suggestion, "claim"))
    assert Suggestion.objects.get().claimed_by == world.other_reviewer
    client.post(address(suggestion, "release"))
    assert Suggestion.objects.get().claimed_by is None


def test_accepting_publishes_and_opens_the_next(desk: Client, world: World) -> None:
    first, second = world.suggested(), world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes bread."))
    response = send(desk, first, "accept")
    assert response["Location"] == address(second)
    assert (state(first), world.text(JUNIOR)) == (State.ACCEPTED, "Kneads dough by hand.")
    page = page_of(desk, address(second))
    assert texts(page, "#alerts .alert-success") == [f"#{first.pk}: Accepted and published."]
    facts = f"You accepted #{first.pk} {world.skill.name} ({world.author.get_full_name()}): Clearer."
    assert texts(page, ".undo-accept p") == [facts]


def undo_offered(client: Client, where: str) -> dict[str, str]:
    """Return the fields of the form that undoes the last accept at once, {} where it is not offered."""
    fields = page_of(client, where).select(".undo-accept input[name]")
    return {str(field["name"]): str(field.get("value", "")) for field in fields}


def test_an_accept_is_undone_on_the_spot_once(desk: Client, world: World) -> None:
    first, second = world.suggested(), world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes bread."))
    send(desk, first, "accept")
    fields = undo_offered(desk, address(second))
    assert undo_offered(desk, address(first)) == {}  # its own pane has a form that asks why
    send(desk, second, "accept")
    assert undo_offered(desk, "/en/review/")["decision"] == str(second.decisions.get().pk)
    response = desk.post(address(first, "undo"), fields)
    assert response["Location"] == address(first)
    assert (state(first), state(second)) == (State.OPEN, State.ACCEPTED)
    assert (world.text(JUNIOR), world.text(MIDDLE)) == ("Kneads.", "Bakes bread.")
    assert first.steps.order_by("-pk")[0].message == ""
    assert world.skill.revisions.latest("number").summary == ""  # no text in the language of the reviewer
    assert "Accepted by mistake." in texts(page_of(desk, f"/en/suggestions/{first.pk}/"), ".steps p")
    assert desk.post(address(first, "undo"), fields).status_code == 409
    Decision.objects.filter(suggestion=second).update(made_at=timezone.now() - UNDO_OFFER)
    assert undo_offered(desk, "/en/review/") == {}


def test_next_one_follows_in_the_chosen_filter(desk: Client, world: World) -> None:
    typo = world.suggested(world.kneading("Kneeds."))
    world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes bread."))
    next_typo = world.suggested(world.kneading("Kneats."))
    page = page_of(desk, f"{address(typo)}?filter=typos")
    form = page.select_one("#decide")
    assert form
    assert str(form["action"]) == f"{address(typo, 'accept')}?filter=typos"
    assert page.select("#decide [name=next]")[0]["value"] == str(next_typo.pk)


def test_single_changes_are_accepted_alone(desk: Client, world: World) -> None:
    suggestion = world.suggested(world.kneading(), world.cell(SENIOR, None, "Teaches."))
    chosen = suggestion.changes.get(level="senior").pk
    send(desk, suggestion, "accept", change=[chosen])
    assert (world.text(JUNIOR), world.text(SENIOR)) == ("Kneads.", "Teaches.")
    assert state(suggestion) == State.OPEN


def test_text_edited_in_place_is_published(desk: Client, world: World) -> None:
    suggestion = world.suggested()
    pk = suggestion.changes.get().pk
    send(desk, suggestion, "accept", **{f"text-{pk}": "Kneads dough.\r\n\r\nBy hand."})
    assert world.text(JUNIOR) == "Kneads dough.\n\nBy hand."
    assert state(suggestion) == State.ACCEPTED_WITH_CHANGES
    assert Revision.objects.latest("pk").is_co_written


def test_typo_is_preselected_for_slips_only(desk: Client, world: World) -> None:
    typo, other = world.suggested(world.kneading("Kneeds.")), world.suggested()
    assert form_of(desk, typo)["significance"] == "typo"
    assert form_of(desk, other)["significance"] == "medium"


def test_declining_needs_a_reason_and_keeps_the_words(desk: Client, world: World) -> None:
    suggestion = world.suggested()
    response = send(desk, suggestion, "decline", decline_message="Not <now>.")
    assert response.status_code == 422
    page = BeautifulSoup(response.content, "html.parser")
    assert texts(page, "#decline-message") == ["Not <now>."]
    assert state(suggestion) == State.OPEN
    send(desk, suggestion, "decline", reason=world.spam.pk, decline_message="Not now.")
    decision = Decision.objects.get()
    assert (decision.decline_reason, decision.message, state(suggestion)) == (world.spam, "Not now.", State.DECLINED)


def test_requesting_changes_needs_words(desk: Client, world: World) -> None:
    suggestion = world.suggested()
    assert send(desk, suggestion, "request-changes").status_code == 422
    send(desk, suggestion, "request-changes", message="Say how.")
    assert (state(suggestion), Decision.objects.get().message) == (State.CHANGES_REQUESTED, "Say how.")


def test_same_form_sent_twice_decides_once(desk: Client, world: World) -> None:
    suggestion = world.suggested()
    data = form_of(desk, suggestion)
    for _time in range(2):
        assert desk.post(address(suggestion, "accept"), data).status_code == 302
    assert Decision.objects.count() == 1
    assert world.skill.revisions.count() == 2


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}])
def test_losing_reviewer_reads_who_decided_what_and_when(client: Client, world: World, htmx: dict[str, str]) -> None:
    suggestion = world.suggested()
    client.force_login(world.other_reviewer)
    data = form_of(client, suggestion)
    deciding.decline(suggestion, world.reviewer, world.spam)
    response = client.post(address(suggestion, "accept"), data, headers=htmx)
    assert response.status_code == 409
    page = BeautifulSoup(response.content, "html.parser")
    alert = texts(page, ".alert-warn")[0]
    assert f"{world.reviewer.get_full_name()} decided on " in alert
    assert alert.endswith(": declined. Spam")
    assert bool(page.select("html")) is not bool(htmx)
    assert world.text(JUNIOR) == "Kneads."


def test_nobody_reviews_their_own(client: Client, world: World) -> None:
    suggestion = world.suggested(author=world.reviewer)
    client.force_login(world.reviewer)
    page = page_of(client, address(suggestion))
    assert page.select("#decide") == []
    assert texts(page, ".alert-quiet") == ["Nobody reviews their own suggestion."]
    data = {"key": uuid.uuid4(), "significance": "medium", "change": suggestion.changes.get().pk}
    assert client.post(address(suggestion, "accept"), data).status_code == 403
    assert state(suggestion) == State.OPEN


def test_superuser_decides_their_own_with_a_reason(client: Client, world: World) -> None:
    owner = make_user(is_superuser=True)
    suggestion = world.suggested(author=owner)
    client.force_login(owner)
    assert send(client, suggestion, "accept").status_code == 403
    send(client, suggestion, "accept", own_reason="One-person site.")
    assert (state(suggestion), Decision.objects.get().own_reason) == (State.ACCEPTED, "One-person site.")


def test_conflict_shows_three_texts_and_a_merged_one(desk: Client, world: World) -> None:
    world.publish(world.kneading("Kneads the dough well."))
    suggestion = world.suggested(world.cell(JUNIOR, "Kneads the dough well.", "Kneads all the dough well."))
    world.publish(world.cell(JUNIOR, "Kneads the dough well.", "Kneads the dough very well."))
    page = page_of(desk, address(suggestion))
    assert texts(page, ".three-texts dt") == ["Based on", "Today", "Proposed"]
    assert texts(page, ".review-edit textarea") == ["Kneads all the dough very well."]
    send(desk, suggestion, "accept")
    assert world.text(JUNIOR) == "Kneads all the dough very well."


def test_words_that_both_changed_are_marked_and_must_be_chosen(desk: Client, world: World) -> None:
    suggestion = world.suggested(world.kneading("Mixes."))
    world.publish(world.kneading("Stirs."))
    assert texts(page_of(desk, address(suggestion)), ".review-edit textarea") == ["⟦Stirs¦Mixes⟧."]
    response = send(desk, suggestion, "accept")
    assert (response.status_code, world.text(JUNIOR)) == (422, "Stirs.")
    pk = suggestion.changes.get().pk
    send(desk, suggestion, "accept", **{f"text-{pk}": "Stirs and mixes."})
    assert world.text(JUNIOR) == "Stirs and mixes."


def test_text_changed_while_the_reviewer_read_is_not_overwritten(desk: Client, world: World) -> None:
    suggestion = world.suggested()
    data = form_of(desk, suggestion)
    world.publish(world.kneading("Stirs."))
    response = desk.post(address(suggestion, "accept"), data)
    assert (response.status_code, world.text(JUNIOR)) == (409, "Stirs.")
    assert "three-texts" in response.content.decode()


def test_merged_text_is_not_published_over_a_third_one(desk: Client, world: World) -> None:
    suggestion = world.suggested()
    world.publish(world.kneading("Stirs."))
    data = form_of(desk, suggestion)
    data[f"text-{suggestion.changes.get().pk}"] = "Mine."
    world.publish(world.cell(JUNIOR, "Stirs.", "Third."))
    assert desk.post(address(suggestion, "accept"), data).status_code == 409
    assert world.text(JUNIOR) == "Third."


def test_removal_of_a_changed_text_must_be_wanted(desk: Client, world: World) -> None:
    suggestion = world.suggested(world.cell(MIDDLE, "Bakes.", None))
    world.publish(world.cell(MIDDLE, "Bakes.", "Bakes bread."))
    assert send(desk, suggestion, "accept").status_code == 409
    send(desk, suggestion, "accept", **{f"anyway-{suggestion.changes.get().pk}": "on"})
    assert world.text(MIDDLE) is None


def test_merge_keeps_both_where_they_touch_different_words() -> None:
    assert merge_texts("a b c", "x b c", "a b y") == "x b y"
    assert merge_texts("a b", "a x", "a y") == "a ⟦x¦y⟧"


def test_undoing_needs_words_and_opens_it_again(desk: Client, world: World) -> None:
    suggestion = world.suggested()
    send(desk, suggestion, "accept")
    assert desk.post(address(suggestion, "undo")).status_code == 422
    desk.post(address(suggestion, "undo"), {"message": "By mistake."})
    assert (state(suggestion), world.text(JUNIOR)) == (State.OPEN, "Kneads.")


def test_undo_says_where_the_text_stays(desk: Client, world: World) -> None:
    suggestion = world.suggested()
    send(desk, suggestion, "accept")
    world.publish(world.cell(JUNIOR, "Kneads dough by hand.", "Third."))
    response = desk.post(address(suggestion, "undo"), {"message": "By mistake."}, follow=True)
    assert "1 text was changed since and stays as it is." in response.content.decode()
    assert world.text(JUNIOR) == "Third."


def test_spam_is_declined_at_once_and_the_rest_is_reported(desk: Client, world: World) -> None:
    spam, own, late = world.suggested(), world.suggested(author=world.reviewer), world.suggested()
    deciding.decline(late, world.other_reviewer, world.spam)
    data = {"key": str(uuid.uuid4()), "reason": world.spam.pk, "pick": [spam.pk, own.pk, late.pk]}
    text = desk.post("/en/review/decline/", data, follow=True).content.decode()
    assert "1 suggestion declined." in text
    assert f"Not done: #{own.pk}: Nobody reviews their own suggestion." in text
    assert f"Not done: #{late.pk}: " in text
    assert (state(spam), state(own)) == (State.DECLINED, State.OPEN)
    assert "1 suggestion declined." in desk.post("/en/review/decline/", data, follow=True).content.decode()
    assert Decision.objects.filter(suggestion=spam).count() == 1


def test_bulk_decline_without_reason_keeps_what_was_ticked(desk: Client, world: World) -> None:
    suggestion = world.suggested()
    response = desk.post("/en/review/decline/", {"key": str(uuid.uuid4()), "pick": [suggestion.pk]})
    assert response.status_code == 422
    assert BeautifulSoup(response.content, "html.parser").select("input[name=pick][checked]")


def test_reasons_to_decline_are_there_from_the_start(db: None) -> None:
    assert DeclineReason.objects.count() == 6
    assert all(reason.german and reason.english for reason in DeclineReason.objects.all())


def test_thirty_changes_cost_what_three_do(
    client: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(world.reviewer)
    levels = list(world.skill.framework.levels.values_list("slug", flat=True))
    counts = []
    for roles in (1, 6):
        changes = [
            Change(Field.REQUIREMENT, None, cell(f"Does {level}."), JUNIOR._replace(role=f"r{number}", level=level))
            for number in range(roles)
            for level in levels
        ]
        suggestion = world.suggested()
        suggestion.changes.all().delete()
        suggestion.changes.bulk_create(suggestion.changes.model(suggestion=suggestion, **c.as_json()) for c in changes)
        with django_assert_max_num_queries(21) as queries:
            assert client.get(address(suggestion), headers={"HX-Request": "true"}).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_name_edited_in_place_gets_its_normal_form(desk: Client, world: World) -> None:
    suggestion = world.suggested(Change(Field.NAME, "Baking", "Bread baking"))
    field = f"text-{suggestion.changes.get().pk}"
    assert send(desk, suggestion, "accept", **{field: "Bread\u200b baking"}).status_code == 422
    assert state(suggestion) == State.OPEN
    send(desk, suggestion, "accept", **{field: "Bread\u00a0\u2003baking"})
    world.skill.refresh_from_db()
    assert world.skill.name == "Bread baking"
    # Spaces are no edit: the reviewer is not named as an author.
    assert state(suggestion) == State.ACCEPTED
    assert not Revision.objects.latest("pk").is_co_written
