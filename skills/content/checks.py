"""What speaks against a proposed table, cell by cell, before anybody has to read it.

Blocking findings cannot be submitted; warnings may be confirmed, since a rule of thumb
can be wrong. Texts are English or German; the rules know words of both.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from skills.content.matrix import Cell, Matrix, Place, find_differences
from skills.models import Obligation
from skills.models.catalogue import DESCRIPTION_MAX_LENGTH
from skills.text.word_difference import is_similar

NEAR_COPY = 0.9
"""From this similarity on, two levels ask nearly the same."""
SHORTEST_COMPARED = 5
"""Texts of fewer words are alike by chance."""

# Words by which a text says that somebody else carries the work, and empty ways to begin a requirement.
_DEPENDENT = re.compile(
    r"\b(under (?:\w+ )?(?:supervision|guidance)|with (?:\w+ )?(?:supervision|guidance|help|support)|assists?|learns?"
    r"|unter (?:\w+ )?(?:anleitung|aufsicht)|mit (?:\w+ )?(?:anleitung|hilfe|unterstützung)|unterstützt bei|lernt)\b",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"^\W*(?:you (?:can|are able to)\W+)?(?:is|be|are)? ?"
    r"(knows? about|knows?|(?:is |are )?familiar with|has (?:good |basic |some )?knowledge of|is aware of|deals? with"
    r"|is responsible for|kennt|weiß|hat (?:gute |grund)?kenntnisse|ist vertraut mit|ist zuständig für"
    r"|beschäftigt sich mit|befasst sich mit)\b",
    re.IGNORECASE,
)


class Rule(StrEnum):
    """What a finding is about. Each rule is either blocking or a warning."""

    NOTHING_CHANGES = "nothing_changes"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    WEAKER_THAN_BELOW = "weaker_than_below"
    TURNS_OPTIONAL = "turns_optional"
    NEAR_COPY = "near_copy"
    EMPTY_VERB = "empty_verb"


BLOCKING = frozenset({Rule.NOTHING_CHANGES, Rule.EMPTY, Rule.TOO_LONG})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a cell: which rule, where (None for all), and why in the reader's language."""

    rule: Rule
    place: Place | None
    reason: str

    @property
    def is_blocking(self) -> bool:
        """Whether nothing can be submitted while it stands."""
        return self.rule in BLOCKING


@dataclass(frozen=True, slots=True)
class LevelName:
    """A level as a finding names it: `slug` is `Level.slug`."""

    slug: str
    name: str


type NamedTrack = Sequence[LevelName]  # one ladder, lowest level first


def check_matrix(today: Matrix, proposed: Matrix, tracks: Sequence[NamedTrack]) -> list[Finding]:
    """Return what speaks against turning today's table into the proposed one; only changed cells are judged."""
    changed = {cell.place: cell.after for cell in find_differences(today, proposed) if cell.after is not None}
    if today == proposed:
        return [Finding(Rule.NOTHING_CHANGES, None, _("Nothing is changed against today's text."))]
    found: list[Finding] = []
    for place, cell in changed.items():
        found += _check_cell(place, cell)
        found += _check_ladder(place, cell, proposed, tracks)
    return found


def _check_cell(place: Place, cell: Cell) -> Iterator[Finding]:
    if not cell.description.strip():
        yield Finding(Rule.EMPTY, place, _("A requirement needs a description."))
    if len(cell.description) > DESCRIPTION_MAX_LENGTH:
        why = _("The text is longer than %(limit)s characters.") % {"limit": DESCRIPTION_MAX_LENGTH}
        yield Finding(Rule.TOO_LONG, place, why)
    if empty := _EMPTY.search(cell.description):
        why = _("“%(words)s” says little: write what somebody does.") % {"words": empty[1]}
        yield Finding(Rule.EMPTY_VERB, place, why)


def _check_ladder(place: Place, cell: Cell, proposed: Matrix, tracks: Sequence[NamedTrack]) -> Iterator[Finding]:
    """Compare a cell with the same role's other levels of its track."""
    track = next((track for track in tracks if any(level.slug == place.level for level in track)), ())
    slugs = [level.slug for level in track]
    others = [(level, proposed.get(Place(place.role, level.slug))) for level in track if level.slug != place.level]
    present = [(level, other) for level, other in others if other is not None]
    below = [(level, other) for level, other in present if slugs.index(level.slug) < slugs.index(place.level)]
    if below:
        yield from _compare_with_lower_level(place, cell, *below[-1])
    for level, other in present:
        if _is_near_copy(cell, other):
            why = _("Nearly the same text stands at %(level)s: what is different here?") % {"level": level.name}
            yield Finding(Rule.NEAR_COPY, place, why)
            break


def _compare_with_lower_level(place: Place, cell: Cell, level: LevelName, below: Cell) -> Iterator[Finding]:
    dependent = _DEPENDENT.search(cell.description)
    if dependent and not _DEPENDENT.search(below.description):
        why = _("“%(words)s” asks less than %(level)s, where nothing like it stands.")
        yield Finding(Rule.WEAKER_THAN_BELOW, place, why % {"words": dependent[0], "level": level.name})
    if below.obligation == Obligation.MANDATORY and cell.obligation == Obligation.OPTIONAL:
        why = _("It is mandatory at %(level)s already; higher up it would turn optional.") % {"level": level.name}
        yield Finding(Rule.TURNS_OPTIONAL, place, why)


def _is_near_copy(cell: Cell, other: Cell) -> bool:
    lengths = [len(re.findall(r"\w+", text)) for text in (cell.description, other.description)]
    return min(lengths) >= SHORTEST_COMPARED and is_similar(cell.description, other.description, NEAR_COPY)
