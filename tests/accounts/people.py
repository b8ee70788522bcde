"""A person with a name nobody else has, and a row of theirs in every table that can hold one."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group as AuthGroup
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import DataExport, Delivery, EmailChange, RefusedAddress, User
from community.models import (
    ActKind,
    Comment,
    CountedWrite,
    Decision,
    EmailChoice,
    Event,
    Frequency,
    Helpful,
    Kind,
    Notification,
    Reason,
    Report,
    Step,
    Suggestion,
    Sweep,
    ThreadMute,
    Vote,
    Watch,
    WriteKind,
)
from community.moderation import log
from skills import revisions
from skills.content.changes import Change, Field
from skills.models import Revision, Skill
from tests.factories import make_catalogue

PASSWORD = "seven loaves of rye"
NAME, USERNAME, ADDRESS = "Zwetschgenmüller O'Zett", "quittenbaum77", "Quitte@Obst.example"
TRACES = (NAME, "Zwetschgenm", USERNAME, "obst.example")


def make_person(username: str = USERNAME, name: str = NAME, email: str = ADDRESS, **fields: Any) -> User:
    """Return a member whose address is confirmed."""
    person = User.objects.create_user(username, email, PASSWORD, name=name, **fields)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def skill_of() -> Skill:
    skill = Skill.objects.with_group().first()
    return skill or Skill.objects.with_group().get(framework=make_catalogue(skills=1, roles=1))


def published_by(person: User | None, summary: str = "Said better.") -> Revision:
    skill = Skill.objects.with_group().get(pk=skill_of().pk)
    change = Change(Field.SUMMARY, skill.summary, f"{skill.summary}x")
    return revisions.publish(skill, [change], author=person, origin=Revision.Origin.ADMIN, summary=summary)


def mail_to(address: str, person: User | None = None, **fields: Any) -> Delivery:
    known = {"kind": "notices", "sender": "site@example.org", "subject": "News", "text": "Mail that says so."}
    return Delivery.objects.create(to=address, user=person, **{**known, **fields})


def notice_to(person: User, event: Event, **fields: Any) -> Notification:
    return Notification.objects.create(
        user=person, kind=event.kind, event=event, skill=event.skill, reason=Reason.SKILL, **fields
    )


def _event(actor: User | None) -> Event:
    revision = published_by(actor)
    return Event.objects.create(kind=Kind.CONTENT_CHANGED, skill=revision.skill, revision=revision, actor=actor)


def _log_entry(person: User) -> None:
    kind = ContentType.objects.get_for_model(Skill)
    LogEntry.objects.create(
        user=person, content_type=kind, object_id="1", object_repr="Logged by them", action_flag=CHANGE
    )


def _group(person: User) -> None:
    person.groups.add(AuthGroup.objects.create(name="Marker of a group"))


def _permission(person: User) -> None:
    person.user_permissions.add(Permission.objects.get(codename="view_skill"))


def _session(person: User) -> None:
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session["account_authentication_methods"] = [{"method": "password", "email": person.email}]
    session.save()
    key = str(session.session_key)
    UserSession.objects.create(user=person, session_key=key, ip="198.51.100.7", user_agent="Marker browser")


def _social_account(person: User) -> None:
    extra = {"email": person.email, "name": person.name}
    account = SocialAccount.objects.create(user=person, provider="github", uid="uid-marker", extra_data=extra)
    app = SocialApp.objects.create(provider="github", name="GitHub", client_id="x")
    SocialToken.objects.create(account=account, app=app, token=f"secret-token-{USERNAME}")


def _suggestion(person: User | None, **fields: Any) -> Suggestion:
    known: dict[str, Any] = {"state": "open", "reason": "Marker of a reason", "submitted_at": timezone.now()}
    return Suggestion.objects.create(skill=skill_of(), author=person, **{**known, **fields})


def _comment(person: User | None, **fields: Any) -> Comment:
    known: dict[str, Any] = {"skill": skill_of(), "author": person, "body": "Marker of a comment"}
    return Comment.objects.create(**{**known, **fields})


def _decision(person: User) -> None:
    Decision.objects.create(
        suggestion=_suggestion(None), reviewer=person, verdict="accept", message="Marker of a decision"
    )


def _step(person: User) -> None:
    Step.objects.create(
        suggestion=_suggestion(None), actor=person, before="open", after="declined", message="Marker of a step"
    )


def _report(reporter: User | None, **fields: Any) -> Report:
    known: dict[str, Any] = {"fault": "spam", "message": f"Marker of a report by {NAME}"}
    if "person" not in fields:
        known["suggestion"] = _suggestion(None)
    return Report.objects.create(reporter=reporter, **{**known, **fields})


def _report_decided(person: User) -> None:
    _report(None, decided_by=person, decided_at=timezone.now(), outcome="agreed", message="")


def _event_for_one(person: User) -> None:
    Event.objects.create(
        kind=Kind.MODERATION, action="warned", recipient=person, message=f"{NAME}: marker of a warning"
    )


def _sweep(person: User) -> None:
    """Create also lines of the log, whose text loses names when it is written."""
    Sweep.objects.create(person=person, reason="Marker of a sweep")
    log.write(ActKind.WARNED, person, person=person, reason=f"{NAME}, known as {USERNAME} and {ADDRESS}, is warned.")
    Report.objects.create(suggestion=_suggestion(person), fault="spam", message=f"Written by {NAME}")


def _sweep_asked(person: User) -> None:
    Sweep.objects.create(person=User.objects.create_user("swept"), asked_by=person, reason="Marker of an order")


def _reviewed(person: User) -> None:
    revision = published_by(None)
    revision.reviewer = person
    revision.save(update_fields=["reviewer"])


# For each relation to a person: how to create a row, and what of it the export must hold.
ROWS: dict[str, tuple[Callable[[User], Any], str]] = {
    "account.EmailAddress.user": (
        lambda person: EmailAddress.objects.create(user=person, email="second@obst.example", verified=True),
        "second@obst.example",
    ),
    "accounts.DataExport.user": (
        lambda person: DataExport.objects.create(user=person, content=NAME, ready_at=timezone.now()),
        '"requested_at"',
    ),
    "accounts.Delivery.user": (
        lambda person: mail_to(
            "old@obst.example",
            person,
            text=f"Dear {NAME}, delivered.",
            state=Delivery.State.REFUSED,
            finished_at=timezone.now(),
        ),
        "delivered.",
    ),
    "accounts.EmailChange.user": (
        lambda person: EmailChange.objects.create(user=person, new_email="new@obst.example"),
        "new@obst.example",
    ),
    "accounts.User_groups.user": (_group, "Marker of a group"),
    "accounts.User_user_permissions.user": (_permission, "view_skill"),
    "admin.LogEntry.user": (_log_entry, "Logged by them"),
    "community.CountedWrite.user": (
        lambda person: CountedWrite.objects.create(user=person, kind=WriteKind.POST),
        '"post"',
    ),
    "community.Comment.author": (_comment, "Marker of a comment"),
    "community.Comment.resolved_by": (
        lambda person: _comment(None, resolved_by=person, resolved_at=timezone.now()),
        '"resolved_at"',
    ),
    "community.Helpful.user": (
        lambda person: Helpful.objects.create(comment=_comment(None), user=person),
        '"marked_at"',
    ),
    "community.ThreadMute.user": (
        lambda person: ThreadMute.objects.create(thread=_comment(None), user=person),
        '"muted_at"',
    ),
    "community.EmailChoice.user": (
        lambda person: EmailChoice.objects.create(user=person, kind=Kind.MENTION, frequency=Frequency.DAILY),
        '"daily"',
    ),
    "community.Event.actor": (_event, '"happened_at"'),
    "community.Notification.user": (
        lambda person: notice_to(person, _event(None), reason_name="Marker of a notice"),
        "Marker of a notice",
    ),
    "community.Decision.reviewer": (_decision, "Marker of a decision"),
    "community.Event.recipient": (_event_for_one, "marker of a warning"),
    "community.Report.decided_by": (_report_decided, '"reports_decided": [{"outcome": "agreed"'),
    "community.Report.person": (lambda person: _report(None, person=person), '"reports_of_profile": [{'),
    "community.Report.reporter": (_report, "Marker of a report"),
    "community.Sweep.asked_by": (_sweep_asked, "Marker of an order"),
    "community.Sweep.person": (_sweep, "Marker of a sweep"),
    "community.Step.actor": (_step, "Marker of a step"),
    "community.Suggestion.author": (_suggestion, "Marker of a reason"),
    "community.Suggestion.claimed_by": (
        lambda person: _suggestion(None, claimed_by=person, claimed_until=timezone.now()),
        '"claimed_until"',
    ),
    "community.Vote.user": (
        lambda person: Vote.objects.create(suggestion=_suggestion(None), user=person, value=1),
        '"cast_at"',
    ),
    "skills.Revision.reviewer": (_reviewed, '"is_co_written"'),
    "community.Watch.user": (lambda person: Watch.objects.create(user=person, skill=skill_of()), '"watch"'),
    "mfa.Authenticator.user": (
        lambda person: Authenticator.objects.create(user=person, type="webauthn", data={"name": f"Key of {USERNAME}"}),
        f"Key of {USERNAME}",
    ),
    "skills.Revision.author": (lambda person: published_by(person, "Marker of a change"), "Marker of a change"),
    "socialaccount.SocialAccount.user": (_social_account, "uid-marker"),
    "usersessions.UserSession.user": (_session, "Marker browser"),
}


def fill_every_table(person: User, others: User) -> None:
    """Create a row of each of `ROWS`, and of everything that holds a person without a relation to them."""
    for make, _marker in ROWS.values():
        make(person)
    RefusedAddress.objects.create(email=person.email.lower(), reason=f"550 no such user <{person.email}>")
    mail_to(person.email.upper(), None, subject=f"Hello {NAME}")
    _fill_mail_to_others(person, others)
    _fill_tasks(person)
    _fill_log(person, others)
    waiting = SessionStore()
    waiting["account_login"] = {"email": person.email, "url": None}
    waiting.save()


def _fill_mail_to_others(person: User, others: User) -> None:
    now = timezone.now()
    content = {
        "subject": f"{NAME} changed a skill",
        "text": f"By {NAME}.",
        "html": "<p>By Zwetschgenmüller O&#x27;Zett.</p>",
    }
    queued = mail_to(others.email, others, **content)
    sent = mail_to(others.email, others, state=Delivery.State.SENT, finished_at=now, **content)
    refused = mail_to(others.email, others, state=Delivery.State.REFUSED, finished_at=now, html=content["html"])
    headed = mail_to(others.email, others, state=Delivery.State.SENT, finished_at=now, headers={"X-By": NAME})
    for mail in (queued, sent, refused, headed):
        notice_to(others, _event(person), mail=mail)


def _fill_tasks(person: User) -> None:
    known: dict[str, Any] = {
        "task_path": "x.y",
        "backend_name": "default",
        "run_after": timezone.now(),
        "traceback": "",
    }
    arguments = {"args": [person.email], "kwargs": {"name": NAME}}
    DBTaskResult.objects.create(status="READY", args_kwargs=arguments, **known)
    DBTaskResult.objects.create(status="SUCCESSFUL", args_kwargs={}, return_value={"to": USERNAME}, **known)
    known["traceback"] = f"SMTPRecipientsRefused: {person.email}"
    DBTaskResult.objects.create(status="FAILED", args_kwargs={}, **known)


def _fill_log(person: User, others: User) -> None:
    about: dict[str, Any] = {"user": others, "action_flag": CHANGE}
    kinds = ContentType.objects.get_for_models(User, EmailAddress, Watch, Delivery)
    LogEntry.objects.create(content_type=kinds[User], object_id=str(person.pk), object_repr=USERNAME, **about)
    LogEntry.objects.create(
        content_type=kinds[EmailAddress], object_id="77", object_repr="second@obst.example", **about
    )
    LogEntry.objects.create(content_type=kinds[Watch], object_id="77", object_repr=f"{USERNAME}: watch", **about)
    LogEntry.objects.create(content_type=kinds[Delivery], object_id="x", object_repr=f"News → {ADDRESS}", **about)
