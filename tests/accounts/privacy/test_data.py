"""The data export: everything, made once by a task, for the person alone, for a day."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import privacy
from accounts.models import DataExport, User
from tests.accounts.people import ROWS, fill_every_table, make_person
from tests.factories import make_user

pytestmark = pytest.mark.django_db

EXPORT = "/en/me/settings/export/"

# Relations to a person that the export leaves out, each with its reason.
EXEMPT: dict[str, str] = {
    "community.Decision.author": "repeats the author of the suggestion",
    "community.Helpful.author": "repeats the author of the comment",
    "community.Vote.author": "repeats the author of the suggestion",
}


@pytest.fixture
def person() -> User:
    return make_person()


@pytest.fixture
def browser(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def ask(browser: Client, commits: DjangoCaptureOnCommitCallbacks) -> Any:
    with commits(execute=True):
        return browser.post(EXPORT)


def run_tasks() -> None:
    for task in DBTaskResult.objects.ready().filter(task_path__startswith="accounts.privacy."):
        task.task.call(*task.args_kwargs["args"])


def relations_to_people() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is User and not field.many_to_many
    }


def made_export(person: User, age: timedelta = timedelta()) -> DataExport:
    moment = timezone.now() - age
    return DataExport.objects.create(user=person, requested_at=moment, ready_at=moment, content='{"whole": true}')


def test_every_relation_to_a_person_is_exported_or_exempt() -> None:
    assert relations_to_people() == ROWS.keys() | EXEMPT.keys()


@pytest.mark.parametrize("relation", ROWS)
def test_export_holds_what_hangs_on_the_person(relation: str, person: User) -> None:
    make, marker = ROWS[relation]
    before = json.dumps(privacy.collect_personal_data(person), default=str)
    make(person)
    assert marker not in before
    assert marker in json.dumps(privacy.collect_personal_data(person), default=str)


def test_export_is_one_json_file_without_secrets_and_without_others(
    browser: Client, person: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    others = make_person("berta", "Berta Beck", "berta@example.org")
    fill_every_table(person, others)
    DataExport.objects.all().delete()
    ask(browser, django_capture_on_commit_callbacks)
    run_tasks()
    text = browser.get(f"{EXPORT}{DataExport.objects.get().pk}/").text
    data = json.loads(text)
    assert data["account"]["name"] == person.name
    assert data["account"]["email"] == person.email
    assert {row["email"] for row in data["refused_addresses"]} == {person.email.lower()}
    assert {row["to"] for row in data["mail"]} == {"old@obst.example"}
    for secret in (person.password, "secret-token", "session_key"):
        assert secret not in text
    assert "berta" not in text.casefold()


def test_asking_twice_makes_one(
    browser: Client, person: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    for _ in range(2):
        assert ask(browser, django_capture_on_commit_callbacks)["Location"] == EXPORT
    assert (DataExport.objects.count(), DBTaskResult.objects.count()) == (1, 1)
    run_tasks()
    made = DataExport.objects.get()
    ask(browser, django_capture_on_commit_callbacks)
    assert (DataExport.objects.get(), DBTaskResult.objects.count()) == (made, 1)


def test_running_the_task_twice_changes_nothing(
    browser: Client, person: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    ask(browser, django_capture_on_commit_callbacks)
    run_tasks()
    first = DataExport.objects.values().get()
    run_tasks()
    assert DataExport.objects.values().get() == first


def test_page_shows_the_state_of_the_export(
    browser: Client, person: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert "Ask for my data" in browser.get(EXPORT).text
    ask(browser, django_capture_on_commit_callbacks)
    making = browser.get(EXPORT).text
    assert ("Your file is being made" in making, "Ask for my data" in making) == (True, False)
    run_tasks()
    ready = browser.get(EXPORT).text
    assert ("Your file is ready." in ready, f"{EXPORT}{person.export.pk}/" in ready) == (True, True)


def test_file_is_an_attachment_that_nobody_keeps(browser: Client, person: User) -> None:
    export = made_export(person)
    response = browser.get(f"{EXPORT}{export.pk}/")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response["Content-Disposition"] == f'attachment; filename="stufenplan-{export.ready_at:%Y-%m-%d}.json"'
    assert {"no-store", "private"} <= {part.strip() for part in response["Cache-Control"].split(",")}
    assert json.loads(response.content) == {"whole": True}


def test_another_s_or_old_or_unfinished_file_is_not_there(browser: Client, person: User) -> None:
    foreign = made_export(make_user("berta"))
    assert browser.get(f"{EXPORT}{foreign.pk}/").status_code == 404
    old = made_export(person, timedelta(hours=24, seconds=1))
    assert browser.get(f"{EXPORT}{old.pk}/").status_code == 404
    DataExport.objects.filter(pk=old.pk).update(ready_at=None, requested_at=timezone.now())
    assert browser.get(f"{EXPORT}{old.pk}/").status_code == 404


def test_file_is_there_until_the_day_is_over(browser: Client, person: User) -> None:
    export = made_export(person, timedelta(hours=23, minutes=59))
    assert browser.get(f"{EXPORT}{export.pk}/").status_code == 200


@pytest.mark.parametrize("address", [EXPORT, f"{EXPORT}1/"])
def test_anonymous_visitors_are_redirected_to_sign_in(client: Client, address: str) -> None:
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (302, f"/en/accounts/login/?next={address}")


def test_failed_export_can_be_asked_for_again(
    browser: Client,
    person: User,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    whole = settings.PERSONAL_DATA
    settings.PERSONAL_DATA = [*whole, "json.loads"]  # which cannot read a person
    ask(browser, django_capture_on_commit_callbacks)
    with pytest.raises(TypeError):
        run_tasks()
    assert "Your file could not be made." in browser.get(EXPORT).text
    settings.PERSONAL_DATA = whole
    DBTaskResult.objects.all().delete()
    ask(browser, django_capture_on_commit_callbacks)
    run_tasks()
    assert "Your file is ready." in browser.get(EXPORT).text


def test_export_whose_maker_died_can_be_asked_for_again(
    browser: Client, person: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    dead = DataExport.objects.create(user=person, requested_at=timezone.now() - timedelta(hours=1))
    assert "Ask for my data" in browser.get(EXPORT).text
    ask(browser, django_capture_on_commit_callbacks)
    assert DataExport.objects.get() != dead


def test_old_files_are_deleted_and_no_others(person: User) -> None:
    made_export(person, timedelta(hours=24))
    kept = made_export(make_user(), timedelta(hours=23))
    DataExport.objects.create(user=make_user(), requested_at=timezone.now() - timedelta(hours=25))
    making = DataExport.objects.create(user=make_user())
    privacy.prune_exports()
    assert set(DataExport.objects.all()) == {kept, making}


@pytest.mark.django_db(transaction=True)
def test_the_worker_makes_it(browser: Client, person: User) -> None:
    browser.post(EXPORT)
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    assert json.loads(DataExport.objects.get().content)["account"]["username"] == person.username
