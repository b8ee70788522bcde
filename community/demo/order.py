"""What moderators of the demonstration had to look at: reports, what was held, what they hid, whom they warned."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from community.demo import texts
from community.demo.clock import Story
from community.demo.people import DemoPeople
from community.demo.suggested import submitted
from community.demo.talk import on_skill, say
from community.models import Fault, Suggestion, WatchedWord
from community.models.moderation import ReportOutcome
from community.moderation import hiding, people
from community.moderation.reports import decide, report

WATCHED_WORDS = ("Backlinks", "Casino", "Gutscheincode")


def stories(cast: DemoPeople) -> Iterator[Story]:
    """Yield what moderators did, and what waits for them."""
    yield _watched_words()
    yield _let_through(cast["tarek"], cast["noor"])
    yield _restored(cast)
    yield _advertising(cast)
    yield _rude(cast)
    yield _unfounded(cast)
    yield _waiting_of_new_people(cast)
    yield _waiting_of_a_suggestion(cast["jonas"])


def _watched_words() -> Story:
    yield 92
    WatchedWord.objects.bulk_create(WatchedWord(text=text) for text in WATCHED_WORDS)


def _let_through(author: User, moderator: User) -> Story:
    yield 69.4
    words = (
        "Drei Texte, die beim Schreiben dieser Anforderungen geholfen haben:\n\n"
        "- https://ml-ops.example/reproducible-runs\n"
        "- https://ml-ops.example/naming-of-runs\n"
        "- https://data.example/lineage"
    )
    held = say(author, on_skill("experiment-tracking"), words)
    yield 69.1
    hiding.release(held, moderator)


def _restored(cast: DemoPeople) -> Story:
    """A moderator hides what may be quoted, an administrator shows it again."""
    yield 66.5
    words = (
        "So beschreibt es die Quelle selbst:\n\n"
        "> Product management involves making sure that products provide value and drive the right outcomes\n\n"
        "Kurz, und es steht schon alles darin."
    )
    quote = say(cast["jonas"], on_skill("product-management"), words)
    yield 65.8
    report(quote, cast["viktor"], Fault.LICENCE, "Wörtlich aus einem fremden Text abgeschrieben.")
    yield 65.2
    decide(quote, cast["noor"], ReportOutcome.AGREED, "Fremder Text; bis zur Klärung verborgen.", hide=True)
    yield 64.4
    hiding.restore(quote, cast["ada"], "Ein Satz, als Zitat erkennbar, und die Quelle steht unter offener Lizenz.")


def _advertising(cast: DemoPeople) -> Story:
    advertiser, noor = cast["max"], cast["noor"]
    yield 27.4
    advert = submitted(advertiser, texts.ADVERT_AGAIN)
    yield 26.8
    report(advert, cast["jonas"], Fault.SPAM)
    yield 26.3
    decide(advert, noor, ReportOutcome.AGREED, "Werbung statt eines Vorschlags.", hide=True)
    people.warn(advertiser, noor, "Bitte keine Werbung. Beim nächsten Mal sperren wir das Schreiben für einige Wochen.")
    yield 17.3
    held = say(advertiser, on_skill("ml-design"), "Mit dem Gutscheincode BONUS20 gibt es ModelBuddy Pro billiger!")
    yield 16.8
    hiding.hide(held, noor, "Werbung.")
    yield 11.9
    praise = say(advertiser, on_skill("experiment-tracking"), "ModelBuddy Pro löst das alles. Schreibt mir einfach!")
    yield 11.6
    report(praise, cast["mira"], Fault.SPAM, "Schon wieder.")
    yield 11.3
    decide(praise, noor, ReportOutcome.AGREED, "Werbung, trotz Warnung.", hide=True)
    until = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=40)
    people.suspend(
        advertiser, noor, until, "Werbung, auch nach der Warnung und nachdem zwei Beiträge verborgen wurden."
    )


def _rude(cast: DemoPeople) -> Story:
    viktor, noor = cast["viktor"], cast["noor"]
    about = on_skill("experiment-tracking")
    yield 29.6
    words = "Wer so etwas schreibt, hat noch nie ein Modell im Betrieb gesehen. Lächerlich, sucht euch ein Hobby."
    rude = say(viktor, about, words)
    yield 29.3
    say(cast["lea"], about, "Bitte zur Sache: Welcher Satz stimmt nicht, und wie hieße er richtig?", rude)
    yield 29.1
    report(rude, cast["tarek"], Fault.ABUSE, "Geht gegen Menschen, nicht gegen den Text.")
    yield 28.7
    decide(rude, noor, ReportOutcome.AGREED, "Herabsetzend; zur Sache steht nichts darin.", hide=True)
    people.warn(viktor, noor, "Bitte über den Text sprechen, nicht über die, die ihn geschrieben haben.")


def _unfounded(cast: DemoPeople) -> Story:
    """Reports with which moderators do not agree, or that are none of their business."""
    yield 19.2
    evidence = Suggestion.objects.get(reason=texts.EVIDENCE.reason)
    report(evidence, cast["tarek"], Fault.LICENCE, "Gibt es die 40 Gespräche irgendwo zum Nachlesen?")
    yield 18.6
    decide(evidence, cast["noor"], ReportOutcome.IGNORED, "Eine Frage an den Verfasser; bitte beim Vorschlag stellen.")
    yield 10.1
    declined = Suggestion.objects.get(reason=texts.ADVOCATE.reason)
    report(declined, cast["viktor"], Fault.ABUSE, "Unterstellt allen, die anders schreiben, schlechten Stil.")
    yield 9.4
    decide(declined, cast["noor"], ReportOutcome.DISAGREED, "Sachliche Kritik an einem Wort.")


def _waiting_of_new_people(cast: DemoPeople) -> Story:
    """A comment with many links is held; a profile that poses as the operator, and its comment, are reported."""
    yield 2.9
    words = "Zertifikate für alle Stufen, ohne Prüfung und nur diese Woche: www.stufen-zertifikat.example"
    spam = say(cast["helpdesk"], on_skill("product-management"), words)
    yield 2.4
    report(spam, cast["mira"], Fault.SPAM)
    yield 1.8
    report(spam, cast["lea"], Fault.SPAM, "Das Zertifikat gibt es nicht, und mit Stufenplan hat es nichts zu tun.")
    yield 1.6
    words = "Nennt sich „Support“ und bittet Leute um ihre E-Mail-Adresse. Das ist niemand vom Betrieb."
    report(cast["helpdesk"], cast["lea"], Fault.OTHER, words)
    yield 1.05
    words = (
        "Für alle, die das im Team einführen wollen, unsere Unterlagen:\n\n"
        "- https://elif.example/folien\n- https://elif.example/uebungen\n- https://elif.example/vorlage\n\n"
        "Rückmeldungen gern hier."
    )
    say(cast["elif"], on_skill("experiment-tracking"), words)


def _waiting_of_a_suggestion(reporter: User) -> Story:
    yield 1.1
    suggested = Suggestion.objects.get(reason=texts.NEW_SKILL_REASON)
    words = "Denselben Skill gibt es bei uns im Haus schon unter anderem Namen. Sollte man nicht erst fragen?"
    report(suggested, reporter, Fault.OTHER, words)
