"""Pages of a discussion: what is said, and the form to say something. Whole pages, and parts where htmx asks."""

import uuid
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import membership
from accounts.access import MemberRequest
from accounts.models import User
from community import rules
from community.discussion import comments as discussion
from community.discussion.comments import NO_PLACE, Subject
from community.discussion.page import discussion_page, page_of, place_of
from community.events import mentions
from community.models import Comment, Suggestion
from community.models.discussion import BODY_MAX_LENGTH
from community.posting import traps
from community.posting.form_keys import BrokenFormKey, read_form_key
from community.posting.kept_forms import keeps_typed
from community.posting.refusal_pages import answers_refusals
from community.posting.refusals import Gone, Unfit
from skills.content.matrix import Place
from skills.content.places import Places, places_of
from skills.models import Skill
from skills.text import markdown
from skills.web.addresses import find_skill
from skills.web.requests import HtmxRequest
from skills.web.typed_input import number_in

WRITES_NOTHING = frozenset({"preview", "answer"})  # buttons that show the form again


@dataclass(frozen=True)
class Typed:
    """What stands in the form: a new one, or one sent with what was wrong of it."""

    key: uuid.UUID
    body: str = ""
    parent: Comment | None = None
    preview: str = ""
    fault: str = ""
    role: str = ""
    level: str = ""


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@answers_refusals
@find_skill
def comments(request: HtmxRequest, skill: Skill) -> HttpResponse:
    """What people say of a skill, or of one cell of it (`role`, `level`); a POST says something."""
    if skill.is_suggested:
        raise Http404(_("There is nothing at this address."))
    places = places_of(skill.framework_id)
    try:
        is_said = request.method == "POST" and request.POST.get("intent") != "answer"
        data = request.POST if is_said else request.GET
        return _answered(request, Subject(skill, None, place_in(data, places)), places)
    except NoPlace as error:
        if request.method != "POST":
            raise Http404(str(error)) from error
        subject = Subject(skill)
        typed = replace(_typed(request, subject), fault=str(error))
        return shown(request, subject, typed, places, HTTPStatus.UNPROCESSABLE_ENTITY)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@answers_refusals
def suggestion_comments(request: HtmxRequest, pk: int) -> HttpResponse:
    """What people say of a suggestion; a POST says something."""
    rows = Suggestion.objects.select_related("skill__group__domain", "skill__framework", "author")
    found = rows.filter(pk=pk, submitted_at__isnull=False).first()
    if found is None or not rules.may_see(request.user, found):
        raise Http404(_("There is no such suggestion."))
    return _answered(request, Subject(found.skill, found), None)


class NoPlace(Exception):
    """There is no such cell; the message says why."""


def place_in(data: QueryDict, places: Places) -> Place:
    """Read `role` (slug or key) and `level`; raises `NoPlace` for what the framework does not have."""
    role, level = data.get("role", ""), data.get("level", "")
    if not role and not level:
        return NO_PLACE
    if not role or not level:
        raise NoPlace(_("Choose a role and a level, or neither."))
    key = next((found.key for found in places.roles.values() if role in {found.slug, found.key}), role)
    place = Place(key, level)
    if why_not := places.why_not(place):
        raise NoPlace(why_not)
    return place


def _answered(request: HtmxRequest, subject: Subject, places: Places | None) -> HttpResponse:
    if request.method != "POST":
        return shown(request, subject, _quoted(request, subject, Typed(uuid.uuid4())), places)
    typed, intent = _typed(request, subject), request.POST.get("intent")
    if intent == "answer":
        return shown(request, subject, _quoted(request, subject, replace(typed, parent=None)), places)
    return (_preview if intent == "preview" else _posted)(request, subject, typed, places)


def _preview(request: HtmxRequest, subject: Subject, typed: Typed, places: Places | None) -> HttpResponse:
    people = tuple(sorted(mentions.addresses_in([typed.body]).items()))
    seen = replace(typed, preview=markdown.render_once(typed.body[:BODY_MAX_LENGTH], people))
    if request.htmx:
        return render(request, "community/discussion/page.html#preview", {"typed": seen})
    return shown(request, subject, seen, places)


