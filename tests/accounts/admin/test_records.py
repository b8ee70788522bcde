"""What Django admin shows of addresses, second factors, connected accounts, sessions and tasks: no secret, no form."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Delivery, User
from tests.accounts.members import make_member
from tests.admin_pages import change_address, page_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db

SECRET = "hush-hush-0815"


def make_rows(person: User) -> dict[str, Model]:
    """Return one row of each kind, with `SECRET` wherever it has something that others must not read."""
    account = SocialAccount.objects.create(user=person, provider="gone", uid="42", extra_data={"token": SECRET})
    known: dict[str, Any] = {
        "task_path": "accounts.mail.tasks.x",
        "backend_name": "default",
        "run_after": timezone.now(),
    }
    task = DBTaskResult.objects.create(
        status="FAILED",
        args_kwargs={"args": [SECRET], "kwargs": {}},
        return_value={"x": SECRET},
        traceback=f"ValueError: {SECRET}",
        exception_class_path="builtins.ValueError",
        **known,
    )
    return {
        "address": EmailAddress.objects.get(user=person),
        "factor": Authenticator.objects.create(user=person, type="totp", data={"secret": SECRET}),
        "codes": Authenticator.objects.create(user=person, type="recovery_codes", data={"seed": SECRET}),
        "passkey": Authenticator.objects.create(
            user=person, type="webauthn", data={"name": "Key", "credential": SECRET}
        ),
        "account": account,
        "session": UserSession.objects.create(user=person, session_key=SECRET, ip="198.51.100.7", user_agent="Fox"),
        "task": task,
    }


KINDS = ("address", "factor", "codes", "passkey", "account", "session", "task")
HIDDEN = {
    "factor": ("data__secret__startswith", "data__icontains"),
    "codes": ("data__seed__startswith",),
    "account": ("extra_data__token", "extra_data__icontains", "socialtoken__token__startswith"),
    "session": ("session_key", "session_key__startswith", "user__password__startswith"),
    "task": ("args_kwargs__icontains", "return_value__icontains", "traceback__icontains"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_is_shown_to_a_superuser_without_secrets_and_without_a_form(admin_site: Client, kind: str) -> None:
    record = make_rows(make_member("berta"))[kind]
    address = change_address(record)
    listing = address.rsplit("/", 3)[0] + "/"
    for place in (address, listing, f"{listing}?q=berta", address.replace("change", "history")):
        page = page_of(admin_site, place)
        assert SECRET not in page.decode()
    assert page_of(admin_site, address).select("[name=_save], #content-main input:not([type=hidden])") == []
    assert page_of(admin_site, listing).select("select[name=action]") == []
    before = type(record)._default_manager.values().get(pk=record.pk)
    for place in (address, f"{listing}add/", address.replace("change", "delete")):
        assert admin_site.post(place, {"post": "yes", "verified": "on", "email": "x@evil.example"}).status_code == 403
    many = {"_selected_action": [str(record.pk)], "post": "yes"}
    for action in ("make_verified", "delete_selected"):
        admin_site.post(listing, many | {"action": action})
    assert type(record)._default_manager.values().get(pk=record.pk) == before


@pytest.mark.parametrize(("kind", "lookup"), [(kind, lookup) for kind in HIDDEN for lookup in HIDDEN[kind]])
def test_a_filter_in_the_address_tells_nothing_of_what_is_hidden(admin_site: Client, kind: str, lookup: str) -> None:
    listing = change_address(make_rows(make_member("berta"))[kind]).rsplit("/", 3)[0] + "/"
    answer = admin_site.get(listing, {lookup: SECRET})
    assert answer.status_code in {302, 400}
    assert answer.status_code == 400 or "e=1" in answer["Location"]


def test_the_text_of_mail_is_not_found_out_by_a_filter(admin_site: Client) -> None:
    Delivery.objects.create(to="x@example.org", kind="account", subject="Code", text=f"The code: {SECRET}", html="")
    for lookup in ("text__contains", "html__contains", "headers__icontains"):
        assert admin_site.get("/admin/accounts/delivery/", {lookup: SECRET}).status_code in {302, 400}
    assert admin_site.get("/admin/accounts/delivery/", {"kind__exact": "account"}).status_code == 200


@pytest.mark.parametrize("model", [SocialApp, SocialToken, Session])
def test_some_tables_have_no_page_at_all(admin_site: Client, model: type[Model]) -> None:
    assert not admin.site.is_registered(model)
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    for page in ("", "add/"):
        assert admin_site.get(f"{base}{page}").status_code == 404
    evil = {"provider": "openid_connect", "name": "x", "client_id": "x", "settings": "{}"}
    assert admin_site.post(f"{base}add/", evil).status_code == 404
    assert not SocialApp.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_staff_need_the_permission_to_look_and_may_no_more_with_all_others(client: Client, kind: str) -> None:
    record = make_rows(make_member("berta"))[kind]
    clerk = make_user("clerk", is_staff=True)
    client.force_login(clerk)
    assert client.get(change_address(record)).status_code == 403
    clerk.user_permissions.set(Permission.objects.filter(content_type__model=record._meta.model_name))
    assert client.get(change_address(record)).status_code == 200
    assert client.post(change_address(record), {"verified": "on"}).status_code == 403
