"""The comments of the demonstration: on skills, on single cells, on suggestions."""

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from accounts.models import User
from community.demo import texts
from community.demo.clock import Story
from community.demo.people import DemoPeople
from community.demo.texts import get_skill
from community.discussion import comments
from community.discussion.comments import Subject
from community.models import Comment, Suggestion
from skills.content.matrix import Place
from skills.models import Role, Skill

type SubjectGetter = Callable[[], Subject]  # called late: a suggestion exists only when its story has run


class DemoComment(NamedTuple):
    """A comment: its author, how many days ago, its text, and the user names of those whom it helps soon after."""

    user_name: str
    days: float
    text: str
    helpful_to: tuple[str, ...] = ()


def list_stories(people: DemoPeople) -> Iterator[Story]:
    """Yield a story for each thread of comments that needs no moderation.

    `people` holds the users by user name.
    """
    for get_subject, entries in THREADS:
        yield _post_thread(people, get_subject, *entries)
    yield _resolve_thread(people)
    yield _edit_comment(people["jonas"], people["paul"])
    yield _delete_comment(people)


def build_skill_subject(slug: str) -> Subject:
    """Return a skill as the subject of comments.

    The skill with this slug must exist.
    """
    return Subject(get_skill(slug))


def _build_cell_subject(slug: str, role: str, level: str) -> Subject:
    return Subject(get_skill(slug), None, Place(Role.objects.get(slug=role).key, level))


def _build_suggestion_subject(reason: str) -> Subject:
    suggestion = Suggestion.objects.get(reason=reason)
    return Subject(Skill.objects.with_group().get(pk=suggestion.skill_id), suggestion)


def post_comment(author: User, subject: Subject, text: str, thread: Comment | None = None) -> Comment:
    """Post a comment through the rules of the discussion, and return it.

    `thread` is the first comment of the thread that it answers, None for a new thread.
    """
    return comments.post(author, subject, text, parent=thread, key=uuid.uuid4())


def _post_thread(people: DemoPeople, get_subject: SubjectGetter, *entries: DemoComment) -> Story:
    """Post the entries as one thread: the first comment begins it, the others are answers."""
    thread: Comment | None = None
    for user_name, days, text, helpful_to in entries:
        yield days
        comment = post_comment(people[user_name], get_subject(), text, thread)
        thread = thread or comment
        yield days - 0.1
        for name in helpful_to:
            comments.mark_helpful(comment, people[name], is_helpful=True)


def _resolve_thread(people: DemoPeople) -> Story:
    entries = (
        DemoComment(
            "lea",
            50.4,
            "Sollten wir hier überhaupt Werkzeuge beim Namen nennen? *MLflow* steht in zehn Anforderungen"
            " und ist in drei Jahren vielleicht Geschichte.",
            ("mira", "sofia", "tarek"),
        ),
        DemoComment(
            "jonas", 49.6, "Die Namen könnten in die Kurzbeschreibung und aus den Anforderungen heraus, oder, @mira?"
        ),
        DemoComment(
            "mira",
            48.2,
            "Ja. Am besten ein Vorschlag je Rolle, dann lässt sich jeder für sich beurteilen.",
            ("lea", "jonas"),
        ),
    )
    yield from _post_thread(people, partial(build_skill_subject, "experiment-tracking"), *entries)
    yield 47.5
    thread = Comment.objects.get(body=entries[0].text)
    comments.resolve(thread, people["sofia"], is_resolved=True)


def _edit_comment(author: User, reader: User) -> Story:
    yield 34.5
    text = "We use the rows of this table in interviews. Juniors find it fair: they know what they will be asked."
    comment = post_comment(author, build_skill_subject("product-management"), text)
    yield 34.2
    comments.edit(comment, author, f"{text} Forty interviews so far, no complaint about the table.")
    yield 33.8
    comments.mark_helpful(comment, reader, is_helpful=True)


def _delete_comment(people: DemoPeople) -> Story:
    yield 22.6
    subject = build_skill_subject("communicating-data")
    thread = post_comment(
        people["tarek"], subject, "Fehlt hier nicht die Junior-Stufe? Das sieht nach einem Versehen aus."
    )
    yield 22.3
    text = "Kein Versehen: Das Rahmenwerk beginnt für *Data Architect* erst bei Middle."
    answer = post_comment(people["sofia"], subject, text, thread)
    yield 21.9
    comments.mark_helpful(answer, people["mira"], is_helpful=True)
    # The answer stays visible below a deleted comment.
    comments.delete(thread, people["tarek"])


