"""How long it takes to render the Markdown of the longest comment: `python -m benchmarks.rendering`.

Besides ordinary words these are the slowest texts known, found by trying mixtures of marks with long runs between
them: texts just within the limits of what is read as Markdown (`skills/text/markdown.py`), and some far beyond.
"""

import sys
from time import process_time

from skills.text import markdown

LENGTH = 10_000  # characters of the longest comment
TURNS = 3  # measurements of each text; the best one is printed
# People whom a comment may mention: user name and URL.
PEOPLE = tuple((f"a{number}", "/de/people/a/") for number in range(20))


def _repeat_unit(unit: str, count: int, gap: str) -> str:
    """Repeat `unit` with as much of `gap` after each as fits into the longest comment."""
    room = max(0, (LENGTH - len(unit) * count) // count)
    return (unit + (gap * room)[:room]) * count


# The counts (500, 250, 39 …) are just within the limits of skills/text/markdown.py; the last three go far beyond.
WORST_TEXTS = {
    "ordinary words": "What one says in a comment, at length. " * 256,
    "many lines that name people": _repeat_unit("\n", 500, "@a1 "),
    "addresses that name people": _repeat_unit("<http://a>", 250, "@a1 "),
    "seven links never closed": "[a" * 7 + "@a1 " * 2496,
    "two links never closed": "[" * 2 + ":" * (LENGTH - 2),
    "forty links closed at the end": _repeat_unit("[", 39, "x") + "]" * 40,
    "a table": "|-|-|\n" + "|a|b|\n" * 124,
    "a list": "- a\n" * 250,
    "hard breaks": _repeat_unit("!|  \n", 166, "x "),
    "emphasis": _repeat_unit("*a*", 250, "x "),
    "addresses and nothing else": "https://a " * 1000,
    "ten thousand brackets": "[" * LENGTH,
    "ten thousand stars": "*" * LENGTH,
    "a list without end": "- a\n" * (LENGTH // 4),
}


def measure_milliseconds(text: str) -> float:
    """Return the processor time in milliseconds that rendering a text takes, without its cache.

    The best of TURNS measurements, because other processes can only make one slower.
    """
    times = []
    for _ in range(TURNS):
        start = process_time()
        markdown.render_once(text[:LENGTH], PEOPLE)
        times.append(process_time() - start)
    return min(times) * 1000


def main() -> None:
    """Print the milliseconds for each text."""
    for name, text in WORST_TEXTS.items():
        sys.stdout.write(f"{name:32}{measure_milliseconds(text):6.1f} ms\n")


if __name__ == "__main__":
    main()
