"""What people say to each other in the demonstration: of skills, of single cells, of suggestions."""

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from accounts.models import User
from community.demo import texts
from community.demo.clock import Story
from community.demo.people import DemoPeople
from community.demo.texts import skill_of
from community.discussion import comments
from community.discussion.comments import Subject
from community.models import Comment, Suggestion
from skills.content.matrix import Place
from skills.models import Role, Skill

type About = Callable[[], Subject]


class Said(NamedTuple):
    """Who says what how many days ago, and who finds it helpful soon after."""

    who: str
    days: float
    words: str
    helps: tuple[str, ...] = ()


def stories(people: DemoPeople) -> Iterator[Story]:
    """Yield all talks, in which nobody had to be called to order."""
    for about, said in THREADS:
        yield _talked(people, about, *said)
    yield _resolved(people)
    yield _edited(people["jonas"], people["paul"])
    yield _deleted(people)


def on_skill(slug: str) -> Subject:
    return Subject(skill_of(slug))


def _on_cell(slug: str, role: str, level: str) -> Subject:
    return Subject(skill_of(slug), None, Place(Role.objects.get(slug=role).key, level))


def _on_suggestion(reason: str) -> Subject:
    about = Suggestion.objects.get(reason=reason)
    return Subject(Skill.objects.with_place().get(pk=about.skill_id), about)


def say(author: User, subject: Subject, words: str, thread: Comment | None = None) -> Comment:
    return comments.post(author, subject, words, parent=thread, key=uuid.uuid4())


def _talked(people: DemoPeople, about: About, *said: Said) -> Story:
    thread: Comment | None = None
    for who, days, words, helps in said:
        yield days
        comment = say(people[who], about(), words, thread)
        thread = thread or comment
        yield days - 0.1
        for name in helps:
            comments.find_helpful(comment, people[name], is_helpful=True)


def _resolved(people: DemoPeople) -> Story:
    said = (
        Said(
            "lea",
            50.4,
            "Sollten wir hier überhaupt Werkzeuge beim Namen nennen? *MLflow* steht in zehn Anforderungen"
            " und ist in drei Jahren vielleicht Geschichte.",
            ("mira", "sofia", "tarek"),
        ),
        Said("jonas", 49.6, "Die Namen könnten in die Kurzbeschreibung und aus den Anforderungen heraus, oder, @mira?"),
        Said(
            "mira",
            48.2,
            "Ja. Am besten ein Vorschlag je Rolle, dann lässt sich jeder für sich beurteilen.",
            ("lea", "jonas"),
        ),
    )
    yield from _talked(people, partial(on_skill, "experiment-tracking"), *said)
    yield 47.5
    thread = Comment.objects.get(body=said[0].words)
    comments.resolve(thread, people["sofia"], is_resolved=True)


def _edited(author: User, reader: User) -> Story:
    yield 34.5
    words = "We use the rows of this table in interviews. Juniors find it fair: they know what they will be asked."
    said = say(author, on_skill("product-management"), words)
    yield 34.2
    comments.edit(said, author, f"{words} Forty interviews so far, no complaint about the table.")
    yield 33.8
    comments.find_helpful(said, reader, is_helpful=True)


def _deleted(people: DemoPeople) -> Story:
    yield 22.6
    about = on_skill("communicating-data")
    thread = say(people["tarek"], about, "Fehlt hier nicht die Junior-Stufe? Das sieht nach einem Versehen aus.")
    yield 22.3
    words = "Kein Versehen: Das Rahmenwerk beginnt für *Data Architect* erst bei Middle."
    answer = say(people["sofia"], about, words, thread)
    yield 21.9
    comments.find_helpful(answer, people["mira"], is_helpful=True)
    comments.delete(thread, people["tarek"])


