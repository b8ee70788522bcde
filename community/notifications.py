"""Telling people: from events to notices."""


def tell_unfinished() -> None:
    """Go on with events not everybody was told of."""


def prune() -> None:
    """Delete read notices that are old."""
