"""What fresh pages cost when the catalogue is large: `python -m benchmarks.growth`.

Made-up frameworks are loaded through the product's own loader, into a SQLite database that
goes again or, with scripts/with-postgres before the command, into that PostgreSQL. A catalogue
that is already in the database of DATABASE_URL is measured as it is.
"""

import argparse

from benchmarks.site import provide_database, run_inside


def main() -> None:
    """Measure a catalogue of so many skills and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--skills", type=int, default=5000, help="of 20 requirements each (default: 5000)")
    skills = parser.parse_args().skills
    with provide_database("growth") as variables:
        run_inside({**variables, "BENCHMARK_FRESH": "1"}, "growth", "measure", variables["VAR_DIR"], str(skills))


if __name__ == "__main__":
    main()
