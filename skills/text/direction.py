"""The direction in which a language is written, and marks that keep it apart from the text around it."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

RIGHT_TO_LEFT_LANGUAGES = frozenset(
    ["ar", "arc", "ckb", "dv", "fa", "he", "khw", "ks", "mzn", "nqo", "pnb", "prs", "ps", "sd", "syr", "ug", "ur", "yi"]
)
RIGHT_TO_LEFT_SCRIPTS = frozenset(["adlm", "arab", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"])
SCRIPT_LENGTH = 4  # letters; no other subtag has as many: "az-Arab-IR"
# First strong isolate and pop directional isolate: the text between them does not affect the text around it.
ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


@lru_cache(maxsize=100)
def get_direction(language: str) -> str:
    """Return "rtl" or "ltr" for a language code such as "ar", "fa-IR" or "az-Arab".

    A script in the code decides, as in "az-Arab" or "ar-Latn"; without one the language does.
    """
    subtags = language.lower().replace("_", "-").split("-")
    for subtag in subtags[1:]:
        if len(subtag) == SCRIPT_LENGTH and subtag.isalpha():
            return "rtl" if subtag in RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if subtags[0] in RIGHT_TO_LEFT_LANGUAGES else "ltr"


@lru_cache(maxsize=100)
def format_language_attributes(language: str) -> SafeString:
    """Return the HTML attributes of an element whose content is in a language: `lang="ar" dir="rtl"`.

    An element with `dir` is isolated from the text around it.
    """
    return format_html('lang="{}" dir="{}"', language, get_direction(language))


def isolate(text: str, language: str) -> str:
    """Return a text for plain text such as a mail, isolated from its surroundings if it is written right to left.

    Other texts are returned as they are: some mail programs show the marks as boxes.
    """
    return f"{ISOLATE}{text}{POP_ISOLATE}" if text and get_direction(language) == "rtl" else text
