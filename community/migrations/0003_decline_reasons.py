from django.db import migrations

REASONS = (
    ("Spam oder Werbung", "Spam or advertising"),
    ("Keine Verbesserung gegenüber dem heutigen Text", "No improvement on today's text"),
    ("Sachlich falsch oder ohne Beleg", "Wrong, or without evidence"),
    ("Passt nicht zu dieser Rolle oder Stufe", "Does not fit this role or level"),
    ("Steht schon an anderer Stelle", "Stands elsewhere already"),
    ("Gilt nur für ein Unternehmen oder Werkzeug", "Holds for one company or tool only"),
)


def add_reasons(apps, schema_editor):
    """Offer reasons to begin with; administrators change them as they like."""
    reasons = apps.get_model("community", "DeclineReason").objects
    for position, (german, english) in enumerate(REASONS, start=1):
        reasons.get_or_create(german=german, defaults={"english": english, "position": position})


class Migration(migrations.Migration):
    dependencies = [("community", "0002_suggestions")]
    operations = [migrations.RunPython(add_reasons, migrations.RunPython.noop, elidable=False)]
