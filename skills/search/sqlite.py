"""Search on SQLite: one FTS5 table for words and one for the trigrams of names, both kept in step by triggers.

A migration creates them. Trap: a migration that alters `SearchEntry` makes Django create its table again, which
loses the triggers. Such a migration must drop the triggers and both tables first, and create them again after.
"""

from collections.abc import Sequence

from skills.search.text import build_trigrams

# The trigram table has no content of its own to rebuild from, so it is emptied and filled from the entries.
# Two spaces before a word and one after it, as in `build_trigrams`.
repair_statements = (
    "INSERT INTO skills_searchwords(skills_searchwords) VALUES ('rebuild')",
    "INSERT INTO skills_searchtrigrams(skills_searchtrigrams) VALUES ('delete-all')",
    """
    INSERT INTO skills_searchtrigrams(rowid, name)
    SELECT skill_id, '  ' || replace(name, ' ', '   ') || ' ' FROM skills_searchentry
    """,
)

# The order is that of `find_skill_ids`: equal name, beginning of the name, all words in the name, in name and tags,
# then the rank. A smaller bm25 is a better match; its weights are in the order of the columns, from name to body.
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
    """Return a statement for the ids of the skills in which all words occur, best match first.

    See `Engine.build_match_statement`.
    """
    all_words = " AND ".join(f'"{word}"*' for word in words)
    # FTS5 syntax: `{name tags} : (…)` searches in these columns only.
    in_name, in_tags = f"{{name}} : ({all_words})", f"{{name tags}} : ({all_words})"
    return _MATCH_SQL, [all_words, name, len(name), name, in_name, in_tags, limit]


def build_rows_statement(numbers_json: str) -> tuple[str, list[str | int]]:
    """Return a statement whose rows are the numbers of a JSON array.

    See `Engine.build_rows_statement`.
    """
    return "SELECT value FROM json_each(%s)", [numbers_json]


def build_similar_statement(words: Sequence[str], limit: int) -> tuple[str, list[str | int]]:
    """Return a statement for the ids of the skills whose names have most trigrams in common with the words.

    See `Engine.build_similar_statement`.
    """
    return _SIMILAR_SQL, [" OR ".join(f'"{trigram}"' for trigram in sorted(build_trigrams(words))), limit]
