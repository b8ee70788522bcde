"""What suggestions show on the page of a skill, see skills/page_slots.py."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from community import suggestion_listing
from community.models import Suggestion
from community.suggestion_listing import BLOCK_SIZE
from community.suggestions.places import places_of
from skills.matrix import Place
from skills.models import Skill
from skills.page_slots import Slot, asked_once

_open_places = asked_once(suggestion_listing.open_places)


@asked_once
def _block(skill: int) -> list[Suggestion]:
    return list(suggestion_listing.of_skill(skill)[:BLOCK_SIZE])


def _suggest(request: HttpRequest, slug: str) -> str:
    """The way to the form; strangers are led through signing in and back to it."""
    return render_to_string("community/slots/suggest.html", {"slug": slug, "user": request.user})


def _community(request: HttpRequest, pk: str, slug: str, name: str) -> str:  # noqa: ARG001 (all readers see the same)
    """The latest suggestions, undecided ones first."""
    context = {"suggestions": _block(int(pk)), "slug": slug, "name": name}
    return render_to_string("community/slots/community.html", context)


def _community_state(pk: str, *_words: str) -> str:
    return _digest([(row.pk, row.state, row.reason, *_figures(row)) for row in _block(int(pk))])


def _figures(row: Any) -> tuple[object, ...]:
    return row.submitted_at, row.author and row.author.get_full_name(), row.score, row.change_count


def _open_cells(request: HttpRequest, pk: str) -> str:  # noqa: ARG001 (all readers see the same)
    """Which cells an open suggestion touches, in words; static/js/app.js puts a dot to each of them."""
    places = _open_places(int(pk))
    if not places:
        return ""
    skill = Skill.objects.select_related("framework").get(pk=pk)
    known = places_of(skill.framework_id)
    cells = [
        (known.roles[role], step)
        for role, level in places
        if role in known.roles and (step := known.step(Place(role, level)))
    ]
    return render_to_string("community/slots/open_cells.html", {"cells": cells, "skill": skill})


def _open_cells_state(pk: str) -> str:
    return _digest(_open_places(int(pk)))


def _digest(rows: Sequence[tuple[object, ...]]) -> str:
    return hashlib.blake2b(repr(rows).encode(), digest_size=12).hexdigest() if rows else ""


suggest = Slot(_suggest)
community = Slot(_community, _community_state)
open_cells = Slot(_open_cells, _open_cells_state)
