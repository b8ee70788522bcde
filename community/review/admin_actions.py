"""The actions of reviewers on suggestions chosen in Django admin: one by one, by the same rules as on the site."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from community.models import DeclineReason, Suggestion
from community.models.suggestions import REASON_MAX_LENGTH
from community.posting.fields import TypedTextField
from community.posting.refusals import Refused
from community.review import deciding
from skills.content.changes import ChangedMeanwhile
from skills.models import Significance

type Answers = dict[str, Any]
# Returns a note that is shown beside "done", empty if there is nothing to add.
type AdminAction = Callable[[Suggestion, User, Answers], str]

MAX_CHOSEN = 100
"""So many suggestions at most are decided at once: more would keep the browser waiting, and nobody has read them."""


class AcceptQuestion(forms.Form):
    """What accepting asks."""

    significance = forms.ChoiceField(
        label=gettext_lazy("Significance"), choices=Significance.choices, initial=Significance.MEDIUM
    )


class DeclineQuestion(forms.Form):
    """What declining asks."""

    reason = forms.ModelChoiceField(
        label=gettext_lazy("Reason"),
        queryset=DeclineReason.objects.filter(is_offered=True),
        empty_label=gettext_lazy("Choose …"),
    )
    message = TypedTextField(
        label=gettext_lazy("Message to the author (optional)"),
        required=False,
        max_length=REASON_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class UndoQuestion(forms.Form):
    """What undoing asks."""

    message = TypedTextField(
        label=gettext_lazy("Why the decision is undone"),
        max_length=REASON_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def accept(suggestion: Suggestion, reviewer: User, answers: Answers) -> str:
    """Accept all pending changes of a suggestion, as they were proposed.

    `answers` come from `AcceptQuestion`. Returns no note; for errors see `deciding.accept`.
    """
    deciding.accept(suggestion, reviewer, significance=Significance(answers["significance"]))
    return ""


def decline(suggestion: Suggestion, reviewer: User, answers: Answers) -> str:
    """Decline a suggestion.

    `answers` come from `DeclineQuestion`. Returns no note; for errors see `deciding.decline`.
    """
    deciding.decline(suggestion, reviewer, answers["reason"], message=answers["message"])
    return ""


def claim(suggestion: Suggestion, reviewer: User, _answers: Answers) -> str:
    """Claim a suggestion for 15 minutes.

    Returns no note; for errors see `deciding.claim`.
    """
    deciding.claim(suggestion, reviewer)
    return ""


def undo(suggestion: Suggestion, reviewer: User, answers: Answers) -> str:
    """Undo the decision in force on a suggestion.

    `answers` come from `UndoQuestion`. The returned note says how many texts stay because they were changed
    since, if any. For errors see `deciding.undo`.
    """
    kept_changes = deciding.undo(suggestion, reviewer, answers["message"])
    if not kept_changes:
        return ""
    note = ngettext(
        "%(count)d text was changed since and stays as it is.",
        "%(count)d texts were changed since and stay as they are.",
        len(kept_changes),
    )
    return note % {"count": len(kept_changes)}


def ask_and_run(
    request: HttpRequest,
    queryset: QuerySet[Suggestion],
    action: AdminAction,
    question: type[forms.Form] = forms.Form,
) -> HttpResponse | None:
    """Run an action on each chosen suggestion; if it has a question, ask that first on a page.

    1. Refuse more than `MAX_CHOSEN` suggestions.
    2. Return the page with the form `question` until it is answered without errors.
    3. Run the action on each suggestion, report the results and return None: Django admin shows the list again.
    """
    # One more than allowed is enough to see that there are too many.
    suggestions = list(queryset.select_related("skill").order_by("pk")[: MAX_CHOSEN + 1])
    if len(suggestions) > MAX_CHOSEN:
        messages.error(request, _("Choose at most %(count)d suggestions at a time.") % {"count": MAX_CHOSEN})
        return None
    # Unbound on the first request, so that the page shows no errors yet. A form without fields needs no page.
    form = question(request.POST if "answered" in request.POST or not question.base_fields else None)
    if not form.is_valid():
        return _render_question(request, suggestions, form)
    _run_action(request, suggestions, action, form.cleaned_data)
    return None


def _render_question(request: HttpRequest, suggestions: list[Suggestion], form: forms.Form) -> HttpResponse:
    # The page sends action and chosen suggestions again, so that Django admin calls the same action with the answers.
    action = request.POST["action"]
    titles = {"accept_chosen": _("Accept"), "decline_chosen": _("Decline"), "undo_chosen": _("Undo the decision")}
    context = {"title": titles[action], "action": action, "chosen": suggestions, "form": form}
    return render(request, "admin/community/question.html", {**admin.site.each_context(request), **context})


def _run_action(request: HttpRequest, suggestions: list[Suggestion], action: AdminAction, answers: Answers) -> None:
    """Run an action on each suggestion and report both lists: done, and not done with the reason."""
    done, refused = [], []
    for suggestion in suggestions:
        # A refusal concerns one suggestion: the action goes on with the next.
        try:
            note = action(suggestion, cast("User", request.user), answers)
            done.append(f"#{suggestion.pk} ({note})" if note else f"#{suggestion.pk}")
        except (ChangedMeanwhile, Refused) as error:
            refused.append(f"#{suggestion.pk}: {error}")
    if done:
        messages.success(request, _("Done: %(what)s") % {"what": ", ".join(done)})
    if refused:
        messages.warning(request, _("Not done: %(what)s") % {"what": " ".join(refused)})
