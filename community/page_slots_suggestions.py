"""What suggestions show on the page of a skill, see skills/page_slots.py."""

import hashlib
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string

from community import suggestion_listing
from community.suggestion_listing import BLOCK_SIZE
from community.suggestions.places import places_of
from skills.matrix import Place
from skills.models import Skill
from skills.page_slots import Slot


def _suggest(request: HttpRequest, pk: str) -> str:
    """The way to the form; strangers are led through signing in and back to it."""
    slug = Skill.objects.values_list("slug", flat=True).get(pk=pk)
    return render_to_string("community/slots/suggest.html", {"slug": slug, "user": request.user})


def _community(request: HttpRequest, pk: str) -> str:  # noqa: ARG001 (all readers see the same)
    """The latest suggestions, undecided ones first."""
    rows = list(suggestion_listing.of_skill(int(pk))[:BLOCK_SIZE])
    skill = rows[0].skill if rows else Skill.objects.select_related("framework").get(pk=pk)
    return render_to_string("community/slots/community.html", {"suggestions": rows, "skill": skill})


def _community_state(pk: str) -> str:
    shown = ("pk", "state", "reason", "submitted_at", "author__name", "author__username", "score", "change_count")
    rows: QuerySet[Any, Any] = suggestion_listing.of_skill(int(pk))
    return _digest(list(rows.values_list(*shown)[:BLOCK_SIZE]))


def _open_cells(request: HttpRequest, pk: str) -> str:  # noqa: ARG001 (all readers see the same)
    """Which cells an open suggestion touches, in words; static/js/app.js puts a dot to each of them."""
    places = suggestion_listing.open_places(int(pk))
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
    return _digest(suggestion_listing.open_places(int(pk)))


def _digest(rows: list[tuple[object, ...]] | list[tuple[str, str]]) -> str:
    return hashlib.blake2b(repr(rows).encode(), digest_size=12).hexdigest() if rows else ""


suggest = Slot(_suggest)
community = Slot(_community, _community_state)
open_cells = Slot(_open_cells, _open_cells_state)
