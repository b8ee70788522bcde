"""What it costs to notify 10,000 people of one major change: `python -m benchmarks.fanout`.

People and watches are created in a temporary SQLite database or, with scripts/with-postgres before the
command, in that PostgreSQL. People are notified twice: the first change creates notices, the second is added to
unread ones. Memory is the peak of the measuring process, and how much of it came with publishing and notifying.
"""

import argparse

from benchmarks.site import provide_database, run_inside

PEOPLE = 10_000


def main() -> None:
    """Fill a database and measure, each in its own process, so that the memory of filling is not measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fanout", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help=f"who watch the skill (default: {PEOPLE})")
    people = parser.parse_args().people
    with provide_database("fanout") as variables:
        run_inside(variables, "fanout", "fill", str(people))
        run_inside(variables, "fanout", "measure", str(people))


if __name__ == "__main__":
    main()
