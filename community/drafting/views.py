"""Writing a suggestion: one form, whose buttons add, take out, check, keep and submit."""

import uuid
from dataclasses import replace
from http import HTTPStatus

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from community import rules
from community.drafting import filing
from community.drafting.form_page import FormPage, form_page
from community.drafting.typed import (
    MOST_CELLS,
    Typed,
    cell_of,
    draft_of,
    latest_number,
    require_known,
    typed_from,
    typed_of,
    why_no_more,
)
from community.models import Comment, State, Suggestion
from community.models.suggestions import OPEN_STATES, REASON_MAX_LENGTH
from community.posting import traps
from community.posting.form_tokens import token_fault
from community.posting.kept_forms import nowhere
from community.posting.refusal_pages import answers_refusals, refused
from community.posting.refusals import NotAllowed, OverLimit, Unfit
from community.suggestions import moves
from community.suggestions.refusals import SameAsOpen, TooLate
from skills.content.matrix import Place
from skills.content.places import Places, places_of
from skills.models import Skill
from skills.revisions import content_of
from skills.web.addresses import follow_moves
from skills.web.requests import HtmxRequest
from skills.web.typed_input import number_in

NOTHING_THERE = gettext_lazy("There is nothing at this address.")
NO_SUGGESTION = gettext_lazy("There is no such suggestion.")


@csrf_exempt  # the view asks token_fault itself, so that an old form comes back with all that was typed
@require_http_methods(["GET", "HEAD", "POST"])
@answers_refusals
def new(request: HtmxRequest, slug: str) -> HttpResponse:
    """A new suggestion for a skill; `role` and `level` choose the cell to begin with."""
    skill = Skill.objects.at(slug)
    is_there = skill is not None and not skill.is_suggested
    if request.method == "POST":
        return sent(request, skill, None) if skill and is_there else nowhere(request, NOTHING_THERE)
    if skill is None or not is_there or skill.slug != slug:
        return follow_moves(request, f"skills/{slug}")
    if not skill.is_current:
        return redirect(skill)
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    return begin(request, skill)


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
@answers_refusals
def edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """A suggestion of one's own, as long as it may be changed."""
    if not isinstance(request.user, User):
        slug = request.POST.get("skill", "").replace("\0", "")
        skill = Skill.objects.at(slug) if request.method == "POST" else None
        return sent(request, skill, None) if skill else redirect_to_login(request.get_full_path())
    suggestion = Suggestion.objects.filter(pk=pk, author=request.user).first()
    if suggestion is None:
        if request.method == "POST":
            return nowhere(request, NO_SUGGESTION)
        raise Http404(NO_SUGGESTION)
    skill = Skill.objects.with_place().get(pk=suggestion.skill_id)
    if request.method == "POST":
        return sent(request, skill, suggestion)
    moves.require(suggestion, State.DRAFT, *OPEN_STATES)
    if not rules.may_edit(request.user, suggestion, timezone.now()):
        raise NotAllowed(_("A reviewer is reading this suggestion; it can be changed again in a few minutes."))
    typed = typed_of(suggestion, latest_number(skill))
    return _shown(request, form_page(skill, suggestion, request.user, typed))


def begin(request: HttpRequest, skill: Skill) -> HttpResponse:
    """Show a blank form, with the cell that the address names, and the author's drafts of the same skill."""
    author = request.user
    assert isinstance(author, User)
    typed = _of_comment(request, skill, Typed(uuid.uuid4(), latest_number(skill)))
    role, level = request.GET.get("role", ""), request.GET.get("level", "")
    notice, status = "", HTTPStatus.OK
    if role and level:
        places = places_of(skill.framework_id)
        place = _place(places, role, level)
        if why := places.why_not(place):
            notice, status = why, HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            typed = typed.with_cell(cell_of(place, content_of(skill).matrix.get(place)))
    page = form_page(skill, None, author, typed)
    drafts = Suggestion.objects.filter(author=author, state=State.DRAFT, skill__framework=skill.framework)
    same = Q(skill__status=Skill.Status.SUGGESTED) if skill.is_suggested else Q(skill=skill)
    return _shown(request, page, status, notice=notice, drafts=drafts.filter(same).order_by("-pk")[:3])


def _of_comment(request: HttpRequest, skill: Skill, typed: Typed) -> Typed:
    """Begin with the words of a comment on the skill (`comment`) as the reason, and with the comment as the source."""
    number = number_in(request.GET.get("comment", ""))
    if not skill.pk or number is None:
        return typed
    found = Comment.objects.about(skill.pk).filter(pk=number).first()
    if found is None or not rules.may_see(request.user, found):
        return typed
    source = request.build_absolute_uri(reverse("community:comment", args=[found.pk]))
    return replace(typed, reason=found.body[:REASON_MAX_LENGTH], source=source)


def _place(places: Places, role: str, level: str) -> Place:
    """Return the place that an address or a select names; a role goes by its key or its slug."""
    key = next((found.key for found in places.roles.values() if found.slug == role), role)
    return Place(key, level)


