"""What it costs to tell 10,000 people of one major change: `python -m benchmarks.fanout`.

People and watches are made in a SQLite database that goes again or, with scripts/with-postgres
before the command, in that PostgreSQL. The change is told twice: notices are new first, then
added to. Memory is the most that the process of measuring ever held, and how much of it came with
publishing and telling.
"""

import argparse

from benchmarks.site import provide_database, run_inside

PEOPLE = 10_000


def main() -> None:
    """Fill a database and measure, each in a process of its own: the memory of filling is not what is measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fanout", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help=f"who watch the skill (default: {PEOPLE})")
    people = parser.parse_args().people
    with provide_database("fanout") as variables:
        run_inside(variables, "fanout", "fill", str(people))
        run_inside(variables, "fanout", "measure", str(people))


if __name__ == "__main__":
    main()
