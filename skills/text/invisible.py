"""Find the characters of a text that readers do not see, such as bidi controls, and name them.

Some are needed: emoji are joined by one, Persian and Indian scripts need joiners, German authors type soft hyphens.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import regex
from django.utils.translation import gettext, gettext_lazy

# Letters whose shape depends on a joiner: of cursive scripts, and of Indian and related ones.
_JOINED = (
    r"\p{Arabic}\p{Syriac}\p{Nko}\p{Adlam}\p{Mandaic}\p{Mongolian}\p{Phags_Pa}\p{Devanagari}\p{Bengali}\p{Gurmukhi}"
    r"\p{Gujarati}\p{Oriya}\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Tibetan}\p{Khmer}\p{Myanmar}"
)
_RIGHT_TO_LEFT = regex.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_TAG_CHARACTERS = range(0xE0000, 0xE0080)
# The only flags of tag characters: England, Scotland and Wales. Others would hide a text behind a black flag.
_FLAGS = "|".join(
    "".join(chr(_TAG_CHARACTERS.start + ord(sign)) for sign in name) + "\U000e007f"
    for name in ("gbeng", "gbsct", "gbwls")
)
# Every character that is not drawn; most texts have none of them but spaces.
_NOT_DRAWN = (
    r"[[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\ufffc\U0001d159]"
    r"--[\x20\t\n\r\p{Prepended_Concatenation_Mark}]]"
)
# The groups name the use of a character. Equal ones behind the first of a direction, of a space or of no use have the
# same use: none of the others allows two of a kind. The look-behinds are short, so that no text takes long.
_USE = regex.compile(
    rf"""
    (?={_NOT_DRAWN}) (?:
    (?P<flag> (?<=\U0001f3f4)(?:{_FLAGS}) )
    | (?P<emoji>
        (?<=[\p{{Extended_Pictographic}}\p{{EMod}}\ufe0f])\u200d(?=\p{{Extended_Pictographic}})
        | (?<=[[\p{{Emoji}}--[0-9\#*]]--[\p{{Emoji_Presentation}}&&[\U00010000-\U0010ffff]]])[\ufe0e\ufe0f]
        | (?<=[0-9\#*])\ufe0f(?=\u20e3)
        | (?<=[\p{{Sm}}\p{{Myanmar}}\p{{Phags_Pa}}])\ufe00 | (?<=\p{{Mongolian}})[\u180b-\u180d\u180f]
    )
    | (?P<usual>
        (?<=[{_JOINED}])[\u200c\u200d] | (?<=\p{{L}}\p{{M}}?)\u00ad(?=\p{{L}})
        | (?<=\p{{Han}})[\ufe00-\ufe02\U000e0100-\U000e01ef]
        | (?<=[\p{{Emoji_Presentation}}&&[\U00010000-\U0010ffff]])[\ufe0e\ufe0f]
    )
    | (?P<direction> (?P<mark> [\u061c\u200e\u200f] )(?P=mark)* )
    | (?P<space> (?P<gap> \p{{Zs}} )(?P=gap)* )
    | (?P<suspicious> (?P<other> . )(?P=other)* )
    )
    """,
    regex.VERBOSE | regex.VERSION1 | regex.DOTALL,
)
MAX_SUSPICIOUS = 200
"""A text with more characters that no reader needs is refused: nobody could review it, and its pages would be huge."""


class Use(StrEnum):
    """Why an invisible character may be in a text."""

    EMOJI = "emoji"  # part of one emoji or letter, which shows it
    USUAL = "usual"  # its script needs it, it is a soft hyphen between letters, or chooses a form of an ideograph
    SPACE = "space"  # a space other than the usual one
    SUSPICIOUS = "suspicious"  # no reader needs it


@dataclass(frozen=True, slots=True)
class Invisible:
    """An invisible character at an index of a text, and how often it follows itself from there on."""

    place: int
    character: str
    use: Use
    count: int = 1

    @property
    def end(self) -> int:
        """The index behind the last of them."""
        return self.place + self.count


_NAMES = {
    0x00AD: gettext_lazy("soft hyphen"),
    0x00A0: gettext_lazy("no-break space"),
    0x061C: gettext_lazy("Arabic letter mark"),
    0x200B: gettext_lazy("zero-width space"),
    0x200C: gettext_lazy("zero-width non-joiner"),
    0x200D: gettext_lazy("zero-width joiner"),
    0x200E: gettext_lazy("left-to-right mark"),
    0x200F: gettext_lazy("right-to-left mark"),
    0x2007: gettext_lazy("figure space"),
    0x2028: gettext_lazy("line separator"),
    0x2029: gettext_lazy("paragraph separator"),
    0x202A: gettext_lazy("left-to-right embedding"),
    0x202B: gettext_lazy("right-to-left embedding"),
    0x202C: gettext_lazy("end of a change of direction"),
    0x202D: gettext_lazy("left-to-right override"),
    0x202E: gettext_lazy("right-to-left override"),
    0x202F: gettext_lazy("narrow no-break space"),
    0x2060: gettext_lazy("word joiner"),
    0x2066: gettext_lazy("left-to-right isolate"),
    0x2067: gettext_lazy("right-to-left isolate"),
    0x2068: gettext_lazy("first strong isolate"),
    0x2069: gettext_lazy("end of an isolate"),
    0xFEFF: gettext_lazy("byte order mark"),
}


def find_invisible(text: str) -> Iterator[Invisible]:
    """Yield the invisible characters of a text in their order, spaces other than the usual one included.

    Equal ones that follow each other are one. Line ends and tabs are not among them. Marks of direction are usual in
    a text with a script from right to left.
    """
    if text.isascii() and text.isprintable():
        return
    direction = Use.USUAL if _RIGHT_TO_LEFT.search(text) else Use.SUSPICIOUS
    uses = {use.value: use for use in Use} | {"direction": direction}
    for found in _USE.finditer(text):
        group, run, place = str(found.lastgroup), found[0], found.start()
        if group == "flag":
            yield from (Invisible(index, tag, Use.EMOJI) for index, tag in enumerate(run, place))
        else:
            yield Invisible(place, run[0], uses[group], len(run))


def explain_too_many(text: str) -> str:
    """Return why a text with more than `MAX_SUSPICIOUS` invisible characters that no reader needs is refused.

    The reason is in the reader's language, '' if the text has not so many.
    """
    number = 0
    for found in find_invisible(text):
        number += found.count if found.use is Use.SUSPICIOUS else 0
        if number > MAX_SUSPICIOUS:
            reason = gettext("The text has more than %(limit)s characters that no reader sees. Delete them.")
            return reason % {"limit": MAX_SUSPICIOUS}
    return ""


def format_code_point(character: str) -> str:
    """Return the number of a character as Unicode writes it: "U+202E".

    It has at least four hexadecimal digits.
    """
    return f"U+{ord(character):04X}"


def format_number(found: Invisible) -> str:
    """Return the number of an invisible character, and how often it follows itself: "U+200B", "U+200B ×3".

    It is the same in all languages.
    """
    return format_code_point(found.character) + (f" ×{found.count}" if found.count > 1 else "")


def get_character_name(character: str) -> str:
    """Return the name of an invisible character in the reader's language.

    A rare one has the English name that Unicode gives it.
    """
    if name := _NAMES.get(ord(character)):
        return str(name)
    if ord(character) in _TAG_CHARACTERS:
        return gettext("invisible tag character")
    if unicodedata.category(character) == "Cc":
        return gettext("control character")
    return unicodedata.name(character, "").lower() or gettext("invisible character")


def label_invisible(text: str) -> str:
    """Return a text with number and name in place of each invisible character that no reader needs.

    For plain text and Markdown: "a‹U+200B zero-width space›b". Behind `MAX_SUSPICIOUS` of them the number is enough.
    """
    parts: list[str] = []
    position = 0
    for found in find_invisible(text):
        if found.use is Use.SUSPICIOUS:
            label = format_number(found)
            if len(parts) < MAX_SUSPICIOUS * 2:  # a text and a label each
                label = f"{label} {get_character_name(found.character)}"
            parts += [text[position : found.place], f"‹{label}›"]
            position = found.end
    return "".join([*parts, text[position:]])
