"""How long Markdown of the longest comment takes: `python -m benchmarks.rendering`.

Besides ordinary words, the worst texts that were found: those just within what is read as Markdown
(`skills/text/markdown.py`), by trying mixtures of marks and long runs between them; and some far beyond.
"""

import sys
from time import process_time

from skills.text import markdown

LENGTH = 10_000
TURNS = 3
PEOPLE = tuple((f"a{number}", "/de/people/a/") for number in range(20))


def _repeat_unit(unit: str, count: int, gap: str) -> str:
    """Repeat a mixture, with as much of a gap between as the longest comment has room for."""
    room = max(0, (LENGTH - len(unit) * count) // count)
    return (unit + (gap * room)[:room]) * count


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
    """Return the CPU time of rendering a text that is not kept yet, the best of some turns."""
    times = []
    for _ in range(TURNS):
        begin = process_time()
        markdown.render_once(text[:LENGTH], PEOPLE)
        times.append(process_time() - begin)
    return min(times) * 1000


def main() -> None:
    """Print the milliseconds for each text."""
    for name, text in WORST_TEXTS.items():
        sys.stdout.write(f"{name:32}{measure_milliseconds(text):6.1f} ms\n")


if __name__ == "__main__":
    main()