def sent(request: HtmxRequest, skill: Skill, suggestion: Suggestion | None) -> HttpResponse:
    """Do what the pressed button says; whatever is wrong, the form comes back as it was typed.

    Raises `Unfit` for more cells than a form holds; the page that says so shows what was typed.
    """
    typed, author = typed_from(request.POST), request.user
    if suggestion is not None:
        typed = replace(typed, key=suggestion.key)
    elif isinstance(author, User):
        suggestion = Suggestion.objects.filter(key=typed.key).first()
        if suggestion and (suggestion.author_id != author.pk or suggestion.skill_id != skill.pk):
            return nowhere(request, NO_SUGGESTION)
    page = form_page(skill, suggestion, author if isinstance(author, User) else None, typed)
    require_known(page.typed, page.places)
    if not isinstance(author, User):
        return _answer(request, page, HTTPStatus.UNAUTHORIZED, is_signed_out=True)
    if token_fault(request):
        text = _("This form had grown too old. Nothing was saved; please send it again.")
        return _answer(request, page, HTTPStatus.FORBIDDEN, notice=text)
    return _done(request, author, page, _intent(request))


def _done(request: HtmxRequest, author: User, page: FormPage, intent: str) -> HttpResponse:
    if intent in {"add", "take_out"}:
        return _rearranged(request, author, page, intent)
    if intent == "preview":
        return render(request, "community/drafting/form.html#live", {"page": page, "is_live": True})
    if page.faults:
        return _answer(request, page, HTTPStatus.UNPROCESSABLE_ENTITY, is_asked=True)
    if intent not in {"autosave", "save", "submit"}:
        return _shown(request, page, is_asked=True)
    if intent == "submit" and (fault := traps.fault_of(author, request.POST)):
        return _answer(request, page, HTTPStatus.UNPROCESSABLE_ENTITY, notice=fault)
    return _written(request, author, page, intent)


def _intent(request: HttpRequest) -> str:
    if "take_out" in request.POST:
        return "take_out"
    return request.POST.get("intent", "check")


def _rearranged(request: HtmxRequest, author: User, page: FormPage, intent: str) -> HttpResponse:
    """Show the form with a cell more or less."""
    typed, notice = page.typed, ""
    if intent == "take_out":
        typed = typed.without(Place(*request.POST["take_out"].partition("/")[::2]))
    else:
        place = _place(page.places, request.POST.get("add_role", ""), request.POST.get("add_level", ""))
        notice = page.places.why_not(place)
        if not notice and place in [cell.place for cell in typed.cells]:
            notice = _("This cell stands in the form already.")
        if not notice and len(typed.cells) >= MOST_CELLS:
            notice = why_no_more()
        if not notice:
            typed = typed.with_cell(cell_of(place, page.today.matrix.get(place)))
    suggestion = page.suggestion if page.suggestion.pk else None
    status = HTTPStatus.UNPROCESSABLE_ENTITY if notice else HTTPStatus.OK
    return _shown(request, form_page(page.skill, suggestion, author, typed), status, notice=notice)


def _written(request: HtmxRequest, author: User, page: FormPage, intent: str) -> HttpResponse:
    if intent == "autosave" and (page.is_blank or not page.is_draft):
        return render(request, "community/drafting/form.html#status", {"page": page})
    is_filed = intent == "submit" or page.suggestion.state == State.OPEN  # what reviewers read is never half written
    try:
        return _filed(author, page) if is_filed else _kept(request, author, page, drafts_only=intent == "autosave")
    except OverLimit as error:
        return refused(request, error, draft=Suggestion.objects.filter(key=page.typed.key).first())
    except SameAsOpen as error:
        return _answer(request, page, error.status, is_asked=True)
    except Unfit as error:
        return _answer(request, page, error.status, is_asked=True, reasons=error.reasons)
    except (NotAllowed, TooLate) as error:
        return _answer(request, page, error.status, notice=str(error))


def _kept(request: HtmxRequest, author: User, page: FormPage, *, drafts_only: bool) -> HttpResponse:
    draft = draft_of(page.typed, page.changes)
    suggestion = filing.keep(author, page.skill, draft, drafts_only=drafts_only)
    address = reverse("community:suggestion_edit", args=[suggestion.pk])
    if not request.htmx:
        return redirect(address)
    known = {"page": page, "saved_at": timezone.now()}
    response = render(request, "community/drafting/form.html#status", known)
    response["HX-Replace-Url"] = address
    return response


def _filed(author: User, page: FormPage) -> HttpResponse:
    changes = page.busy or page.changes
    draft = draft_of(page.typed, changes)
    suggestion = filing.file(author, page.skill, draft, confirmed=page.typed.is_confirmed)
    return redirect("community:suggestion", suggestion.pk)


def _answer(request: HtmxRequest, page: FormPage, status: HTTPStatus, **context: object) -> HttpResponse:
    """Return the form, or to what a page sends by itself the line that says why it was not kept."""
    if not request.htmx:
        return _shown(request, page, status, **context)
    known = {"page": page, "is_refused": True, **context}
    return render(request, "community/drafting/form.html#status", known, status=status)


def _shown(request: HttpRequest, page: FormPage, status: HTTPStatus = HTTPStatus.OK, **context: object) -> HttpResponse:
    known = {"page": page, "skill": page.skill, "action": _action(request, page), **context}
    known["started"] = traps.started(request.POST)
    response = render(request, "community/drafting/form.html", known, status=status)
    add_never_cache_headers(response)
    return response


def _action(request: HttpRequest, page: FormPage) -> str:
    if page.suggestion.pk:
        return reverse("community:suggestion_edit", args=[page.suggestion.pk])
    return request.path
