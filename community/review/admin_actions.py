"""What reviewers do with the suggestions chosen in Django admin: each by itself, by the same rules as everywhere."""

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
type AdminAction = Callable[[Suggestion, User, Answers], str]  # returns what is to be said besides "done"

MAX_CHOSEN = 100
"""So many suggestions are decided in one go: more would keep the browser waiting, and nobody has read them."""


class AcceptQuestion(forms.Form):
    significance = forms.ChoiceField(
        label=gettext_lazy("Significance"), choices=Significance.choices, initial=Significance.MEDIUM
    )


class DeclineQuestion(forms.Form):
    reason = forms.ModelChoiceField(
        label=gettext_lazy("Reason"),
        queryset=DeclineReason.objects.filter(is_offered=True),
        empty_label=gettext_lazy("Choose …"),
    )
    message = TypedTextField(
        label=gettext_lazy("Words to the author (optional)"),
        required=False,
        max_length=REASON_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class UndoQuestion(forms.Form):
    message = TypedTextField(
        label=gettext_lazy("Why the decision is undone"),
        max_length=REASON_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def accept(suggestion: Suggestion, reviewer: User, answers: Answers) -> str:
    deciding.accept(suggestion, reviewer, significance=Significance(answers["significance"]))
    return ""


def decline(suggestion: Suggestion, reviewer: User, answers: Answers) -> str:
    deciding.decline(suggestion, reviewer, answers["reason"], message=answers["message"])
    return ""


def claim(suggestion: Suggestion, reviewer: User, _answers: Answers) -> str:
    deciding.claim(suggestion, reviewer)
    return ""


def undo(suggestion: Suggestion, reviewer: User, answers: Answers) -> str:
    """Undo the decision, and say how many texts stay because somebody changed them since."""
    kept = deciding.undo(suggestion, reviewer, answers["message"])
    if not kept:
        return ""
    words = ngettext(
        "%(count)d text was changed since and stays as it is.",
        "%(count)d texts were changed since and stay as they are.",
        len(kept),
    )
    return words % {"count": len(kept)}


def ask_and_run(
    request: HttpRequest,
    chosen: QuerySet[Suggestion],
    action: AdminAction,
    question: type[forms.Form] = forms.Form,
) -> HttpResponse | None:
    """Do it to each of the chosen suggestions and report; where it has a question, ask that first on a page."""
    picked = list(chosen.select_related("skill").order_by("pk")[: MAX_CHOSEN + 1])
    if len(picked) > MAX_CHOSEN:
        messages.error(request, _("Choose at most %(count)d suggestions at a time.") % {"count": MAX_CHOSEN})
        return None
    form = question(request.POST if "answered" in request.POST or not question.base_fields else None)
    if not form.is_valid():
        return _render_question(request, picked, form)
    _run_action(request, picked, action, form.cleaned_data)
    return None


def _render_question(request: HttpRequest, picked: list[Suggestion], form: forms.Form) -> HttpResponse:
    action = request.POST["action"]
    titles = {"accept_chosen": _("Accept"), "decline_chosen": _("Decline"), "undo_chosen": _("Undo the decision")}
    known = {"title": titles[action], "action": action, "chosen": picked, "form": form}
    return render(request, "admin/community/question.html", {**admin.site.each_context(request), **known})


def _run_action(request: HttpRequest, picked: list[Suggestion], action: AdminAction, answers: Answers) -> None:
    done, refused = [], []
    for suggestion in picked:
        try:
            said = action(suggestion, cast("User", request.user), answers)
            done.append(f"#{suggestion.pk} ({said})" if said else f"#{suggestion.pk}")
        except (ChangedMeanwhile, Refused) as error:
            refused.append(f"#{suggestion.pk}: {error}")
    if done:
        messages.success(request, _("Done: %(what)s") % {"what": ", ".join(done)})
    if refused:
        messages.warning(request, _("Not done: %(what)s") % {"what": " ".join(refused)})
