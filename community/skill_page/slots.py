"""What suggestions show on the page of a skill, see skills/web/slots.py. It is the same for all readers."""

import hashlib
from collections.abc import Callable

from django.core.cache import caches
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from community.skill_page import standing
from community.skill_page.standing import BLOCK_SIZE, Standing
from community.suggestions import listing
from skills.content.ladder import LadderStep
from skills.content.matrix import Place
from skills.content.places import places_of
from skills.models import Role, Skill
from skills.web.cache import CACHE_ALIAS, current_version
from skills.web.slots import PageSlot, asked_once

_standing = asked_once(standing.standing)


def _suggest(request: HttpRequest, slug: str) -> str:
    """The way to the form; strangers are led through signing in and back to it."""
    return render_to_string("community/skill_page/suggest.html", {"slug": slug, "user": request.user})


def _suggest_new(_request: HttpRequest) -> str:
    """The way to suggesting a skill that is not there; strangers are led through signing in there."""
    return render_to_string("community/skill_page/suggest_new.html")


def _community(_request: HttpRequest, pk: str, slug: str, name: str) -> str:
    """The latest suggestions, undecided ones first."""

    def make() -> SafeString:
        rows = list(listing.of_skill(int(pk))[:BLOCK_SIZE]) if _standing(int(pk)).rows else []
        return render_to_string(
            "community/skill_page/community.html", {"suggestions": rows, "slug": slug, "name": name}
        )

    return _kept("community", pk, make)


def _open_cells(_request: HttpRequest, pk: str) -> str:
    """Which cells an open suggestion touches, and on which something is said, in words.

    static/js/app/open_cells.js puts a dot to each cell of an open suggestion.
    """
    standing = _standing(int(pk))
    return _kept("open_cells", pk, lambda: _cells(int(pk), standing)) if standing.places or standing.said else ""


def _cells(skill_id: int, standing: Standing) -> SafeString:
    skill = Skill.objects.select_related("framework").get(pk=skill_id)
    known = places_of(skill.framework_id)

    def shown(role: str, level: str) -> tuple[Role, LadderStep] | None:
        step = known.step(Place(role, level))
        return (known.roles[role], step) if step and role in known.roles else None

    cells = [cell for place in standing.places if (cell := shown(*place))]
    said = [(*cell, count) for role, level, count in standing.said if (cell := shown(role, level))]
    return render_to_string("community/skill_page/open_cells.html", {"cells": cells, "said": said, "skill": skill})


def _kept(name: str, pk: str, make: Callable[[], SafeString]) -> SafeString:
    """Return HTML that is the same for all readers, made once for each state of suggestions and catalogue."""
    key = f"{name}:{pk}:{get_language()}:{current_version()}:{_state(pk)}"
    html: SafeString | None = caches[CACHE_ALIAS].get(key)
    if html is None:
        html = make()
        caches[CACHE_ALIAS].set(key, html)
    return html


def _state(pk: str, *_words: str) -> str:
    return hashlib.blake2b(repr(_standing(int(pk))).encode(), digest_size=12).hexdigest()


suggest = PageSlot(_suggest)
suggest_new = PageSlot(_suggest_new)
community = PageSlot(_community, _state)
open_cells = PageSlot(_open_cells, _state)
