"""Suggestions filed and accepted per second, and the queue of 20,000: `python -m benchmarks.reviewing`.

Members send forms to the site as `make run` starts it, each on a connection of their own: 1 at a
time, then 8. With scripts/with-postgres before the command the site's database is that PostgreSQL.
Each suggestion changes another cell; who accepts one has not filed it.
"""

import argparse

from benchmarks.site import prepare_site, provide_database, run_inside


def main() -> None:
    """Make the database, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reviewing", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="how long each measurement is (default: 5)")
    seconds = parser.parse_args().seconds
    with provide_database("reviewing") as variables:
        prepare_site(variables)
        run_inside(variables, "reviewing", "measure", str(seconds))


if __name__ == "__main__":
    main()
