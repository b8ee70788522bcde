"""What suggestions show on the page of a skill, see skills/web/slots.py. It is the same for all readers."""

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

_load_activity_once = cache_per_request(activity.load_skill_activity)


def _render_suggest_link(request: HttpRequest, slug: str) -> str:
    """The way to the form; strangers are led through signing in and back to it."""
    return render_to_string("community/skill_page/suggest.html", {"slug": slug, "user": request.user})


def _render_suggest_new_link(_request: HttpRequest) -> str:
    """The way to suggesting a skill that is not there; strangers are led through signing in there."""
    return render_to_string("community/skill_page/suggest_new.html")


def _render_community(_request: HttpRequest, pk: str, slug: str, name: str) -> str:
    """The latest suggestions, undecided ones first."""

    def make() -> SafeString:
        rows = (
            list(listing.list_for_skill(int(pk))[:BLOCK_SIZE])
            if _load_activity_once(int(pk)).latest_suggestions
            else []
        )
        return render_to_string(
            "community/skill_page/community.html", {"suggestions": rows, "slug": slug, "name": name}
        )

    return _get_cached_html("community", pk, make)


def _render_open_cells(_request: HttpRequest, pk: str) -> str:
    """Which cells an open suggestion touches, and on which something is said, in words.

    static/js/app/open_cells.js puts a dot to each cell of an open suggestion.
    """
    standing = _load_activity_once(int(pk))
    return (
        _get_cached_html("open_cells", pk, lambda: _build_open_cells_html(int(pk), standing))
        if standing.open_cells or standing.comment_counts
        else ""
    )


def _build_open_cells_html(skill_id: int, activity: SkillActivity) -> SafeString:
    skill = Skill.objects.select_related("framework").get(pk=skill_id)
    known = load_places(skill.framework_id)

    def shown(role: str, level: str) -> tuple[Role, LadderStep] | None:
        step = known.find_step(Place(role, level))
        return (known.roles[role], step) if step and role in known.roles else None

    cells = [cell for place in activity.open_cells if (cell := shown(*place))]
    said = [(*cell, count) for role, level, count in activity.comment_counts if (cell := shown(role, level))]
    return render_to_string("community/skill_page/open_cells.html", {"cells": cells, "said": said, "skill": skill})


def _get_cached_html(name: str, pk: str, make: Callable[[], SafeString]) -> SafeString:
    """Return HTML that is the same for all readers, made once for each state of suggestions and catalogue."""
    key = f"{name}:{pk}:{get_language()}:{get_current_version()}:{_hash_state(pk)}"
    html: SafeString | None = caches[CACHE_ALIAS].get(key)
    if html is None:
        html = make()
        caches[CACHE_ALIAS].set(key, html)
    return html


def _hash_state(pk: str, *_words: str) -> str:
    return hashlib.blake2b(repr(_load_activity_once(int(pk))).encode(), digest_size=12).hexdigest()


suggest = PageSlot(_render_suggest_link)
suggest_new = PageSlot(_render_suggest_new_link)
community = PageSlot(_render_community, _hash_state)
open_cells = PageSlot(_render_open_cells, _hash_state)
