"""An address that is typed but not confirmed belongs to nobody: not in an export, not in a deletion, nowhere."""

import json
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.mail import sending
from accounts.models import DataExport, Delivery, EmailChange, RefusedAddress, User
from tests.accounts.members import make_member, sign_in, signed_in
from tests.accounts.people import PASSWORD, mail_to, make_person
from tests.accounts.visitors import CODE, RESET, sign_up
from tests.factories import make_user
from tests.free_port import free_port
from tests.smtp_server import by_smtp

pytestmark = pytest.mark.django_db

ADDRESS, EXPORT, DELETE = "/de/me/settings/address/", "/de/me/settings/export/", "/de/me/settings/delete/"
ADMINISTRATOR = "admin@example.org"


@pytest.fixture(autouse=True)
def _mail_server_that_is_away() -> Any:
    with override_settings(MAILERS=by_smtp(free_port())):
        yield


@pytest.fixture
def administrator() -> User:
    return make_member("admin", is_staff=True, is_superuser=True)


@pytest.fixture
def attacker() -> User:
    return make_person("mallory", "Mallory", "mallory@example.org")


def export_of(client: Client, commits: DjangoCaptureOnCommitCallbacks) -> dict[str, Any]:
    DataExport.objects.all().delete()
    with commits(execute=True):
        client.post(EXPORT)
    for task in DBTaskResult.objects.ready().filter(task_path__endswith="build_export"):
        task.task.call(*task.args_kwargs["args"])
    return dict(json.loads(client.get(f"{EXPORT}{DataExport.objects.get().pk}/").text))


def delete_account(person: User) -> None:
    client = Client()
    client.force_login(person)
    client.post("/de/accounts/reauthenticate/", {"password": PASSWORD, "next": DELETE})
    client.post(DELETE, {"is_confirmed": "on"})
    assert not User.objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize("typed", [ADMINISTRATOR, ADMINISTRATOR.upper(), f" {ADMINISTRATOR} "])
