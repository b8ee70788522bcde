"""Pages for suggesting a new skill: first choose the framework, then the same form as for any other suggestion."""

from http import HTTPStatus

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from community.drafting.forms import SuggestionForm
from community.drafting.views import receive_form, render_blank_form
from community.models import Suggestion
from community.posting.refusal_pages import handle_refusals
from skills.models import Framework, Group, Skill
from skills.revisions import unpublished
from skills.web.form_errors import FormError
from skills.web.requests import HtmxRequest


@csrf_exempt  # `receive_form` checks the token itself, so that an expired form comes back with everything typed
@require_http_methods(["GET", "HEAD", "POST"])
@handle_refusals
def new_skill(request: HtmxRequest) -> HttpResponse:
    """Show or receive the form for a new skill.

    The parameter `framework` (a slug) names the framework; without a valid one the page offers all of them.
    Visitors are sent to the sign-in page, but a form that they post comes back with what was typed.
    """
    if request.method == "POST":
        form = SuggestionForm(request.POST)
        # A form that was saved before has its skill already; a second one must not be created.
        skill = _find_saved_skill(request, form) or _build_blank_skill(form.cleaned_data["framework"])
        return (
            receive_form(request, form, skill)
            if skill
            else _render_frameworks(request, HTTPStatus.UNPROCESSABLE_ENTITY)
        )
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    skill = _build_blank_skill(request.GET.get("framework", ""))
    return render_blank_form(request, skill) if skill else _render_frameworks(request)


def _find_saved_skill(request: HttpRequest, form: SuggestionForm) -> Skill | None:
    """Return the skill of the suggestion that this form was saved as before, or None."""
    if not isinstance(request.user, User):
        return None
    suggestion = Suggestion.objects.filter(key=form.typed.key, author=request.user).first()
    return Skill.objects.with_group().get(pk=suggestion.skill_id) if suggestion else None


def _build_blank_skill(slug: str) -> Skill | None:
    """Return an unsaved skill for the framework with this slug; None if there is none, or it has no group."""
    # PostgreSQL refuses text with a null character.
    framework = Framework.objects.filter(slug=slug.replace("\0", "")).first()
    # A skill must have a group, so the first one is preset until the author chooses.
    group = Group.objects.select_related("domain").filter(domain__framework=framework).first() if framework else None
    return unpublished.build_suggested_skill(framework, group) if framework and group else None


def _render_frameworks(request: HttpRequest, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Render the choice of a framework; a status other than 200 adds that the requested one does not exist."""
    frameworks = Framework.objects.filter(domains__groups__isnull=False).distinct()  # in their own order
    fault = FormError(_("There is no such framework. Nothing was saved."))
    context = {"frameworks": frameworks, "form_errors": [] if status == HTTPStatus.OK else [fault]}
    response = render(request, "community/drafting/new_skill.html", context, status=status)
    add_never_cache_headers(response)
    return response
