"""Names of skills, groups, roles, domains, frameworks, levels and people: their normal form, and what they may hold.

A reader must see every character of a name, and must see something at all. User names have a rule of their own:
they are part of URLs (accounts/sign_in/usernames.py).
"""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from skills.text.characters import cut_text
from skills.text.invisible import Use, find_invisible

JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: some scripts need them between letters, emoji sequences consist of them."""
VIRAMA = 9  # the Unicode combining class of viramas, with which Indic scripts use joiners

# Control characters, surrogates, private use, unassigned: what no reader sees besides the invisible ones.
_UNKNOWN_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})
_INK_CATEGORIES = frozenset("LNPS")  # letters, numbers, punctuation, symbols; marks need a letter to be drawn on


def normalize_name(text: str) -> str:
    """Return a name in its normal form: composed characters (NFC), single spaces, none at its ends.

    Every white space of Unicode counts, such as a no-break space or a line end. Names are stored in this form;
    whether it is a good name is checked by `check_name`.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def check_name(name: str) -> None:
    """Raise `ValidationError` if a name holds a hidden character, or nothing that a reader sees.

    The message names the character by its code point. An empty name passes: whether one is needed is the field's rule.
    """
    if hidden := find_hidden_character(name):
        code = f"U+{ord(hidden):04X}"
        raise ValidationError(_("The name contains a character that cannot be shown (%(code)s).") % {"code": code})
    if name and not has_ink(name):
        raise ValidationError(_("Nothing of this name can be seen: it needs a letter, digit or symbol."))


def find_hidden_character(name: str) -> str | None:
    """Return the first character of a name that a reader cannot see, None if there is none.

    Spaces are no hidden characters. Joiners are allowed where a script needs them, joiners and variation selectors
    in emoji and after ideographs; `skills.text.invisible` knows all of them.
    """
    if name.isascii() and name.isprintable():
        return None
    uses = {found.place: found.use for found in find_invisible(name)}
    for place, character in enumerate(name):
        if place in uses:
            is_hidden = not _is_needed(name, place, uses[place])
        else:
            is_hidden = unicodedata.category(character) in _UNKNOWN_CATEGORIES
        if is_hidden:
            return character
    return None


def has_ink(text: str) -> bool:
    """Return whether a text holds a letter, number, punctuation mark or symbol that is drawn.

    Spaces, hidden characters and combining marks alone are no ink.
    """
    return any(
        unicodedata.category(character)[0] in _INK_CATEGORIES and not any(find_invisible(character))
        for character in text
    )


def repair_name(text: str, max_length: int) -> str:
    """Return a name in its normal form, without hidden characters and of at most `max_length` characters.

    For names from servers, where nobody can be asked for a better one; '' if nothing is left to be seen.
    """
    name = normalize_name(text)
    while hidden := find_hidden_character(name):
        name = normalize_name(name.replace(hidden, ""))
    name = cut_text(name, max_length).strip()
    # Cut between a letter and its marks, or behind a joiner, it may need another repair.
    if find_hidden_character(name):
        return repair_name(name, max_length)
    return name if has_ink(name) else ""


def _is_needed(name: str, place: int, use: Use) -> bool:
    """Return whether an invisible character of this use is needed at its place in a name.

    A name needs no soft hyphens and no marks of direction, which are usual in texts.
    """
    if use is Use.USUAL and name[place] in JOINERS:
        # The spaces give the first and the last character a neighbour.
        return _needs_joiner(*f" {name} "[place : place + 3 : 2])
    # Of the form of an ideograph or an emoji.
    is_selector = use is Use.USUAL and unicodedata.category(name[place]) == "Mn"
    return is_selector or use in {Use.EMOJI, Use.SPACE}


def _needs_joiner(before: str, after: str) -> bool:
    """Return whether a script needs a joiner here: with a virama, or between two Arabic letters ("AL").

    Source: RFC 5892, appendices A.1 and A.2, simplified for Arabic.
    """
    with_virama = VIRAMA in (unicodedata.combining(before), unicodedata.combining(after))
    is_in_arabic = unicodedata.bidirectional(before) == "AL" == unicodedata.bidirectional(after)
    return with_virama or is_in_arabic
