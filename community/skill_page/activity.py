"""What is open about a skill: how many suggestions and comments, and which cells they are about."""

from dataclasses import dataclass

from django.db import connection

BLOCK_SIZE = 5
"""So many suggestions stand on a skill's own page."""


@dataclass(frozen=True, slots=True)
class SkillActivity:
    """What decides how a skill's page shows suggestions: the latest ones, the cells of undecided ones, what is said."""

    type OpenCells = tuple[tuple[str, str], ...]
    type Counts = tuple[tuple[str, str, int], ...]

    latest_suggestions: tuple[tuple[object, ...], ...]
    open_cells: OpenCells
    comment_counts: Counts  # role and level of each cell that comments are tied to, with how many


# Asked for every profile that is served; through query sets it would cost twenty times as much.
# The first column says what a row is: one of the latest suggestions, a cell that undecided suggestions change, or a
# cell with comments. Every other column means one thing in all rows, and is NULL where a row does not have it: four
# comments on the cell of a junior baker are a row of 'comments', nine times NULL, 'baker', 'junior' and 4.
_ACTIVITY_QUERY = """
WITH latest AS (
    SELECT id FROM community_suggestion
    WHERE skill_id = %s AND submitted_at IS NOT NULL AND hidden_at IS NULL AND held_at IS NULL
    ORDER BY CASE WHEN state IN ('open', 'changes_requested') THEN 0 ELSE 1 END, submitted_at DESC, id DESC
    LIMIT %s
)
SELECT 'suggestion' AS kind, s.id, s.submitted_at, s.state, s.reason, u.name, u.username,
    u.is_public AND u.is_active AS is_shown,
    (SELECT COALESCE(SUM(v.value), 0) FROM community_vote v WHERE v.suggestion_id = s.id) AS score,
    (SELECT COUNT(*) FROM community_suggestedchange c WHERE c.suggestion_id = s.id) AS change_count,
    NULL AS role, NULL AS level, CAST(NULL AS BIGINT) AS comment_count
FROM community_suggestion s LEFT JOIN accounts_user u ON u.id = s.author_id
WHERE s.id IN (SELECT id FROM latest)
UNION ALL
SELECT 'cell', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, c.role, c.level, NULL
FROM community_suggestedchange c JOIN community_suggestion s ON s.id = c.suggestion_id
WHERE s.skill_id = %s AND s.state IN ('open', 'changes_requested') AND s.hidden_at IS NULL AND s.held_at IS NULL
    AND c.field = 'requirement' AND c.outcome = 'pending'
GROUP BY c.role, c.level
UNION ALL
SELECT 'comments', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, c.role, c.level, COUNT(*)
FROM community_comment c
WHERE c.skill_id = %s AND c.role <> '' AND c.deleted_at IS NULL AND c.hidden_at IS NULL AND c.held_at IS NULL
GROUP BY c.role, c.level
"""


def load_skill_activity(skill_id: int) -> SkillActivity:
    """Return what is open about the skill with this primary key, in one short query."""
    suggestions: list[tuple[object, ...]] = []
    cells: list[tuple[str, str]] = []
    commented: list[tuple[str, str, int]] = []
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVITY_QUERY, [skill_id, BLOCK_SIZE, skill_id, skill_id])
        for kind, *suggestion, role, level, comment_count in cursor.fetchall():
            if kind == "suggestion":
                suggestions.append(tuple(suggestion))
            elif kind == "cell":
                cells.append((role, level))
            else:
                commented.append((role, level, comment_count))
    return SkillActivity(tuple(sorted(suggestions)), tuple(sorted(cells)), tuple(sorted(commented)))
