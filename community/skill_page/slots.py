"""The community's slots on the page of a skill, see skills/web/slots.py. Their HTML is the same for all readers."""

import hashlib
from collections.abc import Callable

from django.core.cache import caches
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from community.skill_page import activity
from community.skill_page.activity import BLOCK_SIZE, SkillActivity
from community.suggestions import listing
from skills.content.ladder import LadderStep
from skills.content.matrix import Place
from skills.content.places import load_places
from skills.models import Role, Skill
from skills.web.cache import CACHE_ALIAS, get_current_version
from skills.web.slots import PageSlot, cache_per_request

# Both slots and their states need it: one query for each request.
_load_activity_once = cache_per_request(activity.load_skill_activity)


def _render_suggest_link(request: HttpRequest, slug: str) -> str:
    """Return the link to the form for a suggestion; visitors sign in first and come back to it."""
    return render_to_string("community/skill_page/suggest.html", {"slug": slug, "user": request.user})


def _render_suggest_new_link(_request: HttpRequest) -> str:
    """Return the link to suggest a skill that does not exist yet; visitors sign in first."""
    return render_to_string("community/skill_page/suggest_new.html")


def _render_community(_request: HttpRequest, pk: str, slug: str, name: str) -> str:
    """Return the latest suggestions, undecided ones first."""

    def build_html() -> SafeString:
        # The state of the slot says whether there are any, which saves the query of the list.
        suggestions = (
            list(listing.list_for_skill(int(pk))[:BLOCK_SIZE])
            if _load_activity_once(int(pk)).latest_suggestions
            else []
        )
        return render_to_string(
            "community/skill_page/community.html", {"suggestions": suggestions, "slug": slug, "name": name}
        )

    return _get_cached_html("community", pk, build_html)


def _render_open_cells(_request: HttpRequest, pk: str) -> str:
    """Return the list of cells with an open suggestion, and of cells with comments, as text.

    static/js/app/open_cells.js adds a dot to each cell with an open suggestion.
    """
    activity = _load_activity_once(int(pk))
    return (
        _get_cached_html("open_cells", pk, lambda: _build_open_cells_html(int(pk), activity))
        if activity.open_cells or activity.comment_counts
        else ""
    )


def _build_open_cells_html(skill_id: int, activity: SkillActivity) -> SafeString:
    skill = Skill.objects.select_related("framework").get(pk=skill_id)
    places = load_places(skill.framework_id)

    def find_cell(role: str, level: str) -> tuple[Role, LadderStep] | None:
        """Return role and level of a cell, None if the framework does not have it any more."""
        step = places.find_step(Place(role, level))
        return (places.roles[role], step) if step and role in places.roles else None

    cells = [cell for place in activity.open_cells if (cell := find_cell(*place))]
    commented_cells = [
        (*cell, count) for role, level, count in activity.comment_counts if (cell := find_cell(role, level))
    ]
    context = {"cells": cells, "commented_cells": commented_cells, "skill": skill}
    return render_to_string("community/skill_page/open_cells.html", context)


def _get_cached_html(name: str, pk: str, build_html: Callable[[], SafeString]) -> SafeString:
    """Return HTML that is the same for all readers, built once for each state of activity and catalogue."""
    # The key holds everything that the HTML depends on, so that entries never have to be deleted.
    key = f"{name}:{pk}:{get_language()}:{get_current_version()}:{_hash_state(pk)}"
    html: SafeString | None = caches[CACHE_ALIAS].get(key)
    if html is None:
        html = build_html()
        caches[CACHE_ALIAS].set(key, html)
    return html


def _hash_state(pk: str, *_arguments: str) -> str:
    """Return a short hash of the activity of a skill; a slot passes its other arguments too."""
    return hashlib.blake2b(repr(_load_activity_once(int(pk))).encode(), digest_size=12).hexdigest()


# The second argument is the state: a cached page is used as long as it is the same.
suggest = PageSlot(_render_suggest_link)
suggest_new = PageSlot(_render_suggest_new_link)
community = PageSlot(_render_community, _hash_state)
open_cells = PageSlot(_render_open_cells, _hash_state)
