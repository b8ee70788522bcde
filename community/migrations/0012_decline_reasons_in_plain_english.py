"""Reword two reasons that every site began with, where administrators have not changed them."""

from django.db import migrations

REWORDED = (  # German, English so far, English from now on
    ("Steht schon an anderer Stelle", "Stands elsewhere already", "Already said elsewhere"),
    (
        "Gilt nur für ein Unternehmen oder Werkzeug",
        "Holds for one company or tool only",
        "Applies to one company or tool only",
    ),
)


def reword(apps, schema_editor):
    """Change the English text only; a text that is in the list already is not made twice."""
    reasons = apps.get_model("community", "DeclineReason").objects
    for german, before, after in REWORDED:
        if not reasons.filter(english=after).exists():
            reasons.filter(german=german, english=before).update(english=after)


class Migration(migrations.Migration):
    dependencies = [("community", "0011_plain_names")]
    operations = [migrations.RunPython(reword, migrations.RunPython.noop, elidable=True)]
