"""Suggesting a skill that is not there yet: the framework first, then the same form as for any other suggestion."""

from http import HTTPStatus

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from community.drafting.forms import SuggestionForm
from community.drafting.views import receive_form, render_blank_form
from community.models import Suggestion
from community.posting.refusal_pages import handle_refusals
from skills.models import Framework, Group, Skill
from skills.revisions import unpublished
from skills.web.requests import HtmxRequest


@csrf_exempt  # `receive_form` asks for the token itself, so that an old form comes back with all that was typed
@require_http_methods(["GET", "HEAD", "POST"])
@handle_refusals
def new_skill(request: HtmxRequest) -> HttpResponse:
    """A suggestion of a new skill; `framework` says where it belongs."""
    if request.method == "POST":
        form = SuggestionForm(request.POST)
        skill = _find_kept_skill(request, form) or _build_blank_skill(form.cleaned_data["framework"])
        return (
            receive_form(request, form, skill)
            if skill
            else _render_frameworks(request, HTTPStatus.UNPROCESSABLE_ENTITY)
        )
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    skill = _build_blank_skill(request.GET.get("framework", ""))
    return render_blank_form(request, skill) if skill else _render_frameworks(request)


def _find_kept_skill(request: HttpRequest, form: SuggestionForm) -> Skill | None:
    """Return the skill of what this very form was kept as before, None where it was not."""
    if not isinstance(request.user, User):
        return None
    kept = Suggestion.objects.filter(key=form.typed.key, author=request.user).first()
    return Skill.objects.with_group().get(pk=kept.skill_id) if kept else None


def _build_blank_skill(slug: str) -> Skill | None:
    framework = Framework.objects.filter(slug=slug.replace("\0", "")).first()
    group = Group.objects.select_related("domain").filter(domain__framework=framework).first() if framework else None
    return unpublished.build_suggested_skill(framework, group) if framework and group else None


def _render_frameworks(request: HttpRequest, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    frameworks = Framework.objects.filter(domains__groups__isnull=False).distinct().order_by("position", "name")
    context = {"frameworks": frameworks, "is_asked": status != HTTPStatus.OK}
    response = render(request, "community/drafting/new_skill.html", context, status=status)
    add_never_cache_headers(response)
    return response
