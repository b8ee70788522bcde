"""The log of moderation is only added to: the database itself refuses to change or delete a line."""

from django.db import migrations

TABLE = "community_act"
POSTGRESQL = [
    """
    CREATE FUNCTION community_act_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the log of moderation is only added to' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    f"""
    CREATE TRIGGER community_act_is_kept BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION community_act_is_kept()
    """,
]
SQLITE = [
    f"""
    CREATE TRIGGER community_act_is_kept_{deed.lower()} BEFORE {deed} ON {TABLE}
    BEGIN SELECT RAISE(ABORT, 'the log of moderation is only added to'); END
    """
    for deed in ("UPDATE", "DELETE")
]
POSTGRESQL_BACK = [f"DROP TRIGGER community_act_is_kept ON {TABLE}", "DROP FUNCTION community_act_is_kept()"]
SQLITE_BACK = [f"DROP TRIGGER community_act_is_kept_{deed}" for deed in ("update", "delete")]


def keep(apps, schema_editor):
    _run(schema_editor, POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


def let_go(apps, schema_editor):
    _run(schema_editor, POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK)


def _run(schema_editor, statements):
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("community", "0007_moderation")]

    operations = [migrations.RunPython(keep, let_go)]
