"""One interface for the search engines of the two databases."""

from collections.abc import Sequence
from typing import Protocol

from django.db import connection

from skills.search import postgresql, sqlite

type Statement = tuple[str, list[str | int]]  # SQL with placeholders, and their values


class Engine(Protocol):
    """What the module for a database must define.

    All words are folded, see `skills.search.text`, and consist of letters and digits only, so that they mean
    nothing special in the query syntax of an engine.
    """

    @property
    def repair_statements(self) -> Sequence[str]:
        """SQL statements that rebuild the engine's own tables from the entries."""

    def build_match_statement(self, name: str, words: Sequence[str], limit: int) -> Statement:
        """Return a statement for the ids of the skills in which all words occur, best match first.

        `name` is the whole query, compared with names; each word may be the beginning of a longer one.
        """

    def build_rows_statement(self, numbers_json: str) -> Statement:
        """Return a statement whose rows are the numbers of a JSON array.

        It passes any number of ids as one parameter, for use in a subquery.
        """

    def build_similar_statement(self, words: Sequence[str], limit: int) -> Statement:
        """Return a statement for the ids of the skills whose names have most in common with the words.

        These are candidates only: `find_similar_skills` compares and orders them the same way on every database.
        """


def get_engine() -> Engine:
    """Return the engine of the database in use."""
    return postgresql if connection.vendor == "postgresql" else sqlite
