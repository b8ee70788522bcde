"""How long it takes to compare and to merge texts of the maximum length of a cell: `python -m benchmarks.differing`.

Besides an ordinary edit these are the slowest texts known: few different signs, with or without words between them.
"""

import sys
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter

from benchmarks.chance import build_random
from skills.text.word_difference import compare, merge

LENGTH = 8000  # characters of a text
TURNS = 5  # measurements of each pair; the median is printed
PUNCTUATION = "!?.,;:-#*+~$%&/()[]"

_random = build_random()


def main() -> None:
    """Print the milliseconds for each pair of texts."""
    for name, (before, after) in _build_pairs().items():
        difference = _measure_milliseconds(partial(compare, before, after))
        merged = _measure_milliseconds(partial(merge, before, after, after[::-1]))
        sys.stdout.write(f"{name:34}difference {difference:5.1f} ms, merge {merged:5.1f} ms\n")


def _build_pairs() -> dict[str, tuple[str, str]]:
    """Return the texts before and after a change, by a description of the pair."""
    words = [f"word{_random.randrange(400)}" for _ in range(LENGTH)]
    edited = [f"new{place}" if place % 7 == 0 else word for place, word in enumerate(words)]
    # Signs are compared one by one, so a text of two or nineteen different signs has very many equal tokens.
    return {
        "every seventh word is another one": (_join_tokens(words, " "), _join_tokens(edited, " ")),
        "two words in any order": (_join_tokens(_choose_tokens("ab"), " "), _join_tokens(_choose_tokens("ab"), " ")),
        "two signs in any order": (_join_tokens(_choose_tokens("!?")), _join_tokens(_choose_tokens("!?"))),
        "nineteen signs in any order": (
            _join_tokens(_choose_tokens(PUNCTUATION)),
            _join_tokens(_choose_tokens(PUNCTUATION)),
        ),
        "two ideographs in any order": (_join_tokens(_choose_tokens("学習")), _join_tokens(_choose_tokens("学習"))),
        "every seventh ideograph is new": (
            _join_tokens([_make_ideograph(word) for word in words]),
            _join_tokens(["新" if word.startswith("new") else _make_ideograph(word) for word in edited]),
        ),
        "flags": (_join_tokens(["\U0001f1e9\U0001f1ea"] * LENGTH), _join_tokens(["\U0001f1eb\U0001f1f7"] * LENGTH)),
        "nine signs between two words": (
            _join_tokens([f"x{place}{'!' * 18}U{place} " for place in range(400)]),
            _join_tokens([f"y{place}{'!?' * 9}U{place} " for place in range(400)]),
        ),
    }


def _make_ideograph(word: str) -> str:
    """Return an ideograph for a word with a number: "word7" gives always the same one."""
    return chr(0x4E00 + int(word.removeprefix("word")))


def _choose_tokens(tokens: str) -> list[str]:
    return _random.choices(tokens, k=LENGTH)


def _join_tokens(tokens: list[str], separator: str = "") -> str:
    return separator.join(tokens)[:LENGTH]


def _measure_milliseconds(action: Callable[[], object]) -> float:
    times = []
    for _ in range(TURNS):
        start = perf_counter()
        action()
        times.append(perf_counter() - start)
    return median(times) * 1000


if __name__ == "__main__":
    main()
