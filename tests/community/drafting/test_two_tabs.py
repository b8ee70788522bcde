"""Two tabs with one draft or one open suggestion: what the other tab has saved is never replaced unseen."""

import uuid
from functools import partial
from typing import Any

import pytest
from django.test import Client

from community.drafting import drafts, filing
from community.drafting.filing import FormContent
from community.models import Suggestion
from community.posting.refusals import ChangedElsewhere
from community.suggestions.changes import get_saved_digest, list_pending_changes
from tests.community.drafting.test_form import HTMX, address, author, parsed, sent_again
from tests.community.suggestions.world import World
from tests.races import at_once, kinds, on_postgresql

__all__ = ["author"]  # the fixture

pytestmark = pytest.mark.django_db
JUNIOR_TEXT = "description:baker/junior"


def open_draft(client: Client, draft: Suggestion) -> tuple[str, dict[str, Any]]:
    """Return the address of a suggestion's form, and what a tab sends that has opened it."""
    page = f"/en/suggestions/{draft.pk}/edit/"
    return page, sent_again(parsed(client.get(page)))


def begin(world: World) -> Suggestion:
    return drafts.start(world.author, world.skill, [world.kneading("Kneads by hand.")], reason="First.")


def stored(draft: Suggestion) -> tuple[str, list[Any]]:
    draft.refresh_from_db()
    return draft.reason, [getattr(change.proposed, "description", None) for change in list_pending_changes(draft)]


def test_what_a_page_saves_while_typing_does_not_replace_what_another_tab_saved(author: Client, world: World) -> None:
    draft = begin(world)
    page, older = open_draft(author, draft)
    _page, newer = open_draft(author, draft)
    for text in ("Newer.", "Newer and longer."):  # a tab is no conflict with itself
        response = author.post(page, newer | {"intent": "autosave", "reason": text}, headers=HTMX)
        assert "saved at" in response.text
    for _time in range(2):  # however often it tries, nobody has decided
        response = author.post(page, older | {"intent": "autosave", JUNIOR_TEXT: "Typed for long."}, headers=HTMX)
        assert (response.status_code, "Not saved." in response.text) == (409, True)
    assert stored(draft) == ("Newer and longer.", ["Kneads by hand."])


@pytest.mark.parametrize("intent", ["save", "submit"])
def test_both_texts_are_shown_and_pressing_again_decides(author: Client, world: World, intent: str) -> None:
    draft = begin(world)
    page, older = open_draft(author, draft)
    _page, newer = open_draft(author, draft)
    author.post(page, newer | {"intent": "save", "reason": "Newer.", JUNIOR_TEXT: "Kneads and rests."})
    response = author.post(page, older | {"intent": intent, JUNIOR_TEXT: "Typed for long."})
    assert response.status_code == 409
    shown = [" ".join(quotation.get_text().split()) for quotation in parsed(response).select("dl blockquote")]
    assert shown == ["Kneads and rests. (Mandatory)", "Newer."]
    # The page must not decide by itself: it saves only what its author sends with a button.
    assert parsed(response).select("#draft-status[hx-post]") == []
    assert stored(draft) == ("Newer.", ["Kneads and rests."])
    again = sent_again(parsed(response))
    assert again[JUNIOR_TEXT] == ["Typed for long."]
    assert author.post(page, again | {"intent": intent, "confirmed": "on"}).status_code == 302
    assert stored(draft) == ("First.", ["Typed for long."])


def test_an_open_suggestion_edited_in_another_tab_is_shown_first(author: Client, world: World) -> None:
    suggestion = world.suggested()
    page, older = open_draft(author, suggestion)
    _page, newer = open_draft(author, suggestion)
    sent = {"intent": "submit", "confirmed": "on"}
    assert author.post(page, newer | sent | {"reason": "Newer."}).status_code == 302
    response = author.post(page, older | sent | {"reason": "Typed for long."})
    assert (response.status_code, stored(suggestion)[0]) == (409, "Newer.")
    assert author.post(page, sent_again(parsed(response)) | sent).status_code == 302
    assert stored(suggestion)[0] == "Typed for long."


def test_a_new_form_that_was_saved_before_keeps_another_text(author: Client, world: World) -> None:
    # "Back" shows the form as it was sent, and another tab has gone on with the draft meanwhile.
    blank = sent_again(parsed(author.get(address(world, "?role=baker&level=junior")))) | {"intent": "save"}
    author.post(address(world), blank | {JUNIOR_TEXT: "Kneads a."})
    draft = Suggestion.objects.get()
    page, newer = open_draft(author, draft)
    author.post(page, newer | {"intent": "save", JUNIOR_TEXT: "Kneads b."})
    response = author.post(address(world), blank | {JUNIOR_TEXT: "Kneads c."})
    assert (response.status_code, stored(draft)[1]) == (409, ["Kneads b."])
    assert "Kneads c." in response.text


