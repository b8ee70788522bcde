"""From an address to a skill, and on to where it has moved."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from skills.content import naming
from skills.models import Skill


def _back_to(request: HttpRequest, name: str) -> HttpResponse:
    """Lead back to a list as it was shown; forms carry its query in their own address."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(reverse(name) + (f"?{query}" if query else ""))


def skill_by_slug(slug: str) -> Skill | None:
    """Return a skill that is or was published, with its place, or None."""
    return Skill.objects.with_place().exclude(status=Skill.Status.SUGGESTED).filter(slug=slug).first()


def follow_moves(request: HttpRequest, path: str, rest: str = "") -> HttpResponsePermanentRedirect:
    """Lead from a former path to where its thing stands now, `rest` of the path and query kept; raises Http404."""
    target = naming.resolve(path)
    if target is None:
        raise Http404(_("There is nothing at this address."))
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(target.get_absolute_url() + rest + (f"?{query}" if query else ""))


def skill_at(slug: str) -> Skill | None:
    """Return the skill at an address, with its place, or None where there is none that was ever published."""
    found = Skill.objects.with_place().filter(slug=slug).first()
    is_new = found is not None and found.is_suggested and not found.revisions.exists()
    return None if is_new else found
