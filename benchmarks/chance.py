"""Chance that is the same in each run."""

import random


def build_random() -> random.Random:
    """Return what draws the same numbers each time, so that every run measures the same."""
    return random.Random(1)  # noqa: S311 - nothing secret is made of it
