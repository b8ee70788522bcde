"""What fresh pages cost with a large catalogue: `python -m benchmarks.growth`.

Invented frameworks are loaded with `load_content` into a temporary SQLite database or, with
scripts/with-postgres before the command, into that PostgreSQL. A catalogue that is already in the database
of DATABASE_URL is measured without changes.
"""

import argparse

from benchmarks.site import provide_database, run_inside


def main() -> None:
    """Measure a catalogue with the given number of skills and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--skills", type=int, default=5000, help="of 20 requirements each (default: 5000)")
    skills = parser.parse_args().skills
    with provide_database("growth") as variables:
        run_inside({**variables, "BENCHMARK_FRESH": "1"}, "growth", "measure", variables["VAR_DIR"], str(skills))


if __name__ == "__main__":
    main()
