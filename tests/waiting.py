"""Wait until another connection waits for a lock, without sleeping."""

from django.db import connection


def wait_until_another_waits() -> None:
    """Return as soon as another connection to this PostgreSQL database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '20s'")
        cursor.execute(
            "DO $$ BEGIN LOOP PERFORM pg_stat_clear_snapshot(); "
            "EXIT WHEN EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock'); END LOOP; END $$"
        )
