"""Automatic checks of a proposed matrix, cell by cell, before a reviewer has to read it.

A blocking finding cannot be submitted; a warning may be confirmed, because a rule of thumb
can be wrong; a note is only shown. Texts are English or German; the rules know phrases of both languages.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from skills.content.matrix import Cell, Matrix, Place, find_differences
from skills.models import Obligation
from skills.models.catalogue import DESCRIPTION_MAX_LENGTH
from skills.text.blank import displays_nothing
from skills.text.characters import split_words
from skills.text.word_difference import is_similar

NEAR_COPY_SIMILARITY = 0.9
"""From this similarity on (1 is equal), two levels require nearly the same."""
MIN_COMPARED_WORDS = 5
"""Shorter texts are similar by chance."""

# Phrases by which a text says that someone else is responsible for the work: "under close supervision", "assists".
_DEPENDENT = re.compile(
    r"\b(under (?:\w+ )?(?:supervision|guidance)|with (?:\w+ )?(?:supervision|guidance|help|support)|assists?|learns?"
    r"|unter (?:\w+ )?(?:anleitung|aufsicht)|mit (?:\w+ )?(?:anleitung|hilfe|unterstützung)|unterstützt bei|lernt)\b",
    re.IGNORECASE,
)
# Beginnings that name no action: "You are able to deal with …", "Is responsible for …", "Hat gute Kenntnisse …".
_EMPTY = re.compile(
    r"^\W*(?:you (?:can|are able to)\W+)?(?:is|be|are)? ?"
    r"(knows? about|knows?|(?:is |are )?familiar with|has (?:good |basic |some )?knowledge of|is aware of|deals? with"
    r"|is responsible for|kennt|weiß|hat (?:gute |grund)?kenntnisse|ist vertraut mit|ist zuständig für"
    r"|beschäftigt sich mit|befasst sich mit)\b",
    re.IGNORECASE,
)


class Rule(StrEnum):
    """The rule behind a finding. Those in `BLOCKING` block, the others warn."""

    NOTHING_CHANGES = "nothing_changes"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    WEAKER_THAN_BELOW = "weaker_than_below"  # needs supervision, where the next lower level needs none
    TURNS_OPTIONAL = "turns_optional"  # optional, where the next lower level is mandatory
    NEAR_COPY = "near_copy"  # nearly the text of another level of the track
    EMPTY_VERB = "empty_verb"  # begins with a phrase that names no action
    SIMILAR_NAME = "similar_name"  # a reader may take the name for that of another skill
    INVISIBLE = "invisible"  # has characters that no reader sees or needs
    TOO_MANY_INVISIBLE = "too_many_invisible"  # has so many of them that `require_valid_change` refuses the text
    OTHER_SPACE = "other_space"  # has a no-break space where a space was
    USUAL_INVISIBLE = "usual_invisible"  # has invisible characters that its script needs, or soft hyphens


BLOCKING = frozenset({Rule.NOTHING_CHANGES, Rule.EMPTY, Rule.TOO_LONG, Rule.TOO_MANY_INVISIBLE})
NOTES = frozenset({Rule.USUAL_INVISIBLE})
"""Rules whose findings are shown only: nobody has to confirm them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One objection to a proposed matrix.

    `place` is the cell it is about, None for the matrix as a whole or the name; `reason` is in the reader's language.
    `url` is the page of what the reason names, '' if there is none.
    """

    rule: Rule
    place: Place | None
    reason: str
    url: str = ""

    @property
    def is_blocking(self) -> bool:
        """Whether the matrix cannot be submitted before this is corrected."""
        return self.rule in BLOCKING

    @property
    def is_note(self) -> bool:
        """Whether it is only shown, and neither blocks nor has to be confirmed."""
        return self.rule in NOTES

    @property
    def is_warning(self) -> bool:
        """Whether the author has to confirm that this is intended."""
        return not self.is_blocking and not self.is_note


@dataclass(frozen=True, slots=True)
class LevelName:
    """A level as a finding names it: `slug` is `Level.slug`."""

    slug: str
    name: str


type NamedTrack = Sequence[LevelName]  # one ladder, lowest level first


def check_matrix(today: Matrix, proposed: Matrix, tracks: Sequence[NamedTrack]) -> list[Finding]:
    """Return the findings against changing the matrix from `today` to `proposed`, ordered by place.

    Only new and changed cells are checked, not removed ones. `tracks` are the framework's ladders.
    An unchanged matrix has the single finding `NOTHING_CHANGES`.
    """
    changed_cells = {cell.place: cell.after for cell in find_differences(today, proposed) if cell.after is not None}
    if today == proposed:
        return [Finding(Rule.NOTHING_CHANGES, None, _("Nothing is changed against today's text."))]
    findings: list[Finding] = []
    for place, cell in changed_cells.items():
        findings += _check_cell(place, cell)
        findings += _check_ladder(place, cell, proposed, tracks)
    return findings


def _check_cell(place: Place, cell: Cell) -> Iterator[Finding]:
    """Yield the findings against one cell by itself."""
    if displays_nothing(cell.description):
        yield Finding(Rule.EMPTY, place, _("A requirement needs a description."))
    if len(cell.description) > DESCRIPTION_MAX_LENGTH:
        reason = _("The text is longer than %(limit)s characters.") % {"limit": DESCRIPTION_MAX_LENGTH}
        yield Finding(Rule.TOO_LONG, place, reason)
    if match := _EMPTY.search(cell.description):
        reason = _("“%(words)s” says little: write what a person does.") % {"words": match[1]}
        yield Finding(Rule.EMPTY_VERB, place, reason)


def _check_ladder(place: Place, cell: Cell, proposed: Matrix, tracks: Sequence[NamedTrack]) -> Iterator[Finding]:
    """Yield the findings from comparing a cell with the cells of the same role at other levels of its track."""
    # A level that the framework does not have is on no track: nothing is compared.
    track = next((track for track in tracks if any(level.slug == place.level for level in track)), ())
    slugs = [level.slug for level in track]
    others = [(level, proposed.get(Place(place.role, level.slug))) for level in track if level.slug != place.level]
    present = [(level, other) for level, other in others if other is not None]
    below = [(level, other) for level, other in present if slugs.index(level.slug) < slugs.index(place.level)]
    if below:
        # The nearest lower level with a cell; levels without a requirement are skipped.
        yield from _compare_with_lower_level(place, cell, *below[-1])
    for level, other in present:
        if _is_near_copy(cell, other):
            reason = _("%(level)s has nearly the same text: what is different here?") % {"level": level.name}
            yield Finding(Rule.NEAR_COPY, place, reason)
            break  # one such finding is enough for a cell


def _compare_with_lower_level(place: Place, cell: Cell, level: LevelName, below: Cell) -> Iterator[Finding]:
    """Yield the findings if a cell requires less than `below`, the cell of the next lower level."""
    match = _DEPENDENT.search(cell.description)
    if match and not _DEPENDENT.search(below.description):
        reason = _("“%(words)s” asks less than %(level)s, which says nothing like it.")
        yield Finding(Rule.WEAKER_THAN_BELOW, place, reason % {"words": match[0], "level": level.name})
    if below.obligation == Obligation.MANDATORY and cell.obligation == Obligation.OPTIONAL:
        reason = _("It is mandatory at %(level)s already; higher up it would become optional.") % {"level": level.name}
        yield Finding(Rule.TURNS_OPTIONAL, place, reason)


def _is_near_copy(cell: Cell, other: Cell) -> bool:
    word_counts = [len(split_words(text)) for text in (cell.description, other.description)]
    is_long_enough = min(word_counts) >= MIN_COMPARED_WORDS
    return is_long_enough and is_similar(cell.description, other.description, NEAR_COPY_SIMILARITY)
