"""Checks that every form of a member passes, and the pages that refuse one: guard, limits, traps, refusals."""