def _posted(request: HtmxRequest, subject: Subject, typed: Typed, places: Places | None) -> HttpResponse:
    assert isinstance(request.user, User)  # `keeps_typed` has seen to it
    if fault := traps.fault_of(request.user, request.POST):
        return shown(request, subject, replace(typed, fault=fault), places, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        made = discussion.post(request.user, subject, typed.body, parent=typed.parent, key=typed.key)
    except Unfit as error:
        return shown(request, subject, replace(typed, fault=str(error)), places, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not request.htmx:
        return redirect(place_of(made, request.user))
    return shown(request, Subject(made.skill, made.suggestion), Typed(uuid.uuid4()), places, made=made)


def _typed(request: HttpRequest, subject: Subject) -> Typed:
    return Typed(
        _key(request),
        request.POST.get("body", ""),
        _of_subject(request, subject, request.POST.get("parent", "")),
        role=request.POST.get("role", ""),
        level=request.POST.get("level", ""),
    )


def _key(request: HttpRequest) -> uuid.UUID:
    """Return the key of the form; what is only shown again may come without one. Raises `BrokenFormKey`."""
    try:
        return read_form_key(request.POST)
    except BrokenFormKey:
        if request.POST.get("intent") in WRITES_NOTHING:
            return uuid.uuid4()
        raise


def _of_subject(request: HttpRequest, subject: Subject, number: str) -> Comment | None:
    """Return the comment that is answered or quoted, were it a tombstone; one of another discussion is none."""
    if not number:
        return None
    placed = Comment.objects.placed_for(request.user, is_moderator=membership.is_moderator(request.user))
    known = placed.about(subject.skill.pk, subject.suggestion_id)
    pk = number_in(number)
    found = known.filter(pk=pk, hidden_at=None).first() if pk is not None else None
    if found is None and request.method == "POST":
        raise Gone(_("The comment that you answer is not there any more."))
    if found is None:
        raise Http404(_("There is no such comment."))
    return found


def _quoted(request: HttpRequest, subject: Subject, typed: Typed) -> Typed:
    """Begin an answer (`answer`), with the words it answers (`quote`), below what stands in the form."""
    answered = _of_subject(request, subject, request.GET.get("answer", ""))
    if answered is None:
        return typed
    body = typed.body.rstrip() + "\n\n" if typed.body.strip() else ""
    if request.GET.get("quote") and answered.body:
        body += "\n".join(f"> {line}" for line in answered.body.splitlines()) + "\n\n"
    return replace(typed, parent=answered, body=body)


def shown(
    request: HtmxRequest | MemberRequest,
    subject: Subject,
    typed: Typed,
    places: Places | None,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    made: Comment | None = None,
) -> HttpResponse:
    """Return the page that the reader is on; the one where a comment stands that was just `made`."""
    sort, number = request.GET.get("sort", ""), request.GET.get("page", "1")
    if made is not None:
        sort, number = "", str(page_of(made, request.user))
    found = discussion_page(subject, request.user, places, sort=sort, number=number)
    known = {
        "discussion": found,
        "subject": subject,
        "skill": subject.skill,
        "suggestion": subject.suggestion,
        "typed": typed,
        "may_comment": rules.may_comment(request.user, subject.suggestion),
        "places": places,
        "made": made,
        "cell": _cell(subject, places),
        "longest": BODY_MAX_LENGTH,
        "started": traps.started(request.POST),
    }
    template = "community/discussion/page.html#discussion" if request.htmx else "community/discussion/page.html"
    response = render(request, template, known, status=status)
    add_never_cache_headers(response)
    return response


def _cell(subject: Subject, places: Places | None) -> dict[str, Any] | None:
    if places is None or not subject.place.role:
        return None
    return {"role": places.roles[subject.place.role], "step": places.step(subject.place), "place": subject.place}