def test_the_answer_to_a_button_is_a_page_of_its_own(author: Client, world: World) -> None:
    # Pressed with the control key, "add" opens its answer in another tab, and the first one stays open.
    draft = begin(world)
    page, first = open_draft(author, draft)
    author.post(page, first | {"intent": "autosave", "reason": "One."}, headers=HTMX)
    sent = {"reason": "One.", "intent": "add", "add_role": "baker", "add_level": "senior"}
    second = sent_again(parsed(author.post(page, first | sent)))
    alone = author.post(page, second | {"intent": "autosave", "reason": "Two."}, headers=HTMX)
    assert "saved at" in alone.text  # what the first one saved before is no conflict
    author.post(page, first | {"intent": "save", "reason": "Newer in the first."})
    assert stored(draft)[0] == "Two."
    third = sent_again(parsed(author.post(page, second | {"intent": "check", "reason": "Two."})))
    author.post(page, second | {"intent": "autosave", "reason": "Newer."}, headers=HTMX)
    assert author.post(page, third | {"intent": "save", "reason": "Older."}).status_code == 409
    assert stored(draft)[0] == "Newer."


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("intent", ["save", "submit", "autosave"])
def test_a_new_form_that_displayed_what_was_never_saved_comes_back(
    author: Client, world: World, intent: str, headers: dict[str, str]
) -> None:
    form = sent_again(parsed(author.get(address(world, "?role=baker&level=junior"))))
    forged = form | {"displayed": "x" * 24, "intent": intent, JUNIOR_TEXT: "Typed for long."}
    response = author.post(address(world), forged, headers=headers)
    assert (response.status_code, Suggestion.objects.exists()) == (409, False)
    if not headers:
        again = sent_again(parsed(response)) | {"intent": "save"}
        assert author.post(address(world), again).status_code == 302
        assert stored(Suggestion.objects.get())[1] == ["Typed for long."]


def test_a_form_of_an_earlier_version_of_the_site_is_saved(author: Client, world: World) -> None:
    draft = begin(world)
    page, form = open_draft(author, draft)
    earlier = {name: value for name, value in form.items() if name not in {"page", "displayed"}}
    assert author.post(page, earlier | {"intent": "save", "reason": "Typed."}).status_code == 302
    assert stored(draft)[0] == "Typed."


@pytest.mark.parametrize("fields", [{"page": "x" * 5000}, {"page": "\0", "displayed": "\0"}, {"displayed": "x"}])
def test_broken_marks_of_a_page_are_no_error(author: Client, world: World, fields: dict[str, str]) -> None:
    page, form = open_draft(author, begin(world))
    assert author.post(page, form | fields | {"intent": "save", "reason": "Typed."}).status_code in {302, 409}


@on_postgresql
@pytest.mark.parametrize("time", range(5))
def test_of_two_tabs_that_save_at_the_same_moment_one_is_reported(world: World, time: int) -> None:
    draft = begin(world)
    displayed = get_saved_digest(draft)
    forms = [
        FormContent(draft.key, [world.kneading(text)], "First.", page_id=uuid.uuid4(), displayed=displayed)
        for text in ("A.", "B.")
    ]
    outcomes = at_once(
        *[partial(filing.save_form, world.author, world.skill, form, drafts_only=True) for form in forms]
    )
    assert kinds(outcomes) == [ChangedElsewhere.__name__, Suggestion.__name__]
    saved = next(text for text, outcome in zip(("A.", "B."), outcomes, strict=True) if isinstance(outcome, Suggestion))
    assert stored(draft) == ("First.", [saved])


@on_postgresql
@pytest.mark.parametrize("time", range(5))
def test_one_page_that_saves_twice_at_the_same_moment_is_no_conflict(world: World, time: int) -> None:
    draft, page_id = begin(world), uuid.uuid4()
    form = FormContent(draft.key, [world.kneading("A.")], "First.", page_id=page_id, displayed=get_saved_digest(draft))
    outcomes = at_once(*[partial(filing.save_form, world.author, world.skill, form)] * 3)
    assert kinds(outcomes) == [Suggestion.__name__] * 3
    assert stored(draft) == ("First.", ["A."])
