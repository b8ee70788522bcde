"""The moderators' pages, and reporting: parse, ask, render."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Concatenate

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import membership
from accounts.access import MemberRequest, for_members
from accounts.models import User
from community import rules
from community.models import Act, Fault, Sweep
from community.models.moderation import WORDS_MAX_LENGTH, Outcome
from community.moderation import hiding, listing, people, reports, sweep_plan, sweeping, targets
from community.moderation.refusals import AlreadyDone
from community.moderation.targets import Moderatable, Moderated, ModeratedProfile
from community.posting.refusal_pages import answers_refusals
from community.posting.refusals import Unfit
from skills.text.storable import is_storable
from skills.web.paging import links_of, page_of

LOG_PAGE_SIZE = 50


def moderators_only[**P](
    view: Callable[Concatenate[MemberRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Lead strangers through signing in; answer 403 to everybody who does not moderate."""

    @wraps(view)
    def asked(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not membership.is_moderator(request.user):
            raise PermissionDenied(_("Only moderators see this page."))
        return view(request, *args, **kwargs)

    return for_members(asked)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
@answers_refusals
def report(request: MemberRequest, kind: str, pk: int) -> HttpResponse:
    """Say that something does not belong here."""
    target = targets.find(kind, pk)
    if target is None or not target.may_be_seen_by(request.user):
        raise Http404(_("There is nothing at this address."))
    reports.require_not_own(target, request.user)
    fault, words = request.POST.get("fault", ""), request.POST.get("words", "")
    about = {"address": target.address, "text": target.text}
    known = {**about, "faults": Fault, "fault": fault, "words": words}
    if request.method != "POST":
        return render(request, "community/moderation/report.html", known)
    try:
        _made, is_new = reports.report(target.row, request.user, _fault(fault), _storable(words))
    except Unfit as error:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render(request, "community/moderation/report.html", {**known, "wrong": error}, status=status)
    thanks, before = _("Thank you. Moderators look at it, and you are told."), _("You have reported this already.")
    messages.success(request, thanks if is_new else before)
    return redirect(target.address or "community:me")


def _fault(text: str) -> Fault:
    if text not in Fault.values:
        raise Unfit(_("Choose what is wrong."))
    return Fault(text)


@moderators_only
@require_safe
def moderation(request: MemberRequest) -> HttpResponse:
    """Everything that is reported or held; or what is hidden, or who is suspended."""
    return _list(request)


def _list(request: MemberRequest, status: HTTPStatus = HTTPStatus.OK, **more: object) -> HttpResponse:
    shown = request.GET.get("show", "")
    shown = shown if shown in listing.SHOWN else listing.SHOWN[0]
    page = page_of(Paginator(listing.places(shown), listing.PAGE_SIZE), request.GET.get("page", "1"))
    context = {
        "shown": shown,
        "page": page,
        "page_links": links_of(request, page),
        "items": listing.items(page.object_list, request.user),
        **more,
    }
    return render(request, "community/moderation/list.html", context, status=status)


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
@answers_refusals
def decide(request: MemberRequest, kind: str, pk: int) -> HttpResponse:
    """Show one thing by itself, or do with it what the button says; who comes too late reads what was done."""
    target, deed, words = _target(kind, pk), request.POST.get("deed", ""), request.POST.get("words", "")
    if request.method != "POST":
        alone = listing.items([(kind, pk)], request.user)
        return render(request, "community/moderation/list.html", {"items": alone, "shown": "one"})
    try:
        _do(target.row, request.user, deed, _storable(words))
    except AlreadyDone as error:
        return _list(request, HTTPStatus.CONFLICT, fault=error, typed=words, at=f"{kind}-{pk}")
    except Unfit as error:
        return _list(request, HTTPStatus.UNPROCESSABLE_ENTITY, fault=error, typed=words, at=f"{kind}-{pk}")
    messages.success(request, _("Done."))
    query = request.GET.urlencode()
    return redirect(reverse("community:moderation") + (f"?{query}" if query else ""))


def _do(row: Moderatable, moderator: User, deed: str, words: str) -> None:
    deeds = {"hide": hiding.hide, "restore": hiding.restore, "release": hiding.release}
    if deed in deeds:
        deeds[deed](row, moderator, words)
    elif deed == "agree_and_hide":
        reports.decide(row, moderator, Outcome.AGREED, words, hide=True)
    elif deed in Outcome.values:
        reports.decide(row, moderator, Outcome(deed), words)
    else:
        raise BadRequest(_("There is no such button."))


def _target(kind: str, pk: int) -> Moderated:
    found = targets.find(kind, pk)
    if found is None:
        raise Http404(_("There is nothing at this address."))
    return found


def _person(pk: int) -> User:
    person = _target(ModeratedProfile.kind, pk).owner
    assert person is not None
    return person


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
@answers_refusals
def moderated_person(request: MemberRequest, pk: int) -> HttpResponse:
    """What is known of somebody; to warn, to suspend, to hide and revert everything, to undo that."""
    person = _person(pk)
    if request.method != "POST":
        return _person_page(request, person)
    try:
        _done_to(person, request)
    except AlreadyDone as error:
        return _person_page(request, person, HTTPStatus.CONFLICT, fault=error)
    except Unfit as error:
        return _person_page(request, person, HTTPStatus.UNPROCESSABLE_ENTITY, fault=error)
    messages.success(request, _("Done."))
    return redirect("community:moderated_person", pk)


def _person_page(
    request: MemberRequest, person: User, status: HTTPStatus = HTTPStatus.OK, **more: object
) -> HttpResponse:
    may_sweep = rules.may_sweep(request.user, person)
    sweep = Sweep.objects.filter(person=person).exclude(state=Sweep.State.UNDONE).first()
    acts = Act.objects.filter(person=person.pk)
    context = {
        "person": person,
        "record": listing.record_of(person),
        "may_moderate": rules.may_moderate_account(request.user, person),
        "is_out_of_reach": rules.is_out_of_reach(request.user, person),
        "may_warn": rules.may_warn(request.user, person),
        "may_sweep": may_sweep,
        "sweep": sweep,
        "things": list(sweep.things.all()[:LOG_PAGE_SIZE]) if sweep else [],
        "plan": sweep_plan.plan_of(person) if may_sweep and sweep is None and "preview" in request.GET else None,
        "acts": list(acts[:LOG_PAGE_SIZE]) if request.user.is_superuser else None,
        "tomorrow": timezone.localdate() + timedelta(days=1),
        "typed": request.POST.dict(),
        **more,
    }
    return render(request, "community/moderation/person.html", context, status=status)


def _done_to(person: User, request: MemberRequest) -> None:
    deed, words, moderator = request.POST.get("deed", ""), _storable(request.POST.get("words", "")), request.user
    if deed == "suspend":
        people.suspend(person, moderator, _end_of(request.POST.get("until", "")), words)
    elif deed in {"warn", "free"}:
        {"warn": people.warn, "free": people.free}[deed](person, moderator, words)
    elif deed in {"hide", "restore"}:
        {"hide": hiding.hide, "restore": hiding.restore}[deed](person, moderator, words)
    elif deed == "sweep":
        sweeping.ask(person, moderator, words)
    elif deed == "undo_sweep":
        sweep = Sweep.objects.filter(person=person).exclude(state=Sweep.State.UNDONE).first()
        if sweep is None:
            raise AlreadyDone(_("There is nothing to undo."))
        sweeping.undo(sweep, moderator, words)
    else:
        raise BadRequest(_("There is no such button."))


def _end_of(text: str) -> datetime:
    """Return the end of a day, which is when a suspension ends."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or day.year > 9000:  # noqa: PLR2004 - far from the end of what a date can be
        raise Unfit(_("Choose a date."))
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


@for_members
@require_safe
def moderation_log(request: MemberRequest) -> HttpResponse:
    """What moderators did: for administrators."""
    if not (request.user.is_superuser and request.user.is_active):
        raise PermissionDenied(_("Only administrators read the log."))
    page = page_of(Paginator(Act.objects.all(), LOG_PAGE_SIZE), request.GET.get("page", "1"))
    numbers = {number for act in page.object_list for number in (act.actor, act.person) if number}
    names = {person.pk: person for person in User.objects.filter(pk__in=numbers)}
    for act in page.object_list:
        act.who, act.whom = names.get(act.actor), names.get(act.person)
    context = {"page": page, "page_links": links_of(request, page)}
    return render(request, "community/moderation/log.html", context)


def _storable(words: str) -> str:
    words = words.replace("\r\n", "\n").strip()
    if len(words) > WORDS_MAX_LENGTH or not is_storable(words):
        raise Unfit(_("These words are too long or hold a character that cannot be kept."))
    return words
