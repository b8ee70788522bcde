"""Show where the words of a search occur: an excerpt of a text, and marks around the matching words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString

from skills.search.text import WORD, fold_word, may_contain
from skills.text.characters import find_boundary, find_runs, is_spaceless, split_characters
from skills.text.markup.plain import render_plain

EXCERPT_LENGTH = 200  # characters


def mark(text: str, words: Iterable[str]) -> SafeString:
    """Return a text as safe HTML with `<mark>` around each matching word.

    `words` are folded, as `split_words` returns them; a word of the text matches if it begins with one of them. In
    scripts without spaces the matching characters alone are marked.
    """
    pieces, position = [], 0
    for begin, end in _find_matches(text, words):
        pieces.append((text[position:begin], text[begin:end]))
        position = end
    return format_html_join("", "{}<mark>{}</mark>", pieces) + escape(text[position:])


def build_excerpt(text: str, words: Iterable[str], length: int = EXCERPT_LENGTH) -> str:
    """Return about `length` characters of a Markdown text around the first match, as plain text.

    `words` are as in `mark`; without a match, the excerpt is the beginning of the text. An ellipsis marks
    where something is left out.
    """
    plain = strip_markdown(text)
    if len(plain) <= length:
        return plain
    first = next((begin for begin, _end in _find_matches(plain, words)), 0)
    begin = find_boundary(plain, _find_cut_start(plain, first, length))
    end = find_boundary(plain, begin + length)
    # End at a space after the match, so that no word is cut; one very long word is cut nevertheless.
    if end < len(plain) and not is_spaceless(plain[end]):
        space = plain.rfind(" ", first + 1, end + 1)
        end = space if space > 0 else end
    cut = plain[begin:end].strip()
    return f"{'… ' if begin else ''}{cut}{' …' if end < len(plain) else ''}"


def strip_markdown(text: str) -> str:
    """Return a Markdown text as one line of plain text.

    Marks of lists, emphasis and code are removed, and the addresses of links; the texts of links stay.
    """
    return " ".join(render_plain(text, has_bullets=False).split())


def _find_cut_start(plain: str, first: int, length: int) -> int:
    """Return where the excerpt begins: a quarter of it before the match, at the beginning of a word if possible."""
    start = min(first - length // 4, len(plain) - length)
    if start <= 0:
        return 0
    if is_spaceless(plain[start]):
        return start
    space = plain.find(" ", start, first)
    return space + 1 if space >= 0 else min(first, start)


def _find_matches(text: str, words: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each word of the text that begins with one of the folded words."""
    prefixes = tuple(dict.fromkeys(words))
    # Folding word by word is slow, so a text that cannot have a match is ruled out first.
    if not prefixes or not may_contain(text, prefixes):
        return
    pairs = _group_pairs(prefixes)
    for match in WORD.finditer(text):
        begin = match.start()
        for run, is_by_character in find_runs(match[0]):
            if is_by_character:
                yield from _find_pairs(run, begin, pairs)
            elif fold_word(run).startswith(prefixes):
                yield begin, begin + len(run)
            begin += len(run)


def _group_pairs(prefixes: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return the folded words that count in scripts without spaces, by their first code point."""
    # The last character of a query is a word by itself, see `split_words`; it counts only where it was typed alone.
    seconds = {word[len(split_characters(word)[0]) :] for word in prefixes}
    pairs: dict[str, list[str]] = {}
    for word in prefixes:
        if word not in seconds:
            pairs.setdefault(word[0], []).append(word)
    return pairs


def _find_pairs(run: str, begin: int, pairs: Mapping[str, Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each part of a run without spaces in which the folded words follow each other.

    `begin` is the index of the run in its text; `pairs` comes from `_group_pairs`.
    """
    units = list(_fold_characters(run, begin))
    found: list[tuple[int, int]] = []
    for (folded, first, last), (following, _first, next_last) in pairwise([*units, ("", 0, units[-1][2])]):
        lengths = [len(word) for word in pairs.get(folded[:1], ()) if (folded + following).startswith(word)]
        if not lengths:
            continue
        end = last if max(lengths) <= len(folded) else next_last
        # Parts that touch or overlap are one: "機械" and "械学" are "機械学".
        start = found.pop()[0] if found and first <= found[-1][1] else first
        found.append((start, end))
    yield from found


def _fold_characters(run: str, begin: int) -> Iterator[tuple[str, int, int]]:
    """Yield the folded characters of a run, each with begin and end of the character that it comes from.

    Folding can make several of one, as of the Thai vowel "am".
    """
    for character in split_characters(run):
        end = begin + len(character)
        for part in split_characters(fold_word(character)):
            yield part, begin, end
        begin = end
