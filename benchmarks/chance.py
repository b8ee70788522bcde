"""Random numbers that are the same in each run."""

import random


def build_random() -> random.Random:
    """Return a generator with a fixed seed, so that every run measures the same data."""
    return random.Random(1)  # noqa: S311 - nothing secret is made from it
