"""How long it takes to render the Markdown of the longest comment: `python -m benchmarks.rendering`.

Besides ordinary words these are the slowest texts known, found by trying all pairs of 130 marks, repeated and nested.
"""

import sys
from time import process_time

from skills.text.markup import markdown

LENGTH = 10_000  # characters of the longest comment
TURNS = 3  # measurements of each text; the best one is printed
# People whom a comment may mention: user name and URL.
PEOPLE = tuple((f"a{number}", "/de/people/a/") for number in range(20))


# Longer ones are cut to LENGTH.
WORST_TEXTS = {
    "ordinary words": "What one says in a comment, at length. " * 256,
    "a table": "|a|b|\n|-|-|\n" + "|a|b|\n" * 1664,
    "a table of one column": "a|\n-|\n" + "x\n" * 2900,
    "a wide table of short rows": "a|" * 1600 + "\n" + "-|" * 1600 + "\n" + "b\n" * 1800,
    "lists of one item": "- a\n\n1. b\n\n" * 900,
    "lists in lists": "1) " * 3333,
    "quotations in quotations": "> " * 5000,
    "emphasis": "*a* " * 2500,
    "emphasis in emphasis": "*a " * 1600 + " a*" * 1700,
    "links": "[a](b)" * 1666,
    "images": "![a](b)" * 1428,
    "references": "[a]" * 3300 + "\n\n[a]: b",
    "footnotes": "".join(f"[^{number}]: x\n" for number in range(900)),
    "code": "`a` " * 2500,
    "lines": "a\n" * 5000,
    "link titles without end": '[a](b "' * 714 + "\n|" * 2500,
    "quoted link targets": ">" * 5000 + "[a]: b\n" * 714,
    "people": "@a1 " * 2500,
    "addresses": "https://a " * 1000,
    "an address with brackets": "https://a/" + "(" * 4990 + ")" * 4990,
    "brackets": "[" * LENGTH,
    "stars": "*" * LENGTH,
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
