"""A digest that waits goes where its reader is reached when it leaves, with the kinds they want by then."""

from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.core.signing import Signer
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.address.change import SALT
from accounts.mail import queue
from accounts.models import Delivery, EmailChange, RefusedAddress, User
from community.models import EmailChoice, Kind
from community.notifications import digests
from skills.models import Skill
from tests.community.notifications.factories import make_notice, make_reader
from tests.community.notifications.test_email_choices import PAGE, WEEKLY
from tests.community.notifications.test_hidden_before_mailing import text_of
from tests.factories import make_catalogue
from tests.smtp_server import Mailbox, by_smtp, mail_server

pytestmark = pytest.mark.django_db

OLD, NEW = "anna@example.org", "anna@new.example"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    with (
        mail_server(box) as port,
        override_settings(MAILERS=by_smtp(port), BASE_URL="https://site.example"),
    ):
        yield box


@pytest.fixture
def reader(mailbox: Mailbox) -> User:
    """Return a user with a digest of two kinds that the mail server has refused for now."""
    make_catalogue()
    skill, reader = Skill.objects.get(), make_reader("anna", language="en")
    make_notice(reader, skill)
    make_notice(reader, skill, kind=Kind.MODERATION)
    digests.queue_due_digests()
    mailbox.recipient_answers[OLD] = "451 4.7.1 greylisted"
    queue.deliver_due()
    assert (Delivery.objects.get().state, mailbox.messages) == ("owed", [])
    mailbox.recipient_answers.clear()
    return reader


def send_owed() -> None:
    Delivery.objects.filter(state="owed").update(due_at=timezone.now(), leased_until=None)
    queue.deliver_due()


def digest_of(reader: User) -> Delivery:
    return Delivery.objects.get(user=reader, kind=digests.DELIVERY_KIND)


def change_address(reader: User) -> None:
    """Press the buttons behind the links of both addresses."""
    change = EmailChange.objects.create(user=reader, new_email=NEW)
    for side in ("old", "new"):
        link = Signer(salt=SALT).sign_object([change.pk, side])
        assert Client().post(reverse("accounts:address_confirm", args=[link])).status_code == 200


def test_it_goes_to_the_address_that_was_confirmed_since(reader: User, mailbox: Mailbox) -> None:
    change_address(reader)
    send_owed()
    assert [str(message["To"]) for message in mailbox.messages if "Content changed" in text_of(message)] == [NEW]
    assert (digest_of(reader).to, digest_of(reader).state) == (NEW, "sent")


def test_it_stays_with_the_old_address_while_the_new_one_is_not_confirmed(reader: User, mailbox: Mailbox) -> None:
    EmailChange.objects.create(user=reader, new_email=NEW)
    EmailAddress.objects.create(user=reader, email=NEW, verified=False, primary=False)
    send_owed()
    assert mailbox.recipients == [OLD]


@pytest.mark.parametrize("how", ["gone", "not confirmed", "not the first"])
def test_without_a_confirmed_first_address_it_is_withdrawn(reader: User, mailbox: Mailbox, how: str) -> None:
    address = EmailAddress.objects.filter(user=reader)
    if how == "gone":
        address.delete()
    else:
        address.update(verified=how != "not confirmed", primary=how != "not the first")
    send_owed()
    assert mailbox.messages == []
    assert not Delivery.objects.exists()


def test_to_a_new_address_that_refuses_mail_it_is_withheld(reader: User, mailbox: Mailbox) -> None:
    change_address(reader)
    RefusedAddress.objects.create(email=NEW, reason="550 no such user")
    send_owed()
    assert NEW not in mailbox.recipients
    digest = digest_of(reader)
    assert (digest.state, digest.to, digest.last_error) == ("withheld", NEW, "550 no such user")
    assert digest.finished_at
    assert digest.leased_until is None


def test_what_is_tried_again_by_an_administrator_goes_to_the_present_address(reader: User, mailbox: Mailbox) -> None:
    Delivery.objects.update(state="refused", finished_at=timezone.now())
    change_address(reader)
    queue.try_again(Delivery.objects.filter(kind=digests.DELIVERY_KIND))
    send_owed()
    assert (digest_of(reader).to, digest_of(reader).state) == (NEW, "sent")


def test_a_kind_that_was_switched_off_since_is_left_out(client: Client, reader: User, mailbox: Mailbox) -> None:
    client.force_login(reader)
    client.post(PAGE, WEEKLY | {"moderation": "never"})
    send_owed()
    [text] = [text_of(message) for message in mailbox.messages]
    assert ("Content changed:" in text, "Moderation:" in text) == (True, False)


def test_who_has_unsubscribed_since_gets_none_of_it(reader: User, mailbox: Mailbox) -> None:
    link = digest_of(reader).headers["List-Unsubscribe"].strip("<>").removeprefix("https://site.example")
    assert Client().post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert set(EmailChoice.objects.values_list("frequency", flat=True)) == {"never"}
    send_owed()
    assert mailbox.messages == []
    assert not Delivery.objects.exists()


def test_a_choice_of_other_kinds_or_of_another_user_changes_nothing(reader: User, mailbox: Mailbox) -> None:
    EmailChoice.objects.create(user=reader, kind=Kind.REPLY, frequency="never")
    EmailChoice.objects.create(user=reader, kind=Kind.MODERATION, frequency="daily")
    EmailChoice.objects.create(user=make_reader("berta"), kind=Kind.MODERATION, frequency="never")
    send_owed()
    [text] = [text_of(message) for message in mailbox.messages]
    assert ("Content changed:" in text, "Moderation:" in text) == (True, True)
