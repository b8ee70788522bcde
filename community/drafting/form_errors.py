"""Why the form of a suggestion cannot be submitted, each reason with the control that it is about."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from community.drafting.drafts import TOO_LONG
from community.drafting.form_page import FormPage
from community.models.suggestions import REASON_MAX_LENGTH
from community.suggestions.checking import REASON_MISSING
from community.suggestions.whole_skills import GROUP_MISSING, NOT_CURRENT, STATUS_AND_OTHERS
from skills.content.changes import Change, Field, InvalidChange, require_valid_change
from skills.revisions.writing import GROUP_UNKNOWN, NAME_TAKEN, ORIGINAL_GONE
from skills.text.blank import is_blank
from skills.text.characters import shorten
from skills.text.folding import normalize_case
from skills.text.names import normalize_name
from skills.web.form_errors import FormError

ADD_ROLE_ID, REASON_ID, SOURCE_ID, CONFIRM_ID = "add-role", "reason", "source", "confirmed"
"""Ids of controls in templates/community/drafting/. The others are `field-<field>` and `description-<number>`."""

SHOWN_REASON_LENGTH = 80


def list_page_errors(page: FormPage, reasons: Sequence[str] = ()) -> list[FormError]:
    """Return why the form cannot be submitted yet, in the reader's language.

    `reasons` are those of a refusal; without any, the checks of the page say why. An open suggestion that proposes the
    same is an error that links to it. The same message may come once for each of several cells.
    """
    errors = [_build_duplicate_error(page)] if page.same_suggestion else []
    messages = list(reasons or page.submit_faults)
    if not reasons and is_blank(page.typed.reason):
        messages.append(str(REASON_MISSING))
    # The name that is taken may differ from the typed one in case; nothing else do these messages differ by.
    places = [(normalize_case(text), control_id) for text, control_id in _list_places(page)]
    for message in messages:
        control_ids = list(dict.fromkeys(control_id for text, control_id in places if text == normalize_case(message)))
        errors += [FormError(message, control_id) for control_id in control_ids or [_find_first_control(page)]]
    return errors


def _build_duplicate_error(page: FormPage) -> FormError:
    same = page.same_suggestion
    assert same is not None
    is_own = same.author_id is not None and same.author_id == page.suggestion.author_id
    text = (
        _("You have already suggested the same change:")
        if is_own
        else _("An open suggestion proposes the same change; vote for that one instead:")
    )
    reason = shorten(same.reason, SHOWN_REASON_LENGTH)
    return FormError(f"{text} {reason}", url=reverse("community:suggestion", args=[same.pk]))


def _find_first_control(page: FormPage) -> str:
    """Return the control for an error of the whole form, such as that nothing is changed."""
    return "description-1" if page.cells else ADD_ROLE_ID


def _list_places(page: FormPage) -> Iterator[tuple[str, str]]:
    """Yield each message that a part of the form causes, with the id of its control."""
    for card in page.texts:
        control_id = f"field-{card.field}"
        yield from ((message, control_id) for message in _list_faults(Change(card.field, None, card.typed)))
        if card.options and card.typed not in card.options:
            yield str(GROUP_UNKNOWN), control_id
    for cell in page.cells:
        control_id = f"description-{cell.number}"
        yield page.places.get_refusal_reason(cell.typed.place), control_id
        yield from ((finding.reason, control_id) for finding in cell.findings if finding.is_blocking)
        for change in page.changes:
            if change.place == cell.typed.place:
                yield from ((message, control_id) for message in _list_faults(change))
    yield from ((finding.reason, CONFIRM_ID) for finding in page.warnings)
    yield from _list_places_of_whole(page)


def _list_places_of_whole(page: FormPage) -> Iterator[tuple[str, str]]:
    """Yield the messages about the suggestion or the skill as a whole that have one control to mend them."""
    yield str(REASON_MISSING), REASON_ID
    too_long = REASON_ID if len(page.typed.reason) > REASON_MAX_LENGTH else SOURCE_ID
    yield str(TOO_LONG), too_long
    yield str(GROUP_MISSING), f"field-{Field.GROUP}"
    name = normalize_name(page.typed.texts.get(Field.NAME, ""))
    yield str(NAME_TAKEN) % {"name": name}, f"field-{Field.NAME}"
    for message in (ORIGINAL_GONE, STATUS_AND_OTHERS, NOT_CURRENT):
        yield str(message), f"field-{Field.STATUS}"


def _list_faults(change: Change) -> list[str]:
    try:
        require_valid_change(change)
    except InvalidChange as error:
        return [str(error)]
    return []
