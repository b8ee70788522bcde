"""Where the errors of a reviewer's form belong in the opened suggestion."""

from django import forms

from community.posting.fields import add_refusal
from community.posting.refusals import InvalidInput
from community.review.forms import RequestChangesForm
from community.review.pane import Pane
from skills.content.changes import InvalidChange
from skills.web.form_errors import FormError, list_form_errors

CONTROL_IDS = {
    "own_reason": "own-reason",
    "reason": "decline-reason",
    "decline_message": "decline-message",
    "significance": "significance",
    "next": "",
    "decision": "",
}
"""The ids of the controls in templates/community/review/includes/, by the name of their field."""


def list_pane_errors(pane: Pane, form: forms.Form, refusal: InvalidInput) -> list[FormError]:
    """Return the errors of a sent form, or the reasons why a valid one was refused, with the controls they are about.

    `pane` is the suggestion as it is shown again. A text that cannot be published is an error of its own field.
    """
    if form.is_valid():
        cause = refusal.__cause__
        if isinstance(cause, InvalidChange):
            place = (cause.change.field, cause.change.place)
            same = (line.pk for line in pane.edit_lines if (line.line.change.field, line.line.change.place) == place)
            refusal = InvalidInput(*refusal.reasons, field=f"text-{next(same, '')}")
        add_refusal(form, refusal)
    ticks = (f"change-{line.pk}" for line in pane.edit_lines if line.line.is_pending)
    message_id = "back-message" if isinstance(form, RequestChangesForm) else "undo-message"
    # Edited texts have their own names as ids.
    own_names = {name: name for name in form.fields}
    return list_form_errors(form, {**own_names, **CONTROL_IDS, "change": next(ticks, ""), "message": message_id})
