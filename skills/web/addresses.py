"""From an address to a skill, and on to where it has moved."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from skills.content import naming
from skills.models import Skill


def redirect_to_list(request: HttpRequest, name: str) -> HttpResponse:
    """Lead back to a list as it was shown; forms carry its query in their own address."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(reverse(name) + (f"?{query}" if query else ""))


def follow_moves(request: HttpRequest, path: str) -> HttpResponsePermanentRedirect:
    """Redirect from a former path to the page of what had it, the query kept; raises Http404 for any other path."""
    target = naming.find_by_former_path(path)
    if target is None:
        raise Http404(_("There is nothing at this address."))
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(target.get_absolute_url() + (f"?{query}" if query else ""))


def find_skill[R: HttpRequest, **P](
    view: Callable[Concatenate[R, Skill, P], HttpResponse],
) -> Callable[Concatenate[R, ...], HttpResponse]:
    """Call a view of a skill's page with the skill in place of the slug in its address.

    Reading at a former address redirects to the same page at the present one, the query kept. What is sent to
    a former address is answered by the view, so that nothing typed is lost. Raises Http404 where no skill was
    ever published; the skill has its place and `updated_at`, see `SkillQuerySet.ever_published`.
    """

    @wraps(view)
    def found(request: R, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        skill = Skill.objects.ever_published().find_by_slug(slug)
        if skill is None:
            raise Http404(_("There is nothing at this address."))
        if skill.slug != slug and request.method in {"GET", "HEAD"}:
            return _redirect_to_current(request, skill)
        return view(request, skill, *args, **kwargs)

    return found


def _redirect_to_current(request: HttpRequest, skill: Skill) -> HttpResponse:
    match = request.resolver_match
    assert match is not None
    query = request.META.get("QUERY_STRING", "")
    present = reverse(match.view_name, kwargs={**match.kwargs, "slug": skill.slug})
    return HttpResponsePermanentRedirect(present + (f"?{query}" if query else ""))