THREADS: tuple[tuple[About, tuple[Said, ...]], ...] = (
    (
        partial(on_skill, "communicating-data"),
        (
            Said(
                "sofia",
                56.3,
                "Bei Middle steht jetzt, dass Diagramme Quelle und Datum nennen. Gilt das nicht auch für Senior?",
            ),
            Said(
                "mira",
                55.8,
                "> Gilt das nicht auch für Senior?\n\n"
                "Doch, aber jede Stufe schließt die darunter ein. Sonst stünde am Ende überall alles.",
                ("sofia", "paul", "lea"),
            ),
            Said("sofia", 55.1, "Einverstanden, danke."),
        ),
    ),
    (
        partial(on_skill, "ml-design"),
        (
            Said(
                "tarek",
                43.6,
                "Bei IC1 heißt es „tools and libraries from my team“. Zählen quelloffene Bibliotheken dazu?",
            ),
            Said("paul", 42.9, "Ja, wenn das Team sie verwendet. Gemeint ist: nichts auf eigene Faust.", ("tarek",)),
        ),
    ),
    (
        partial(on_skill, "product-management"),
        (
            Said(
                "lea",
                25.2,
                "Senior, Lead und Principal haben denselben Text. Wie unterscheidet ihr sie in der Praxis?",
                ("jonas",),
            ),
            Said(
                "jonas",
                24.8,
                "Bei uns nach der Reichweite:\n\n"
                "- **Senior**: ein Produkt\n- **Lead**: mehrere Teams\n- **Principal**: das ganze Haus\n\n"
                "Das ließe sich vorschlagen, aber dann weichen wir von der Quelle ab.",
                ("lea", "mira", "sofia", "paul"),
            ),
            Said("paul", 23.5, "Abweichen darf man, wenn die Begründung trägt. Ich würde es lesen wollen."),
        ),
    ),
    (
        partial(_on_cell, "experiment-tracking", "mlops-engineer", "senior"),
        (
            Said("tarek", 9.3, "Meint „best models“ die besten auf den Validierungsdaten oder die besten im Betrieb?"),
            Said(
                "sofia",
                8.4,
                "> die besten auf den Validierungsdaten\n\n"
                "So lesen wir es. Ein Vorschlag, der das klar sagt, wäre willkommen.",
                ("tarek", "mira"),
            ),
            Said("mira", 6.2, "Ich habe eben einen gemacht, der auch das Zurücknehmen regelt."),
        ),
    ),
    (
        partial(on_skill, "experiment-tracking"),
        (
            Said(
                "paul",
                15.6,
                "Question to all: do your teams keep runs that failed? Ours delete them, and then repeat the mistakes.",
                ("mira", "jonas"),
            ),
            Said("mira", 15.2, "We keep them for a year, with one line that says why they failed.", ("paul", "lea")),
            Said("lea", 14.9, "Wir auch. Die Zeile ist mehr wert als die Kurven."),
        ),
    ),
    (
        partial(_on_suggestion, texts.PROMOTES.reason),
        (
            Said("paul", 5.6, "Wer sind „those who answer for the product“ in einem Team ohne Product Manager?"),
            Said(
                "mira", 5.1, "Wer angerufen wird, wenn es ausfällt. Ich habe es mit Absicht offen gelassen.", ("jonas",)
            ),
        ),
    ),
    (
        partial(_on_suggestion, texts.ADVOCATE.reason),
        (
            Said("lea", 27.8, "@sofia, die anderen Profile würde ich danach gern genauso angleichen."),
            Said("sofia", 27.3, "Dann wäre mein Einwand erledigt. Entscheiden soll trotzdem jemand anderes.", ("lea",)),
        ),
    ),
    (
        partial(_on_suggestion, "A junior of ours never touches the tracker; nobody asks for it."),
        (
            Said("mira", 4.1, "Bei uns schon, ab der ersten Woche. „Optional“ trifft es doch genau.", ("lea", "sofia")),
            Said("jonas", 3.6, "Dann reden wir vielleicht von zwei verschiedenen Rollen."),
        ),
    ),
    (
        partial(_on_suggestion, texts.NEW_SKILL_REASON),
        (Said("paul", 2.7, "Gute Idee. Mir fehlt noch, wer nachts angerufen wird, und wer das festlegt."),),
    ),
)
