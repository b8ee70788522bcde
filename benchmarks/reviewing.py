"""Suggestions submitted and accepted per second, and a queue of 20,000: `python -m benchmarks.reviewing`.

Members send forms to the site, started as `make run` does, each on their own connection: first 1 member, then 8 at
the same time. With scripts/with-postgres before the command the site's database is that PostgreSQL.
Each suggestion changes another cell; nobody accepts a suggestion of their own.
"""

import argparse

from benchmarks.site import prepare_site, provide_database, run_inside


def main() -> None:
    """Create the database, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reviewing", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="how long each measurement is (default: 5)")
    seconds = parser.parse_args().seconds
    with provide_database("reviewing") as variables:
        prepare_site(variables)
        run_inside(variables, "reviewing", "measure", str(seconds))


if __name__ == "__main__":
    main()
