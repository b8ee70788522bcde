"""What is open about a skill: how many suggestions and comments, and which cells they are about."""

from dataclasses import dataclass

from django.db import connection

BLOCK_SIZE = 5
"""So many suggestions stand on a skill's own page."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides how a skill's page shows suggestions: the latest ones, the cells of undecided ones, what is said."""

    type Places = tuple[tuple[str, str], ...]
    type Counts = tuple[tuple[str, str, int], ...]

    rows: tuple[tuple[str, ...], ...]
    places: Places
    said: Counts  # role and level of each cell that comments are tied to, with how many


# Asked for every profile that is served; through query sets it would cost twenty times as much.
_STANDING = """
SELECT * FROM (
    SELECT CAST(s.id AS TEXT), s.state, s.reason, COALESCE(u.name, ''), COALESCE(u.username, ''),
        CASE WHEN u.is_public AND u.is_active THEN '1' ELSE '' END,
        CAST((SELECT COALESCE(SUM(v.value), 0) FROM community_vote v WHERE v.suggestion_id = s.id) AS TEXT),
        CAST((SELECT COUNT(*) FROM community_suggestedchange c WHERE c.suggestion_id = s.id) AS TEXT)
    FROM community_suggestion s LEFT JOIN accounts_user u ON u.id = s.author_id
    WHERE s.skill_id = %s AND s.submitted_at IS NOT NULL AND s.hidden_at IS NULL AND s.held_at IS NULL
    ORDER BY CASE WHEN s.state IN ('open', 'changes_requested') THEN 0 ELSE 1 END, s.submitted_at DESC, s.id DESC
    LIMIT %s
) latest
UNION ALL
SELECT DISTINCT 'cell', c.role, c.level, '', '', '', '', ''
FROM community_suggestedchange c JOIN community_suggestion s ON s.id = c.suggestion_id
WHERE s.skill_id = %s AND s.state IN ('open', 'changes_requested') AND s.hidden_at IS NULL AND s.held_at IS NULL
    AND c.field = 'requirement' AND c.outcome = 'pending'
UNION ALL
SELECT 'said', c.role, c.level, CAST(COUNT(*) AS TEXT), '', '', '', ''
FROM community_comment c
WHERE c.skill_id = %s AND c.role <> '' AND c.deleted_at IS NULL AND c.hidden_at IS NULL AND c.held_at IS NULL
GROUP BY c.role, c.level
"""


def standing(skill: int) -> Standing:
    """Return how things stand with the suggestions for the skill with this primary key, in one short query."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [skill, BLOCK_SIZE, skill, skill])
        found = cursor.fetchall()
    places = sorted((role, level) for kind, role, level, *_rest in found if kind == "cell")
    said = sorted((role, level, int(count)) for kind, role, level, count, *_rest in found if kind == "said")
    rows = (tuple(row) for row in found if row[0] not in {"cell", "said"})
    return Standing(tuple(rows), tuple(places), tuple(said))
