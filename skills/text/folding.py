"""Folded forms of texts: for the search, for sorting by name, and for finding names that look the same.

None of them depends on the database, whose own idea of upper case or of an order differs from server to server.
"""

import re
import unicodedata

KEY_MAX_LENGTH = 200  # characters of a stored key; decomposing can make a text longer

# Soft hyphen, zero-width space, joiners, marks of direction, variation selectors, tags and the byte order mark: they
# may be inside a word, but do not belong to it.
INVISIBLE_RANGES = (  # first and last code point
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E)),
    *((0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xE0000, 0xE007F), (0xE0100, 0xE01EF)),
)
INVISIBLE = "".join(f"{chr(first)}-{chr(last)}" for first, last in INVISIBLE_RANGES)  # for a class of an expression
# Combining marks; those with a class of their own are accents, which make no difference, the others are vowels.
MARKS = frozenset(char for char in map(chr, range(0x300, 0x1F000)) if unicodedata.category(char).startswith("M"))

# Letters that Unicode does not decompose, with their usual ASCII spelling, and characters that are left out:
# the invisible ones, accents and enclosing marks. All combining marks of Unicode are below the end of the range.
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | {char: "" for char in MARKS if unicodedata.combining(char) or unicodedata.category(char) == "Me"}
    | {chr(code): "" for first, last in INVISIBLE_RANGES for code in range(first, last + 1)}
)

# "ue" is read as an umlaut, except in "que". Several "e" in a row are all removed, so that folding a folded text
# again changes nothing.
_UMLAUT_SPELT_OUT = re.compile(r"([ao]|(?<!q)u)e+")

# Greek and Cyrillic letters that look like Latin ones, in small or capital form. The table of all characters that can
# be confused (UTS 39) has thousands more, most of which no keyboard types; the library confusable-homoglyphs, which
# contains it, compares single characters and takes megabytes in every process.
_LATIN_LOOKS = str.maketrans(
    "авеёзийкмнорстухьԁѕіјԛԝһґѵ" + "αβεζηικμνορτυχγωϲϳ",
    "abee3uukmhopctyxbdsijqwhrv" + "abezhikmnoptyxywcj",
)


def fold(text: str) -> str:
    """Return a text in lower case, without accents and umlauts.

    "ae", "oe" and "ue" are read as umlauts: "Ärger" and "Aerger" both become "arger".
    """
    return _UMLAUT_SPELT_OUT.sub(r"\1", _fold_letters(text))


def spell_out_signs(folded: str) -> str:
    """Replace three signs that belong to names with letters: "c++" becomes "cplusplus", "c#" "csharp".

    "♯", the sharp of music, is as good as "#". The third is "&", which becomes "and".
    """
    return folded.replace("+", "plus").replace("#", "sharp").replace("♯", "sharp").replace("&", "and")


def build_sort_key(name: str) -> str:
    """Return the text by which a name is sorted: "Ähnlichkeit" becomes "ahnlichkeit", as in a dictionary (DIN 5007-1).

    It has at most `KEY_MAX_LENGTH` characters. Names with the same key need another criterion behind it.
    """
    return _fold_letters(name)[:KEY_MAX_LENGTH]


def build_look_key(name: str) -> str:
    """Return a text that is the same for names that a reader may take for the same.

    It is folded, and has letters, vowel signs and digits only. Greek and Cyrillic letters count as the Latin ones
    they look like. "Öl-Wechsel" and "oelwechsel" have the same key, "C" and "C++" have not. It has at most
    `KEY_MAX_LENGTH` characters.
    """
    folded = spell_out_signs(fold(_fold_letters(name).translate(_LATIN_LOOKS)))
    letters = "".join(character for character in folded if character.isalnum() or character in MARKS)
    # A name of nothing but symbols is compared by these.
    return (letters or folded)[:KEY_MAX_LENGTH]


def normalize_case(name: str) -> str:
    """Return a form that is the same for names which differ in upper and lower case only.

    "Ölwechsel" and "ölwechsel" have the same, and so has either of them typed with a separate diaeresis.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _fold_letters(text: str) -> str:
    """Return a text in lower case and without accents; an umlaut becomes its vowel."""
    if not text.isascii():
        # Decompose a second time, because case folding can bring composed letters back.
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    return text.lower()
