"""Suggesting a skill that is not there yet: the framework first, then the same form as for any other suggestion."""

from http import HTTPStatus

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from community.drafting.typed import typed_from
from community.drafting.views import begin, sent
from community.models import Suggestion
from community.posting.refusal_pages import answers_refusals
from skills.models import Framework, Group, Skill
from skills.revisions import unpublished
from skills.web.requests import HtmxRequest


@csrf_exempt  # `sent` asks for the token itself, so that an old form comes back with all that was typed
@require_http_methods(["GET", "HEAD", "POST"])
@answers_refusals
def new_skill(request: HtmxRequest) -> HttpResponse:
    """A suggestion of a new skill; `framework` says where it belongs."""
    data = request.POST if request.method == "POST" else request.GET
    skill = _kept(request) or _blank(data.get("framework", "").replace("\0", ""))
    if request.method != "POST" and not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    if skill is None:
        return _frameworks(request)
    if request.method == "POST":
        return sent(request, skill, None)
    return begin(request, skill)


def _kept(request: HttpRequest) -> Skill | None:
    """Return the skill of what this very form was kept as before, None where it was not."""
    if request.method != "POST" or not isinstance(request.user, User):
        return None
    kept = Suggestion.objects.filter(key=typed_from(request.POST).key, author=request.user).first()
    return Skill.objects.with_place().get(pk=kept.skill_id) if kept else None


def _blank(slug: str) -> Skill | None:
    framework = Framework.objects.filter(slug=slug).first()
    group = Group.objects.select_related("domain").filter(domain__framework=framework).first() if framework else None
    return unpublished.unsaved(framework, group) if framework and group else None


def _frameworks(request: HttpRequest) -> HttpResponse:
    frameworks = Framework.objects.filter(domains__groups__isnull=False).distinct().order_by("position", "name")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    context = {"frameworks": frameworks, "is_asked": status != HTTPStatus.OK}
    response = render(request, "community/drafting/new_skill.html", context, status=status)
    add_never_cache_headers(response)
    return response
