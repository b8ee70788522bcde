"""The page to revert to a revision, or one change of it: it shows what would change, then does or suggests it."""

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

from accounts.access import MemberRequest, require_sign_in
from accounts.models import User
from community import rules
from community.models import Suggestion
from community.models.suggestions import REASON_MAX_LENGTH
from community.posting.fields import TypedTextField
from community.posting.form_keys import read_form_key
from community.posting.kept_forms import keep_typed_input
from community.posting.refusal_pages import handle_refusals
from community.posting.refusals import FormUsedBefore, NotAllowed
from community.reverting import reverting
from community.reverting.reverting import NoSuchRevision, RevertPlan, RevertTarget
from skills.content.changes import (
    REVISION_SUMMARY_MAX_LENGTH,
    Change,
    ChangedMeanwhile,
    ChangeValue,
    Field,
    InvalidChange,
)
from skills.content.matrix import Place
from skills.content.names import load_names
from skills.history import entries
from skills.models import Significance, Skill
from skills.revisions import NothingToPublish, authorship
from skills.web.addresses import with_skill
from skills.web.form_errors import list_form_errors
from skills.web.typed_input import MAX_REVISION_NUMBER


class RevertForm(forms.Form):
    """The reason for a revert, and the revision that the person saw as the latest.

    Who may revert at once (`is_immediate`) writes the summary of a revision and chooses its significance; everybody
    else writes the reason of a suggestion.
    """

    seen = forms.IntegerField(min_value=1, max_value=MAX_REVISION_NUMBER)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_immediate = rules.may_revert(person)
        # Summaries of revisions and reasons of suggestions have different limits.
        label, max_length = _("Reason"), REASON_MAX_LENGTH
        if self.is_immediate:
            label, max_length = _("Summary of the change"), REVISION_SUMMARY_MAX_LENGTH
            self.fields["significance"] = forms.ChoiceField(choices=Significance.choices)
        self.fields["summary"] = TypedTextField(required=False, label=label, max_length=max_length)


@keep_typed_input
@require_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
@handle_refusals
@with_skill
def revert(request: MemberRequest, skill: Skill, number: int) -> HttpResponse:
    """Show what a revert would change (GET), or do it, or begin a suggestion of it (POST).

    `number` is the number of the revision; `field`, `role` and `level` in the query name a single change of it.
    Raises Http404 if there is no such revision or change, `PermissionDenied` if this person may
    neither revert nor suggest it, and `BrokenFormKey` for a form without a readable key.
    """
    # A larger number does not fit into the database column.
    if number > MAX_REVISION_NUMBER:
        raise Http404(_("This skill has no such revision."))
    target = _read_target_or_404(request, number)
    if request.method != "POST":
        return _render_page(request, _build_plan_or_404(skill, target), _build_form(request, target), uuid.uuid4())
    return _handle_post(request, skill, target)


def _handle_post(request: MemberRequest, skill: Skill, target: RevertTarget) -> HttpResponse:
    """Carry out the form; if it cannot be done, show it again with its errors (422) or conflicts (409)."""
    key = read_form_key(request.POST)
    form = RevertForm(request.POST, person=request.user)
    status, conflicts = HTTPStatus.UNPROCESSABLE_ENTITY, []
    if form.is_valid():
        try:
            # Based on the revision that the person saw, so that later changes are conflicts.
            return _carry_out(request, reverting.build_revert_plan(skill, target, form.cleaned_data["seen"]), form, key)
        except NothingToPublish:
            messages.info(request, _("Nothing is left to take back: today’s text is already as it was then."))
            return redirect("skills:history", skill.slug)
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from error
        except ChangedMeanwhile as error:
            status, conflicts = HTTPStatus.CONFLICT, list(error.conflicts)
        except FormUsedBefore as error:
            key, status = uuid.uuid4(), error.status
            form.add_error(None, str(error))
        except InvalidChange as error:
            form.add_error(None, str(error))
        except NoSuchRevision:
            form.add_error(None, _("This form does not fit this skill. Look at today’s text and send it again."))
    # A new plan from the current content: the person decides again about what would change now.
    return _render_page(request, _build_plan_or_404(skill, target), form, key, status, conflicts)


