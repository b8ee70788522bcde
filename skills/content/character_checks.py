"""Automatic checks of proposed texts for characters that no reader sees, such as bidi controls.

They can turn what a reviewer reads, or hide text and change how it is found. Needed ones are named as a note.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from skills.content.changes import FIELD_LABELS, FIELD_MAX_LENGTHS, Change, ChangeValue, Field
from skills.content.checks import Finding, Rule
from skills.content.matrix import Cell
from skills.text.invisible import Use, explain_too_many, find_invisible, format_code_point, get_character_name

MAX_NAMED = 12
"""A finding names so many different characters; more are only counted."""

_NO_BREAK_SPACES = "\u00a0\u2007\u202f"
_GAPS = re.compile(rf"([ {_NO_BREAK_SPACES}]+)")


def check_characters(changes: Sequence[Change]) -> list[Finding]:
    """Return a finding for each proposed text with invisible characters, which names each of them.

    Texts are the skill's own fields except its name, and the requirements. Needed characters are a note; very many
    others block.
    """
    findings: list[Finding] = []
    for change in changes:
        if change.place is None and (change.field not in FIELD_MAX_LENGTHS or change.field is Field.NAME):
            continue  # chosen from a list; a name with them is refused, see skills/text/names.py
        before, after = _join_texts(change.base), _join_texts(change.proposed)
        for rule, reason in _list_reasons(before, after):
            label = "" if change.place else f"{FIELD_LABELS[change.field]}: "
            findings.append(Finding(rule, change.place, label + reason))
    return findings


def _join_texts(value: ChangeValue) -> str:
    """Return the texts of a value as one, '' for none."""
    return f"{value.description}\n{value.proficiency}" if isinstance(value, Cell) else value or ""


def _list_reasons(before: str, after: str) -> Iterator[tuple[Rule, str]]:
    """Yield each rule that finds something in a text, with the reason; `before` is the text that it replaces."""
    if reason := explain_too_many(after):
        yield Rule.TOO_MANY_INVISIBLE, reason
        return
    counts: dict[Use, Counter[str]] = {use: Counter() for use in Use}
    for found in find_invisible(after):
        counts[found.use][found.character] += found.count
    if suspicious := counts[Use.SUSPICIOUS]:
        yield Rule.INVISIBLE, _("It has invisible characters: %(names)s.") % {"names": _name_all(suspicious)}
    if replaced := _count_replaced_spaces(before, after):
        reason = _("Other characters are in place of spaces: %(names)s.") % {"names": _name_all(replaced)}
        yield Rule.OTHER_SPACE, reason
    # Joiners of emoji are named; the other parts of an emoji are not: they are seen.
    joiners = Counter({char: count for char, count in counts[Use.EMOJI].items() if char == "\u200d"})
    if usual := counts[Use.USUAL] + joiners:
        reason = _("It has invisible characters that scripts, emoji and hyphenation need: %(names)s.")
        yield Rule.USUAL_INVISIBLE, reason % {"names": _name_all(usual)}


def _count_replaced_spaces(before: str, after: str) -> Counter[str]:
    """Return how often each no-break space is between two words that had a space between them before."""
    # "a b" gives "a", " ", "b": words are at even places, what is between them at odd ones.
    old, new = _GAPS.split(before), _GAPS.split(after)
    spaced_pairs = {(old[place - 1], old[place + 1]) for place in range(1, len(old), 2) if not old[place].strip(" ")}
    return Counter(
        character
        for place in range(1, len(new), 2)
        if (new[place - 1], new[place + 1]) in spaced_pairs
        for character in new[place].strip(" ")
        if character in _NO_BREAK_SPACES
    )


def _name_all(counts: Mapping[str, int]) -> str:
    """Return the characters with number and name, each with how often it occurs, for a sentence."""
    names = [
        ngettext("%(number)s %(name)s, %(count)d time", "%(number)s %(name)s, %(count)d times", count)
        % {"number": format_code_point(character), "name": get_character_name(character), "count": count}
        for character, count in islice(counts.items(), MAX_NAMED)
    ]
    if (more := len(counts) - MAX_NAMED) > 0:
        names.append(ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more})
    return "; ".join(names)
