"""The page to report something, and the pages of moderators and administrators."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import membership
from accounts.access import MemberRequest, require_sign_in, restrict_to
from accounts.models import User
from community import rules
from community.models import Act, Fault
from community.models.moderation import ReportOutcome
from community.moderation import hiding, listing, people, reports, sweep_plan, sweeping, targets
from community.moderation.forms import ReasonForm, ReportForm, SuspensionForm
from community.moderation.refusals import AlreadyDone
from community.moderation.targets import ModeratedProfile, ModerationTarget, TargetRow
from community.posting.fields import add_refusal
from community.posting.refusal_pages import handle_refusals
from community.posting.refusals import ChangedElsewhere, FormUsedBefore, InvalidInput
from skills.web.form_errors import list_form_errors
from skills.web.paging import build_page_links, get_page_or_404

LOG_PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Button:
    """What a button does: `carry_out` is called with the row, the moderator and the cleaned data of `form`.

    With `is_about_displayed` it is carried out only if the row is still what the form displayed.
    """

    carry_out: Callable[..., object]
    form: type[ReasonForm] = ReasonForm
    is_about_displayed: bool = True


TARGET_BUTTONS: Mapping[str, Button] = {
    "hide": Button(hiding.hide),
    "restore": Button(hiding.restore),
    "release": Button(hiding.release),
    "agree_and_hide": Button(partial(reports.decide, outcome=ReportOutcome.AGREED, hide=True)),
    # The buttons "agreed", "disagreed" and "ignored".
    **{outcome.value: Button(partial(reports.decide, outcome=outcome)) for outcome in ReportOutcome},
}
PERSON_BUTTONS: Mapping[str, Button] = {
    "hide": Button(hiding.hide),
    "restore": Button(hiding.restore),
    "warn": Button(people.warn),
    "suspend": Button(people.suspend, SuspensionForm),
    "free": Button(people.end_suspension),
    # A sweep has a plan of its own, and transactions of its own.
    "sweep": Button(sweeping.start_sweep, is_about_displayed=False),
    "undo_sweep": Button(sweeping.undo_active_sweep, is_about_displayed=False),
}

moderators_only = restrict_to(membership.is_moderator, gettext_lazy("Only moderators see this page."))
administrators_only = restrict_to(rules.may_read_log, gettext_lazy("Only administrators read the log."))


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
@handle_refusals
def report(request: MemberRequest, kind: str, pk: int) -> HttpResponse:
    """Show the form to report a target (GET), or create the report (POST).

    `kind` and `pk` name the target. An invalid form is shown again with status 422, another text than in an
    earlier report with status 409. Raises Http404 for what the
    reader cannot see, and `NotAllowed` for what they wrote themselves.
    """
    target = targets.find(kind, pk)
    if target is None or not target.may_be_seen_by(request.user):
        raise Http404(_("There is nothing at this address."))
    reports.require_not_own(target, request.user)
    form = ReportForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        try:
            earlier, is_new = reports.get_or_create_report(target.row, request.user, **form.cleaned_data)
            reports.require_same_message(earlier, form.cleaned_data["message"])
        except (InvalidInput, FormUsedBefore) as refusal:
            status = refusal.status
            add_refusal(form, refusal)
        else:
            # A second report is no error: the person reads that they have reported it before.
            thank_you = _("Thank you. Moderators will look at it, and you will be notified of the result.")
            messages.success(request, thank_you if is_new else _("You have reported this already."))
            return redirect(target.url or "community:me")
    first_fault_id = f"fault-{next(iter(Fault.values))}"
    context = {
        "address": target.url,
        "text": target.text,
        "form": form,
        "form_errors": list_form_errors(form, {"fault": first_fault_id, "message": "message"}),
        "first_fault_id": first_fault_id,
    }
    return render(request, "community/moderation/report.html", context, status=status)


@moderators_only
@require_safe
def moderation(request: MemberRequest) -> HttpResponse:
    """Show what is reported or held, what is hidden, or who is suspended (parameter `show`)."""
    return _render_list(request)


def _render_list(request: MemberRequest, status: HTTPStatus = HTTPStatus.OK, **extra_context: object) -> HttpResponse:
    """Render one page of the tab that `show` names; an unknown tab is the first one."""
    tab = request.GET.get("show", "")
    tab = tab if tab in listing.TABS else listing.TABS[0]
    # Keys of all items are cheap; texts and reports are loaded only for the items of this page.
    page = get_page_or_404(request, Paginator(listing.list_item_keys(tab), listing.PAGE_SIZE))
    context = {
        "shown": tab,
        "page": page,
        "page_links": build_page_links(request, page),
        "items": listing.build_items(page.object_list, request.user),
        **extra_context,
    }
    return render(request, "community/moderation/list.html", context, status=status)


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
@handle_refusals
def decide(request: MemberRequest, kind: str, pk: int) -> HttpResponse:
    """Show one target by itself (GET), or carry out the pressed button (POST).

    A moderator who comes too late, or whose form is invalid, gets the list with the error at the target. Raises
    Http404 if there is no such target, `BadRequest` if there is no such button.
    """
    target = _get_target_or_404(kind, pk)
    if request.method != "POST":
        items = listing.build_items([(kind, pk)], request.user)
        return render(request, "community/moderation/list.html", {"items": items, "shown": "one"})
    form, status = _run_button(request, TARGET_BUTTONS, target.row)
    if status != HTTPStatus.FOUND:
        at = f"{kind}-{pk}"
        errors = list_form_errors(form, {"reason": f"reason-{at}"})
        return _render_list(request, status, form=form, at=at, form_errors=errors)
    query = request.GET.urlencode()  # back to the same tab and page
    return redirect(reverse("community:moderation") + (f"?{query}" if query else ""))


def _run_button(request: MemberRequest, buttons: Mapping[str, Button], row: TargetRow) -> tuple[ReasonForm, HTTPStatus]:
    """Carry out the pressed button; return its form and the status of the response, FOUND if it was done.

    If it was not done, the form has the errors and what was typed. Raises `BadRequest` if there is no such button,
    and `NotAllowed` as the rules do.
    """
    button = buttons.get(request.POST.get("intent", ""))
    if button is None:
        raise BadRequest(_("There is no such button."))
    form = button.form(request.POST)
    if not form.is_valid():
        return form, HTTPStatus.UNPROCESSABLE_ENTITY
    displayed = request.POST.get("displayed") if button.is_about_displayed else None
    try:
        _carry_out(partial(button.carry_out, row, request.user, **form.cleaned_data), row, displayed)
    except (AlreadyDone, InvalidInput, ChangedElsewhere) as refusal:
        add_refusal(form, refusal)
        return form, refusal.status
    messages.success(request, _("Done."))
    return form, HTTPStatus.FOUND


def _carry_out(action: Callable[[], object], row: TargetRow, displayed: str | None) -> None:
    """Carry out an action on what a form displayed; raise `ChangedElsewhere` if the row is something else by now.

    `displayed` is the digest of the form, None for a form of an earlier version of the site.
    """
    if displayed is None:
        action()
        return
    with transaction.atomic():
        is_other = listing.build_displayed(targets.lock(row)) != displayed
        # First the action: if it comes too late, its own refusal says more, such as who was faster.
        action()
        if is_other:
            raise ChangedElsewhere(_("This was changed since the page was opened. Look at it again before you decide."))


def _get_target_or_404(kind: str, pk: int) -> ModerationTarget:
    target = targets.find(kind, pk)
    if target is None:
        raise Http404(_("There is nothing at this address."))
    return target


def _get_person_or_404(pk: int) -> User:
    person = _get_target_or_404(ModeratedProfile.kind, pk).owner
    # An existing profile always has its account.
    assert person is not None
    return person


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
@handle_refusals
def moderated_person(request: MemberRequest, pk: int) -> HttpResponse:
    """Show what a person has written so far (GET), or carry out the pressed button (POST).

    The buttons hide the profile, warn, suspend, sweep, and undo that. Raises Http404 if there is no active account
    with this primary key.
    """
    person = _get_person_or_404(pk)
    if request.method != "POST":
        return _render_person(request, person, ReasonForm())
    form, status = _run_button(request, PERSON_BUTTONS, person)
    if status != HTTPStatus.FOUND:
        # Loaded again: another moderator may have changed it while this request waited.
        return _render_person(request, _get_person_or_404(pk), form, status)
    return redirect("community:moderated_person", pk)


def _render_person(
    request: MemberRequest, person: User, form: ReasonForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Render the page of a person; the plan of a sweep is built only on request, since it reads all their texts."""
    may_sweep = rules.may_sweep(request.user, person)
    sweep = sweeping.find_active_sweep(person)
    acts = Act.objects.filter(person_id=person.pk)
    context = {
        "person": person,
        "displayed": listing.build_displayed(targets.adapt(person)),
        "record": listing.load_record(person),
        "may_moderate": rules.may_moderate_account(request.user, person),
        "is_out_of_reach": rules.is_protected_account(request.user, person),
        "may_warn": rules.may_warn(request.user, person),
        "may_sweep": may_sweep,
        "sweep": sweep,
        "things": list(sweep.things.all()[:LOG_PAGE_SIZE]) if sweep else [],
        # The plan is a preview of a sweep that is not started yet.
        "plan": sweep_plan.plan_sweep(person) if may_sweep and sweep is None and "preview" in request.GET else None,
        # Only administrators read lines of the log.
        "acts": list(acts[:LOG_PAGE_SIZE]) if request.user.is_superuser else None,
        # The first day that a suspension may be chosen for.
        "tomorrow": timezone.localdate() + timedelta(days=1),
        "form": form,
        "form_errors": list_form_errors(form, {"reason": "reason", "until": "until"}),
    }
    return render(request, "community/moderation/person.html", context, status=status)


@require_sign_in
@require_safe
@administrators_only
def moderation_log(request: MemberRequest) -> HttpResponse:
    """Show what moderators did; only administrators may read it."""
    page = get_page_or_404(request, Paginator(Act.objects.all(), LOG_PAGE_SIZE))
    # The log holds primary keys without a relation, so the accounts are loaded here; deleted ones are missing.
    account_ids = {pk for act in page.object_list for pk in (act.actor_id, act.person_id) if pk}
    accounts = User.objects.in_bulk(account_ids)
    for act in page.object_list:
        act.who, act.whom = accounts.get(act.actor_id), accounts.get(act.person_id)
    context = {"page": page, "page_links": build_page_links(request, page)}
    return render(request, "community/moderation/log.html", context)
