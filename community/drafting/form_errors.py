"""Why the form of a suggestion cannot be submitted, each reason with the control that it is about."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from community.drafting.form_page import FormPage
from community.models.suggestions import REASON_MAX_LENGTH
from skills.content.changes import Change, Field, InvalidChange, require_valid_change
from skills.text.blank import is_blank
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
        messages.append(_("Say why: reviewers need a reason."))
    places = list(_list_places(page))
    for message in messages:
        control_ids = list(dict.fromkeys(control_id for text, control_id in places if text == message))
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
    reason = Truncator(same.reason).chars(SHOWN_REASON_LENGTH)
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
            yield _("There is no such group in this framework."), control_id
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
    yield _("Say why: reviewers need a reason."), REASON_ID
    too_long = REASON_ID if len(page.typed.reason) > REASON_MAX_LENGTH else SOURCE_ID
    yield _("The reason or the source is too long."), too_long
    yield _("Choose the group that the new skill belongs to."), f"field-{Field.GROUP}"
    name = page.typed.texts.get(Field.NAME, "").strip()
    taken = _("There is a skill “%(name)s” in this group already, or there was one.") % {"name": name}
    yield taken, f"field-{Field.NAME}"
    yield _("The skill that this is a duplicate of no longer exists."), f"field-{Field.STATUS}"
    yield _("Retire or bring back a skill in a suggestion of its own, without other changes."), f"field-{Field.STATUS}"
    yield _("This skill is no longer part of its framework. Bring it back first."), f"field-{Field.STATUS}"


def _list_faults(change: Change) -> list[str]:
    try:
        require_valid_change(change)
    except InvalidChange as error:
        return [str(error)]
    return []
