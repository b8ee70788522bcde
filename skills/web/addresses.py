"""Find a skill by its address, and redirect from former addresses."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from skills.content import naming
from skills.models import Skill


def redirect_to_list(request: HttpRequest, name: str) -> HttpResponse:
    """Redirect to a list, with the query string of this request.

    `name` is the name of the list's URL. A form in a list has the query of the list in its `action`, so the user
    comes back to the same filters and page.
    """
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(reverse(name) + (f"?{query}" if query else ""))


def redirect_from_former_path(request: HttpRequest, path: str) -> HttpResponsePermanentRedirect:
    """Redirect from a former path, such as "roles/old-slug", to the current page, with the query string.

    Raises Http404 for a path that nothing ever had.
    """
    target = naming.find_by_former_path(path)
    if target is None:
        raise Http404(_("There is nothing at this address."))
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(target.get_absolute_url() + (f"?{query}" if query else ""))


def with_skill[R: HttpRequest, **P](
    view: Callable[Concatenate[R, Skill, P], HttpResponse],
) -> Callable[Concatenate[R, ...], HttpResponse]:
    """Decorate a view of a skill's page: call it with the skill in place of the slug in the URL.

    The skill has its group, domain and framework loaded, and `updated_at`, see `SkillQuerySet.ever_published`.
    A GET at a former slug is redirected to the same page at the current one, with its query string.
    Raises Http404 if no skill was ever published at the slug.
    """

    @wraps(view)
    def wrapper(request: R, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        skill = Skill.objects.ever_published().find_by_slug(slug)
        if skill is None:
            raise Http404(_("There is nothing at this address."))
        # A POST to a former slug is handled here and now: a redirect would lose what the user has entered.
        if skill.slug != slug and request.method in {"GET", "HEAD"}:
            return _redirect_to_current(request, skill)
        return view(request, skill, *args, **kwargs)

    return wrapper


def _redirect_to_current(request: HttpRequest, skill: Skill) -> HttpResponse:
    """Redirect to the same view with the skill's current slug; all other parts of the URL stay."""
    match = request.resolver_match
    assert match is not None  # Django sets it before it calls a view
    query = request.META.get("QUERY_STRING", "")
    current_url = reverse(match.view_name, kwargs={**match.kwargs, "slug": skill.slug})
    return HttpResponsePermanentRedirect(current_url + (f"?{query}" if query else ""))
