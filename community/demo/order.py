"""Moderation in the demonstration: reports, held comments, hidden content, warnings and a suspension."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from community.demo import texts
from community.demo.clock import Story
from community.demo.people import DemoPeople
from community.demo.suggested import submit_suggestion
from community.demo.talk import build_skill_subject, post_comment
from community.models import Fault, Suggestion, WatchedWord
from community.models.moderation import ReportOutcome
from community.moderation import hiding, people
from community.moderation.reports import decide, get_or_create_report

# A comment with one of these words is held until a moderator releases it.
WATCHED_WORDS = ("Backlinks", "Casino", "Gutscheincode")


def list_stories(demo_people: DemoPeople) -> Iterator[Story]:
    """Yield a story for each case of moderation, done or still waiting.

    `demo_people` holds the users by user name.
    """
    yield _add_watched_words()
    yield _release_held_comment(demo_people["tarek"], demo_people["noor"])
    yield _hide_and_restore(demo_people)
    yield _advertise(demo_people)
    yield _insult(demo_people)
    yield _report_without_grounds(demo_people)
    yield _report_new_people(demo_people)
    yield _report_new_skill(demo_people["jonas"])


def _add_watched_words() -> Story:
    yield 92
    WatchedWord.objects.bulk_create(WatchedWord(text=text) for text in WATCHED_WORDS)


def _release_held_comment(author: User, moderator: User) -> Story:
    yield 69.4
    text = (  # held, because it has many links
        "Drei Texte, die beim Schreiben dieser Anforderungen geholfen haben:\n\n"
        "- https://ml-ops.example/reproducible-runs\n"
        "- https://ml-ops.example/naming-of-runs\n"
        "- https://data.example/lineage"
    )
    held = post_comment(author, build_skill_subject("experiment-tracking"), text)
    yield 69.1
    hiding.release(held, moderator)


def _hide_and_restore(demo_people: DemoPeople) -> Story:
    """Let a moderator hide a quotation that is allowed, and an administrator show it again."""
    yield 66.5
    text = (
        "So beschreibt es die Quelle selbst:\n\n"
        "> Product management involves making sure that products provide value and drive the right outcomes\n\n"
        "Kurz, und es steht schon alles darin."
    )
    quote = post_comment(demo_people["jonas"], build_skill_subject("product-management"), text)
    yield 65.8
    get_or_create_report(quote, demo_people["viktor"], Fault.LICENCE, "Wörtlich aus einem fremden Text abgeschrieben.")
    yield 65.2
    decide(quote, demo_people["noor"], ReportOutcome.AGREED, "Fremder Text; bis zur Klärung verborgen.", hide=True)
    yield 64.4
    hiding.restore(
        quote, demo_people["ada"], "Ein Satz, als Zitat erkennbar, und die Quelle steht unter offener Lizenz."
    )


def _advertise(demo_people: DemoPeople) -> Story:
    """Let a member advertise three times: hidden and warned, hidden while held, hidden and suspended."""
    advertiser, noor = demo_people["max"], demo_people["noor"]
    yield 27.4
    advert = submit_suggestion(advertiser, texts.ADVERT_AGAIN)
    yield 26.8
    get_or_create_report(advert, demo_people["jonas"], Fault.SPAM)
    yield 26.3
    decide(advert, noor, ReportOutcome.AGREED, "Werbung statt eines Vorschlags.", hide=True)
    people.warn(advertiser, noor, "Bitte keine Werbung. Beim nächsten Mal sperren wir das Schreiben für einige Wochen.")
    yield 17.3
    held = post_comment(  # "Gutscheincode" is a watched word
        advertiser, build_skill_subject("ml-design"), "Mit dem Gutscheincode BONUS20 gibt es ModelBuddy Pro billiger!"
    )
    yield 16.8
    hiding.hide(held, noor, "Werbung.")
    yield 11.9
    praise = post_comment(
        advertiser, build_skill_subject("experiment-tracking"), "ModelBuddy Pro löst das alles. Schreibt mir einfach!"
    )
    yield 11.6
    get_or_create_report(praise, demo_people["mira"], Fault.SPAM, "Schon wieder.")
    yield 11.3
    decide(praise, noor, ReportOutcome.AGREED, "Werbung, trotz Warnung.", hide=True)
    # Inside a story the clock is set back: the suspension began 11.3 days ago and still lasts.
    until = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=40)
    people.suspend(
        advertiser, noor, until, "Werbung, auch nach der Warnung und nachdem zwei Beiträge verborgen wurden."
    )


def _insult(demo_people: DemoPeople) -> Story:
    viktor, noor = demo_people["viktor"], demo_people["noor"]
    subject = build_skill_subject("experiment-tracking")
    yield 29.6
    text = "Wer so etwas schreibt, hat noch nie ein Modell im Betrieb gesehen. Lächerlich, sucht euch ein Hobby."
    rude = post_comment(viktor, subject, text)
    yield 29.3
    post_comment(
        demo_people["lea"], subject, "Bitte zur Sache: Welcher Satz stimmt nicht, und wie hieße er richtig?", rude
    )
    yield 29.1
    get_or_create_report(rude, demo_people["tarek"], Fault.ABUSE, "Geht gegen Menschen, nicht gegen den Text.")
    yield 28.7
    decide(rude, noor, ReportOutcome.AGREED, "Herabsetzend; zur Sache steht nichts darin.", hide=True)
    people.warn(viktor, noor, "Bitte über den Text sprechen, nicht über die, die ihn geschrieben haben.")


def _report_without_grounds(demo_people: DemoPeople) -> Story:
    """Let moderators disagree with one report, and ignore one that is not their task."""
    yield 19.2
    evidence = Suggestion.objects.get(reason=texts.EVIDENCE.reason)
    get_or_create_report(
        evidence, demo_people["tarek"], Fault.LICENCE, "Gibt es die 40 Gespräche irgendwo zum Nachlesen?"
    )
    yield 18.6
    decide(
        evidence,
        demo_people["noor"],
        ReportOutcome.IGNORED,
        "Eine Frage an den Verfasser; bitte beim Vorschlag stellen.",
    )
    yield 10.1
    declined = Suggestion.objects.get(reason=texts.ADVOCATE.reason)
    get_or_create_report(
        declined, demo_people["viktor"], Fault.ABUSE, "Unterstellt allen, die anders schreiben, schlechten Stil."
    )
    yield 9.4
    decide(declined, demo_people["noor"], ReportOutcome.DISAGREED, "Sachliche Kritik an einem Wort.")


def _report_new_people(demo_people: DemoPeople) -> Story:
    """Leave open work to moderators.

    A profile that pretends to be the operator, and its comment, are reported; a comment with many links is held.
    """
    yield 2.9
    text = "Zertifikate für alle Stufen, ohne Prüfung und nur diese Woche: www.stufen-zertifikat.example"
    spam = post_comment(demo_people["helpdesk"], build_skill_subject("product-management"), text)
    yield 2.4
    get_or_create_report(spam, demo_people["mira"], Fault.SPAM)
    yield 1.8
    get_or_create_report(
        spam, demo_people["lea"], Fault.SPAM, "Das Zertifikat gibt es nicht, und mit Stufenplan hat es nichts zu tun."
    )
    yield 1.6
    message = "Nennt sich „Support“ und bittet Leute um ihre E-Mail-Adresse. Das ist niemand vom Betrieb."
    get_or_create_report(demo_people["helpdesk"], demo_people["lea"], Fault.OTHER, message)
    yield 1.05
    text = (
        "Für alle, die das im Team einführen wollen, unsere Unterlagen:\n\n"
        "- https://elif.example/folien\n- https://elif.example/uebungen\n- https://elif.example/vorlage\n\n"
        "Rückmeldungen gern hier."
    )
    post_comment(demo_people["elif"], build_skill_subject("experiment-tracking"), text)


def _report_new_skill(reporter: User) -> Story:
    yield 1.1
    suggestion = Suggestion.objects.get(reason=texts.NEW_SKILL_REASON)
    message = "Denselben Skill gibt es bei uns im Haus schon unter anderem Namen. Sollte man nicht erst fragen?"
    get_or_create_report(suggestion, reporter, Fault.OTHER, message)