def _carry_out(
    request: MemberRequest, revert_plan: RevertPlan, form: RevertForm, key: uuid.UUID
) -> HttpResponseRedirect:
    """Publish the revert, or create the draft of a suggestion; return the redirect to it."""
    cleaned = form.cleaned_data
    if not form.is_immediate:
        draft = reverting.start_draft(revert_plan, request.user, reason=cleaned["summary"], key=key)
        messages.success(request, _("A draft of your suggestion is kept. Reviewers see it once you submit it."))
        return redirect(_get_draft_url(draft))
    significance = Significance(cleaned["significance"])
    revision = reverting.revert(revert_plan, request.user, summary=cleaned["summary"], significance=significance)
    messages.success(request, _("Taken back, as revision %(number)s.") % {"number": revision.number})
    return redirect("skills:revision", revision.skill.slug, revision.number)


def _render_page(
    request: MemberRequest,
    revert_plan: RevertPlan,
    form: RevertForm,
    key: uuid.UUID,
    status: HTTPStatus = HTTPStatus.OK,
    conflicts: Sequence[tuple[Change, ChangeValue]] = (),
) -> HttpResponse:
    """Show what would change now; a form that was sent keeps what was typed, with the current revision as `seen`."""
    names = load_names(revert_plan.skill.framework)
    latest = (
        revert_plan.skill.revisions.select_related("author")
        # Large JSON columns that the page does not show.
        .defer("content", "changes")
        .get(number=revert_plan.seen_number)
    )
    context = {
        "skill": revert_plan.skill,
        "target": revert_plan.target,
        "form": form,
        "form_errors": list_form_errors(form, {"seen": "", "summary": "summary", "significance": "significance"}),
        "key": key,
        "seen": revert_plan.seen_number,
        "latest": latest,
        "latest_author": authorship.describe_author(latest),
        "changes": entries.build_shown_changes(revert_plan.changes, names),
        "conflicts": entries.build_shown_changes(
            # A conflict is shown as what happened to the text since: from what the person saw to the current value.
            [replace(change, proposed=current) for change, current in conflicts],
            names,
        ),
        "significances": Significance.choices,
    }
    return render(request, "community/reverting/revert.html", context, status=status)


def _build_form(request: MemberRequest, target: RevertTarget) -> RevertForm:
    """Return an empty form with a summary that says what is reverted."""
    summary = (
        _("Back to revision %(number)s") if target.field is None else _("Takes a change of revision %(number)s back")
    )
    return RevertForm(
        initial={
            "summary": summary % {"number": target.number},
            "significance": Significance.MEDIUM,
        },
        person=request.user,
    )


def _build_plan_or_404(skill: Skill, target: RevertTarget, seen_number: int | None = None) -> RevertPlan:
    try:
        return reverting.build_revert_plan(skill, target, seen_number)
    except NoSuchRevision as error:
        raise Http404(_("This skill has no such revision.")) from error


def _read_target_or_404(request: HttpRequest, number: int) -> RevertTarget:
    """Read `field` from the query, with `role` and `level` for a requirement; raises Http404 for an unknown field."""
    field_name = request.GET.get("field", "")
    if not field_name:
        return RevertTarget(number)
    if field_name not in set(Field):
        raise Http404(_("This skill has no such revision."))
    is_cell = field_name == Field.REQUIREMENT
    place = Place(request.GET.get("role", ""), request.GET.get("level", "")) if is_cell else None
    return RevertTarget(number, Field(field_name), place)


def _get_draft_url(draft: Suggestion) -> str:
    return reverse("community:suggestion_edit", args=[draft.pk])
