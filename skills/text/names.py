"""Names of skills, groups, roles, domains, frameworks, levels and people: their normal form, and what they may hold.

A reader must see every character of a name, and must see something at all. User names have a rule of their own:
they are part of URLs (accounts/sign_in/usernames.py).
"""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from skills.text.characters import cut_text

JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: some scripts need them between letters, emoji sequences consist of them."""
VIRAMA = 9  # the Unicode combining class of viramas, with which Indic scripts use joiners
EMOJI_STYLE = "\ufe0f"  # asks for the colourful form of the symbol before it

# Control and format characters, surrogates, private use, unassigned, line and paragraph separator.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters, symbols and marks by their category, but nothing is drawn for them: Hangul fillers, the Braille blank,
# the object replacement, the grapheme joiner, Khmer vowels and variation selectors.
_HIDDEN = frozenset(
    "\u115f\u1160\u3164\uffa0\u2800\ufffc\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
)
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
        raise ValidationError(_("The name shows nothing: it needs a letter, a digit or a symbol."))


def find_hidden_character(name: str) -> str | None:
    """Return the first character of a name that a reader cannot see, None if there is none.

    Spaces are no hidden characters. Joiners are allowed where a script needs them, joiners and variation selectors
    in emoji and after ideographs.
    """
    # The spaces give the first and the last character of the name a neighbour.
    padded = f" {name} "
    for before, character, after in zip(padded, padded[1:], padded[2:], strict=False):
        if is_hidden(character) and not _is_needed(before, character, after):
            return character
    return None


def is_hidden(character: str) -> bool:
    """Return whether nothing is drawn for a character and it takes no space either.

    Spaces are not hidden, line ends and tabs are.
    """
    return character in _HIDDEN or unicodedata.category(character) in _HIDDEN_CATEGORIES


def has_ink(text: str) -> bool:
    """Return whether a text holds a letter, number, punctuation mark or symbol that is drawn.

    Spaces, hidden characters and combining marks alone are no ink.
    """
    return any(unicodedata.category(character)[0] in _INK_CATEGORIES and character not in _HIDDEN for character in text)


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


def _is_needed(before: str, character: str, after: str) -> bool:
    """Return whether a hidden character is needed between its two neighbours.

    Sources: RFC 5892, appendices A.1 and A.2, simplified for Arabic; UTS 51 for emoji.
    """
    if character in JOINERS:
        return _needs_joiner(before, after) or (character == JOINERS[1] and _joins_emoji(before, after))
    if character in {EMOJI_STYLE, "\ufe0e"}:
        # "1" + style + keycap is an emoji, too.
        return unicodedata.category(before) in {"So", "Sm"} or after == "\u20e3" or before in "\u203c\u2049"
    # Other variation selectors choose the form of an ideograph, as in Japanese names.
    is_selector = "\ufe00" <= character <= "\ufe0f" or character >= "\U000e0100"
    return is_selector and character in _HIDDEN and unicodedata.name(before, "").startswith("CJK ")


def _needs_joiner(before: str, after: str) -> bool:
    """Return whether a script needs a joiner here: with a virama, or between two Arabic letters ("AL")."""
    with_virama = VIRAMA in (unicodedata.combining(before), unicodedata.combining(after))
    is_in_arabic = unicodedata.bidirectional(before) == "AL" == unicodedata.bidirectional(after)
    return with_virama or is_in_arabic


def _joins_emoji(before: str, after: str) -> bool:
    """Return whether a joiner connects two emoji; the first may have a skin tone (category Sk) or a style."""
    return (unicodedata.category(before) in {"So", "Sk"} or before == EMOJI_STYLE) and unicodedata.category(
        after
    ) == "So"
