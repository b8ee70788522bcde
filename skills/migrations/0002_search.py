"""What each database needs to search `SearchEntry` quickly, kept in step by the database itself."""

from django.core.management import CommandError
from django.db import migrations
from django.db.utils import NotSupportedError, ProgrammingError

# Entries are words between single spaces. A tokenizer that knows ASCII alone splits them exactly
# there, whatever an SQLite library knows of Unicode.
SQLITE_TABLES = (
    """
    CREATE VIRTUAL TABLE skills_searchwords USING fts5(
        name, tags, roles, body, content='skills_searchentry', content_rowid='skill_id', tokenize='ascii'
    )
    """,
    "CREATE VIRTUAL TABLE skills_searchtrigrams USING fts5(name, content='', tokenize='trigram case_sensitive 1')",
)
# Two spaces before each word and one after it, as pg_trgm has it, so that short names have trigrams too.
SQLITE_PUT = """
    INSERT INTO skills_searchwords(rowid, name, tags, roles, body)
    VALUES (new.skill_id, new.name, new.tags, new.roles, new.body);
    INSERT INTO skills_searchtrigrams(rowid, name)
    VALUES (new.skill_id, '  ' || replace(new.name, ' ', '   ') || ' ');
"""
SQLITE_TAKE = """
    INSERT INTO skills_searchwords(skills_searchwords, rowid, name, tags, roles, body)
    VALUES ('delete', old.skill_id, old.name, old.tags, old.roles, old.body);
    INSERT INTO skills_searchtrigrams(skills_searchtrigrams, rowid, name)
    VALUES ('delete', old.skill_id, '  ' || replace(old.name, ' ', '   ') || ' ');
"""
SQLITE_TRIGGERS = (
    f"CREATE TRIGGER skills_searchentry_inserted AFTER INSERT ON skills_searchentry BEGIN {SQLITE_PUT} END",
    f"CREATE TRIGGER skills_searchentry_deleted AFTER DELETE ON skills_searchentry BEGIN {SQLITE_TAKE} END",
    f"CREATE TRIGGER skills_searchentry_updated AFTER UPDATE ON skills_searchentry "
    f"BEGIN {SQLITE_TAKE} {SQLITE_PUT} END",
)
SQLITE_FILL = (
    "INSERT INTO skills_searchwords(skills_searchwords) VALUES ('rebuild')",
    "INSERT INTO skills_searchtrigrams(rowid, name) "
    "SELECT skill_id, '  ' || replace(name, ' ', '   ') || ' ' FROM skills_searchentry",
)
SQLITE_REVERSE = (
    "DROP TRIGGER skills_searchentry_inserted",
    "DROP TRIGGER skills_searchentry_deleted",
    "DROP TRIGGER skills_searchentry_updated",
    "DROP TABLE skills_searchwords",
    "DROP TABLE skills_searchtrigrams",
)

POSTGRESQL_EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
POSTGRESQL_EXTENSION_MISSING = (
    "The search needs PostgreSQL's extension pg_trgm. Either this database user may not install it, or the server "
    "does not have it (Debian: package postgresql-contrib). Let an administrator run "
    "CREATE EXTENSION pg_trgm; in this database once, then migrate again."
)
POSTGRESQL = (
    """
    ALTER TABLE skills_searchentry ADD COLUMN words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('pg_catalog.simple', name), 'A')
        || setweight(to_tsvector('pg_catalog.simple', tags), 'B')
        || setweight(to_tsvector('pg_catalog.simple', roles), 'C')
        || setweight(to_tsvector('pg_catalog.simple', body), 'D')
    ) STORED
    """,
    "CREATE INDEX skills_searchentry_words ON skills_searchentry USING gin (words)",
    "CREATE INDEX skills_searchentry_trigrams ON skills_searchentry USING gin (name gin_trgm_ops)",
)
# The extension stays: something else in this database may have come to use it.
POSTGRESQL_REVERSE = (
    "DROP INDEX skills_searchentry_trigrams",
    "ALTER TABLE skills_searchentry DROP COLUMN words",
)


def prepare(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        install_extension(schema_editor)
        execute(schema_editor, POSTGRESQL)
    else:
        execute(schema_editor, SQLITE_TABLES + SQLITE_TRIGGERS + SQLITE_FILL)


def undo(apps, schema_editor):
    execute(schema_editor, POSTGRESQL_REVERSE if schema_editor.connection.vendor == "postgresql" else SQLITE_REVERSE)


def install_extension(schema_editor):
    try:
        schema_editor.execute(POSTGRESQL_EXTENSION)
    except (NotSupportedError, ProgrammingError) as error:
        raise CommandError(f"{POSTGRESQL_EXTENSION_MISSING} ({str(error).splitlines()[0]})") from error


def execute(schema_editor, statements):
    for statement in statements:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("skills", "0001_initial")]

    operations = [migrations.RunPython(prepare, undo)]
