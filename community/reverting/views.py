"""Taking a revision, or one change of it, back: see what would change, then do it or suggest it."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, for_members
from accounts.models import User
from community import rules
from community.models import Suggestion
from community.models.suggestions import REASON_MAX_LENGTH
from community.posting.fields import TypedTextField
from community.posting.kept_forms import keeps_typed
from community.posting.refusals import NotAllowed
from community.reverting import plan
from community.reverting.plan import NoSuchRevision, RevertPlan, RevertTarget
from skills.content.changes import REVISION_SUMMARY_MAX_LENGTH, Change, ChangedMeanwhile, Field, InvalidChange, Value
from skills.content.matrix import Place
from skills.content.names import names_of
from skills.history import entries
from skills.models import Significance, Skill
from skills.revisions import NothingToPublish, authorship
from skills.web.addresses import find_skill
from skills.web.typed_input import LARGEST_REVISION


class RevertForm(forms.Form):
    """Why something is taken back, and the revision that its reader saw as the latest."""

    seen = forms.IntegerField(min_value=1, max_value=LARGEST_REVISION)
    key = forms.UUIDField()

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_at_once = rules.may_revert(person)
        label, longest = _("Reason"), REASON_MAX_LENGTH
        if self.is_at_once:
            label, longest = _("Summary of the change"), REVISION_SUMMARY_MAX_LENGTH
            self.fields["significance"] = forms.ChoiceField(choices=Significance.choices)
        self.fields["summary"] = TypedTextField(required=False, label=label, max_length=longest)


@keeps_typed
@for_members
@require_http_methods(["GET", "HEAD", "POST"])
@find_skill
def revert(request: MemberRequest, skill: Skill, number: int) -> HttpResponse:
    """What taking it back would change (GET); take it back, or begin a suggestion that would (POST).

    Raises Http404 where there is no such revision.
    """
    if number > LARGEST_REVISION:
        raise Http404(_("This skill has no such revision."))
    target = _target(request, number)
    if request.method != "POST":
        return _page(request, _planned(skill, target), _fresh_form(request, target))
    return _sent(request, skill, target)


def _sent(request: MemberRequest, skill: Skill, target: RevertTarget) -> HttpResponse:
    form = RevertForm(request.POST, person=request.user)
    status, conflicts = HTTPStatus.UNPROCESSABLE_ENTITY, []
    if form.is_valid():
        try:
            return _carry_out(request, plan.plan(skill, target, form.cleaned_data["seen"]), form)
        except NothingToPublish:
            messages.info(request, _("Nothing is left to take back: today’s text is already as it was then."))
            return redirect("skills:history", skill.slug)
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from error
        except ChangedMeanwhile as error:
            status, conflicts = HTTPStatus.CONFLICT, list(error.conflicts)
        except InvalidChange as error:
            form.add_error(None, str(error))
        except NoSuchRevision:
            form.add_error(None, _("This form does not fit this skill. Look at today’s text and send it again."))
    return _page(request, _planned(skill, target), form, status, conflicts)


def _carry_out(request: MemberRequest, planned: RevertPlan, form: RevertForm) -> HttpResponseRedirect:
    typed = form.cleaned_data
    if not form.is_at_once:
        draft = plan.suggest(planned, request.user, reason=typed["summary"], key=typed["key"])
        messages.success(request, _("A draft of your suggestion is kept. Reviewers see it once you submit it."))
        return redirect(_draft_address(draft))
    significance = Significance(typed["significance"])
    made = plan.revert(planned, request.user, summary=typed["summary"], significance=significance)
    messages.success(request, _("Taken back, as revision %(number)s.") % {"number": made.number})
    return redirect("skills:revision", made.skill.slug, made.number)


def _page(
    request: MemberRequest,
    planned: RevertPlan,
    form: RevertForm,
    status: HTTPStatus = HTTPStatus.OK,
    conflicts: Sequence[tuple[Change, Value]] = (),
) -> HttpResponse:
    """Show what would change today; a form sent before keeps what was typed and now stands on today's text."""
    names = names_of(planned.skill.framework)
    latest = planned.skill.revisions.select_related("author").defer("content", "changes").get(number=planned.seen)
    context = {
        "skill": planned.skill,
        "target": planned.target,
        "form": form,
        "key": form["key"].value() if "key" not in form.errors else uuid.uuid4(),
        "seen": planned.seen,
        "latest": latest,
        "latest_author": authorship.author_in_words(latest),
        "changes": entries.shown_changes(planned.changes, names),
        "conflicts": entries.shown_changes([replace(change, proposed=today) for change, today in conflicts], names),
        "significances": Significance.choices,
    }
    return render(request, "community/reverting/revert.html", context, status=status)


def _fresh_form(request: MemberRequest, target: RevertTarget) -> RevertForm:
    words = (
        _("Back to revision %(number)s") if target.field is None else _("Takes a change of revision %(number)s back")
    )
    return RevertForm(
        initial={
            "key": uuid.uuid4(),
            "summary": words % {"number": target.number},
            "significance": Significance.MEDIUM,
        },
        person=request.user,
    )


def _planned(skill: Skill, target: RevertTarget, seen: int | None = None) -> RevertPlan:
    try:
        return plan.plan(skill, target, seen)
    except NoSuchRevision as error:
        raise Http404(_("This skill has no such revision.")) from error


def _target(request: HttpRequest, number: int) -> RevertTarget:
    """Read `field`, with `role` and `level` for a requirement; raises Http404 for a field that no skill has."""
    name = request.GET.get("field", "")
    if not name:
        return RevertTarget(number)
    if name not in set(Field):
        raise Http404(_("This skill has no such revision."))
    is_cell = name == Field.REQUIREMENT
    place = Place(request.GET.get("role", ""), request.GET.get("level", "")) if is_cell else None
    return RevertTarget(number, Field(name), place)


def _draft_address(draft: Suggestion) -> str:
    return reverse("community:suggestion_edit", args=[draft.pk])
