"""Sessions name the module of the backend that let their person in. It has moved; nobody is signed out for that."""

from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations
from django.utils import timezone

OLD = "accounts.entrance.EntranceBackend"
BATCH_SIZE = 500
NEW = "accounts.sign_in.backend.EntranceBackend"


def rename_backend(apps, old, new):
    Session = apps.get_model("sessions", "Session")
    store = SessionStore()
    live = Session.objects.filter(expire_date__gt=timezone.now()).order_by("pk")
    last = ""
    # No cursor stays open: with one, SQLite would refuse to write after any other process has written.
    while sessions := list(live.filter(pk__gt=last)[:BATCH_SIZE]):
        for session in sessions:
            data = store.decode(session.session_data)
            if data.get(BACKEND_SESSION_KEY) == old:
                renamed = store.encode({**data, BACKEND_SESSION_KEY: new})
                # What a request has written meanwhile stays.
                Session.objects.filter(pk=session.pk, session_data=session.session_data).update(session_data=renamed)
        last = sessions[-1].pk


def move(apps, schema_editor):
    rename_backend(apps, OLD, NEW)


def move_back(apps, schema_editor):
    rename_backend(apps, NEW, OLD)


class Migration(migrations.Migration):
    atomic = False  # on SQLite one long transaction would hold every writer up
    dependencies = [
        ("accounts", "0005_drop_typed_addresses"),
        ("sessions", "0001_initial"),
    ]
    operations = [migrations.RunPython(move, move_back)]
