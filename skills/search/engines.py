"""The two databases' own ways of searching, behind one face."""

from collections.abc import Sequence
from typing import Protocol

from django.db import connection

from skills.search import postgresql, sqlite

type Statement = tuple[str, list[str | int]]


class Engine(Protocol):
    """What a module for a database offers. Words are folded and hold letters and digits only."""

    @property
    def repair_statements(self) -> Sequence[str]:
        """Statements that write the engine's own tables anew from the entries."""

    def build_match_statement(self, name: str, words: Sequence[str], limit: int) -> Statement:
        """Return a statement for the ids of the skills in which all words occur, `name` being the whole query."""

    def build_rows_statement(self, numbers_json: str) -> Statement:
        """Return a statement whose rows are the numbers of a JSON array."""

    def build_similar_statement(self, words: Sequence[str], limit: int) -> Statement:
        """Return a statement for the ids of the skills whose names have most in common with the words."""


def get_engine() -> Engine:
    """Return the engine of the database in use."""
    return postgresql if connection.vendor == "postgresql" else sqlite