# In no order: each thread has its own days.
THREADS: tuple[tuple[SubjectGetter, tuple[DemoComment, ...]], ...] = (
    (
        partial(build_skill_subject, "communicating-data"),
        (
            DemoComment(
                "sofia",
                56.3,
                "Bei Middle steht jetzt, dass Diagramme Quelle und Datum nennen. Gilt das nicht auch für Senior?",
            ),
            DemoComment(
                "mira",
                55.8,
                "> Gilt das nicht auch für Senior?\n\n"
                "Doch, aber jede Stufe schließt die darunter ein. Sonst stünde am Ende überall alles.",
                ("sofia", "paul", "lea"),
            ),
            DemoComment("sofia", 55.1, "Einverstanden, danke."),
        ),
    ),
    (
        partial(build_skill_subject, "ml-design"),
        (
            DemoComment(
                "tarek",
                43.6,
                "Bei IC1 heißt es „tools and libraries from my team“. Zählen quelloffene Bibliotheken dazu?",
            ),
            DemoComment(
                "paul", 42.9, "Ja, wenn das Team sie verwendet. Gemeint ist: nichts auf eigene Faust.", ("tarek",)
            ),
        ),
    ),
    (
        partial(build_skill_subject, "product-management"),
        (
            DemoComment(
                "lea",
                25.2,
                "Senior, Lead und Principal haben denselben Text. Wie unterscheidet ihr sie in der Praxis?",
                ("jonas",),
            ),
            DemoComment(
                "jonas",
                24.8,
                "Bei uns nach der Reichweite:\n\n"
                "- **Senior**: ein Produkt\n- **Lead**: mehrere Teams\n- **Principal**: das ganze Haus\n\n"
                "Das ließe sich vorschlagen, aber dann weichen wir von der Quelle ab.",
                ("lea", "mira", "sofia", "paul"),
            ),
            DemoComment("paul", 23.5, "Abweichen darf man, wenn die Begründung trägt. Ich würde es lesen wollen."),
        ),
    ),
    (
        partial(_build_cell_subject, "experiment-tracking", "mlops-engineer", "senior"),
        (
            DemoComment(
                "tarek", 9.3, "Meint „best models“ die besten auf den Validierungsdaten oder die besten im Betrieb?"
            ),
            DemoComment(
                "sofia",
                8.4,
                "> die besten auf den Validierungsdaten\n\n"
                "So lesen wir es. Ein Vorschlag, der das klar sagt, wäre willkommen.",
                ("tarek", "mira"),
            ),
            DemoComment("mira", 6.2, "Ich habe eben einen gemacht, der auch das Zurücknehmen regelt."),
        ),
    ),
    (
        partial(build_skill_subject, "experiment-tracking"),
        (
            DemoComment(
                "paul",
                15.6,
                "Question to all: do your teams keep runs that failed? Ours delete them, and then repeat the mistakes.",
                ("mira", "jonas"),
            ),
            DemoComment(
                "mira", 15.2, "We keep them for a year, with one line that says why they failed.", ("paul", "lea")
            ),
            DemoComment("lea", 14.9, "Wir auch. Die Zeile ist mehr wert als die Kurven."),
        ),
    ),
    (
        partial(_build_suggestion_subject, texts.PROMOTES.reason),
        (
            DemoComment("paul", 5.6, "Wer sind „those who answer for the product“ in einem Team ohne Product Manager?"),
            DemoComment(
                "mira", 5.1, "Wer angerufen wird, wenn es ausfällt. Ich habe es mit Absicht offen gelassen.", ("jonas",)
            ),
        ),
    ),
    (
        partial(_build_suggestion_subject, texts.ADVOCATE.reason),
        (
            DemoComment("lea", 27.8, "@sofia, die anderen Profile würde ich danach gern genauso angleichen."),
            DemoComment(
                "sofia", 27.3, "Dann wäre mein Einwand erledigt. Entscheiden soll trotzdem jemand anderes.", ("lea",)
            ),
        ),
    ),
    (
        partial(_build_suggestion_subject, "A junior of ours never touches the tracker; nobody asks for it."),
        (
            DemoComment(
                "mira", 4.1, "Bei uns schon, ab der ersten Woche. „Optional“ trifft es doch genau.", ("lea", "sofia")
            ),
            DemoComment("jonas", 3.6, "Dann reden wir vielleicht von zwei verschiedenen Rollen."),
        ),
    ),
    (
        partial(_build_suggestion_subject, texts.NEW_SKILL_REASON),
        (DemoComment("paul", 2.7, "Gute Idee. Mir fehlt noch, wer nachts angerufen wird, und wer das festlegt."),),
    ),
)
