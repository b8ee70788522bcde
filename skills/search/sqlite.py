"""Searching on SQLite: one FTS5 table for words, one for the trigrams of names, both kept in step by triggers.

A migration makes them. One that alters `SearchEntry` lets SQLite write its table anew,
which loses the triggers: it has to drop them with both tables before, and make them again after.
"""

from collections.abc import Sequence

from skills.search.text import build_trigrams

# Two spaces before a word and one after it, as `build_trigrams` has it.
repair_statements = (
    "INSERT INTO skills_searchwords(skills_searchwords) VALUES ('rebuild')",
    "INSERT INTO skills_searchtrigrams(skills_searchtrigrams) VALUES ('delete-all')",
    """
    INSERT INTO skills_searchtrigrams(rowid, name)
    SELECT skill_id, '  ' || replace(name, ' ', '   ') || ' ' FROM skills_searchentry
    """,
)

# bm25 is better the smaller it is; its weights stand in the order of the columns.
_MATCH_SQL = """
    SELECT entry.skill_id
    FROM skills_searchwords JOIN skills_searchentry AS entry ON entry.skill_id = skills_searchwords.rowid
    WHERE skills_searchwords MATCH %s
    ORDER BY
        CASE
            WHEN entry.name = %s THEN 0
            WHEN substr(entry.name, 1, %s) = %s THEN 1
            WHEN entry.skill_id IN (SELECT rowid FROM skills_searchwords WHERE skills_searchwords MATCH %s) THEN 2
            WHEN entry.skill_id IN (SELECT rowid FROM skills_searchwords WHERE skills_searchwords MATCH %s) THEN 3
            ELSE 4
        END,
        bm25(skills_searchwords, 10, 5, 3, 1),
        entry.name,
        entry.skill_id
    LIMIT %s
"""

_SIMILAR_SQL = """
    SELECT rowid FROM skills_searchtrigrams WHERE skills_searchtrigrams MATCH %s
    ORDER BY bm25(skills_searchtrigrams), rowid LIMIT %s
"""


def build_match_statement(name: str, words: Sequence[str], limit: int) -> tuple[str, list[str | int]]:
    """Return a statement for the ids of the skills in which all words occur, best first."""
    every = " AND ".join(f'"{word}"*' for word in words)
    in_name, in_tags = f"{{name}} : ({every})", f"{{name tags}} : ({every})"
    return _MATCH_SQL, [every, name, len(name), name, in_name, in_tags, limit]


def build_rows_statement(numbers_json: str) -> tuple[str, list[str | int]]:
    """Return a statement whose rows are the numbers of a JSON array."""
    return "SELECT value FROM json_each(%s)", [numbers_json]


def build_similar_statement(words: Sequence[str], limit: int) -> tuple[str, list[str | int]]:
    """Return a statement for the ids of the skills whose names have most trigrams in common with the words."""
    return _SIMILAR_SQL, [" OR ".join(f'"{trigram}"' for trigram in sorted(build_trigrams(words))), limit]