@pytest.mark.parametrize("state", Delivery.State.values)
def test_code_for_an_address_that_a_member_only_typed_is_not_in_their_export(
    administrator: User,
    attacker: User,
    typed: str,
    state: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    client = Client()
    client.force_login(attacker)
    client.post("/de/accounts/reauthenticate/", {"password": PASSWORD, "next": ADDRESS})
    client.post(ADDRESS, {"new_email": typed})
    assert EmailChange.objects.get().new_email == ADMINISTRATOR
    Client().post(CODE, {"email": ADMINISTRATOR})
    code = Delivery.objects.get(subject="Ihr Code zur Anmeldung")
    assert (code.user, code.state) == (administrator, Delivery.State.QUEUED)
    finished = None if state == Delivery.State.QUEUED else timezone.now()
    Delivery.objects.update(state=state, finished_at=finished)
    exported = export_of(client, django_capture_on_commit_callbacks)
    assert {row["to"] for row in exported["mail"]} <= {attacker.email}
    digits = next(line for line in code.text.splitlines() if re.fullmatch(r"[A-Z0-9]{3,}(-[A-Z0-9]{3,})*", line))
    assert digits not in json.dumps(exported, ensure_ascii=False)


def test_own_export_never_holds_the_text_of_sign_in_mail_nor_mail_that_has_not_left(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    anna = make_member("anna")
    client, _answer = sign_in(anna)
    Client().post(CODE, {"email": anna.email})
    Client().post(RESET, {"email": anna.email})
    assert export_of(client, django_capture_on_commit_callbacks)["mail"] == []
    Delivery.objects.update(state=Delivery.State.REFUSED, finished_at=timezone.now())
    mail_to(anna.email, anna, subject="News", state=Delivery.State.REFUSED, finished_at=timezone.now())
    exported = export_of(client, django_capture_on_commit_callbacks)["mail"]
    assert len(exported) == 3
    assert sorted(row["text"] for row in exported) == ["", "", "Mail that says so."]


def test_mail_to_an_address_before_it_was_confirmed_is_not_the_account_s_own(administrator: User) -> None:
    sign_up(Client(), "victim@example.org")
    claimed = EmailAddress.objects.get(email="victim@example.org")
    Client().post(CODE, {"email": "victim@example.org"})
    assert not claimed.verified
    assert Delivery.objects.filter(to="victim@example.org", user=None).count() == Delivery.objects.count() == 2


def test_deleting_an_account_leaves_alone_what_belongs_to_an_address_it_only_typed(
    administrator: User, attacker: User
) -> None:
    EmailChange.objects.create(user=attacker, new_email=ADMINISTRATOR)
    waiting = Client()
    waiting.post(CODE, {"email": ADMINISTRATOR})
    unknown = mail_to(ADMINISTRATOR, None, subject="To nobody's account")
    RefusedAddress.objects.create(email=ADMINISTRATOR, reason="550 mailbox full")
    sessions = set(Session.objects.values_list("pk", flat=True))
    delete_account(attacker)
    assert Delivery.objects.filter(user=administrator, state=Delivery.State.QUEUED).count() == 1
    assert Delivery.objects.filter(pk=unknown.pk).exists()
    assert RefusedAddress.objects.filter(email=ADMINISTRATOR).exists()
    assert sessions <= set(Session.objects.values_list("pk", flat=True))


def test_deleting_an_unconfirmed_sign_up_leaves_the_mail_of_the_mailbox_alone(admin_site: Client) -> None:
    sign_up(Client(), "victim@example.org")
    RefusedAddress.objects.create(email="victim@example.org", reason="550 mailbox full")
    mail_to("victim@example.org", None, subject="No account here")
    planted = User.objects.get(email="victim@example.org")
    admin_site.post(f"/admin/accounts/user/{planted.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(pk=planted.pk).exists()
    assert Delivery.objects.filter(subject="No account here").exists()
    assert RefusedAddress.objects.exists()


def test_deleting_an_account_keeps_mail_of_the_account_that_had_the_address_before(attacker: User) -> None:
    former = make_member("former")
    kept = mail_to(attacker.email, former, state=Delivery.State.SENT, finished_at=timezone.now(), text="")
    delete_account(attacker)
    assert Delivery.objects.filter(pk=kept.pk).exists()


def test_unconfirmed_sign_up_keeps_nobody_from_taking_their_own_address() -> None:
    anna = make_member("anna")
    sign_up(Client(), "anna@new.example", name="Squatter")
    signed_in(anna).post(ADDRESS, {"new_email": "anna@new.example"})
    subjects = Delivery.objects.filter(to="anna@new.example").order_by("created_at").values_list("subject", flat=True)
    assert list(subjects)[-1] == "Bestätigen Sie Ihre neue Adresse"
    for message in Delivery.objects.filter(text__contains="/confirm/"):
        link = next(part for part in message.text.split() if "/address/confirm/" in part)
        Client().post(link.removeprefix("http://testserver"))
    anna.refresh_from_db()
    assert anna.email == "anna@new.example"
    assert EmailAddress.objects.get(email="anna@new.example", verified=True).user == anna


def test_address_that_an_administrator_gave_an_account_cannot_be_taken() -> None:
    anna, made = make_member("anna"), make_user("made")
    assert not EmailAddress.objects.filter(user=made).exists()
    signed_in(anna).post(ADDRESS, {"new_email": made.email})
    assert Delivery.objects.get(to=made.email).subject == "Ihre Adresse hat schon ein Konto"


@pytest.mark.parametrize("name", ["args", "e", "kwargs", "Beck", "send", "wrote", "und", "Stufenplan", "News"])
def test_deleting_an_account_with_a_common_name_takes_nothing_from_others(name: str) -> None:
    """People choose their names: one called "args" emptied the queue of tasks, one called "e" the log."""
    berta = make_person("berta-beck", "Berta Becker", "berta@example.org")
    owner = make_user("owner", is_staff=True)
    known: dict[str, Any] = {"backend_name": "default", "run_after": timezone.now(), "traceback": ""}
    DBTaskResult.objects.create(
        task_path="accounts.mail.tasks.send", status="READY", args_kwargs={"args": ["0"], "kwargs": {}}, **known
    )
    kept = mail_to(
        berta.email,
        berta,
        subject="Becker wrote",
        text="Berta Becker wrote: News, und Stufenplan",
        state="refused",
        finished_at=timezone.now(),
    )
    entry = LogEntry.objects.create(
        user=owner,
        content_type=ContentType.objects.get_for_model(Delivery),
        object_id="1",
        object_repr="berta-beck: News",
        change_message='[{"changed": {"fields": ["State"]}}]',
        action_flag=CHANGE,
    )
    delete_account(make_person(name.lower(), name, "short@example.org"))
    assert DBTaskResult.objects.filter(task_path="accounts.mail.tasks.send").count() == 1
    kept.refresh_from_db()
    assert (kept.subject, kept.text) == ("Becker wrote", "Berta Becker wrote: News, und Stufenplan")
    entry.refresh_from_db()
    assert entry.object_repr == "berta-beck: News"


def test_deleting_an_account_takes_no_longer_address_for_its_own(attacker: User) -> None:
    known: dict[str, Any] = {"backend_name": "default", "run_after": timezone.now(), "traceback": ""}
    for address in ("x.mallory@example.org", "mallory@example.org.uk"):
        arguments = {"args": [address], "kwargs": {}}
        DBTaskResult.objects.create(task_path="x.y", status="READY", args_kwargs=arguments, **known)
        mail_to(address, None, subject=f"To {address}", state="sent", finished_at=timezone.now())
    delete_account(attacker)
    assert DBTaskResult.objects.filter(task_path="x.y").count() == 2
    assert sorted(Delivery.objects.values_list("subject", flat=True)) == [
        "To mallory@example.org.uk",
        "To x.mallory@example.org",
    ]


@pytest.mark.parametrize(
    ("own", "other"),
    [("a@straße.de", "a@strasse.de"), ("a@strasse.de", "a@straße.de"), ("a@kern.de", "a@\u212aern.de")],
)
def test_letters_that_fold_to_the_same_make_two_addresses(
    own: str, other: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    person = make_person("anna", "Anna", own)
    RefusedAddress.objects.create(email=other, reason="theirs")
    RefusedAddress.objects.create(email=own, reason="mine")
    Delivery.objects.create(to=other, sender="site@example.org", kind="digest", subject="theirs")
    Delivery.objects.create(to=own.upper().replace("SS", "ß") if "ß" in own else own.upper(), subject="mine")
    client = Client()
    client.force_login(person)
    exported = json.dumps(export_of(client, django_capture_on_commit_callbacks))
    assert "mine" in exported
    assert "theirs" not in exported
    sending._mark_refused(own, "gone", timezone.now())
    states = dict(Delivery.objects.filter(subject__in=["mine", "theirs"]).values_list("subject", "state"))
    assert states == {"mine": Delivery.State.WITHHELD, "theirs": Delivery.State.QUEUED}
    delete_account(person)
    assert not User.objects.filter(pk=person.pk).exists()
    assert list(RefusedAddress.objects.values_list("reason", flat=True)) == ["theirs"]
    assert list(Delivery.objects.filter(subject__in=["mine", "theirs"]).values_list("subject", flat=True)) == ["theirs"]
