"""What happens in the demonstration: three months of suggesting, deciding, watching. Done by the rules themselves."""

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from accounts.models import User
from community import discussion, notifications, suggestions, watching
from community.demo import texts
from community.demo.clock import days_ago
from community.demo.texts import Better, skill_of
from community.discussion import Subject
from community.models import Comment, DeclineReason, State, Suggestion, Watch
from community.suggestions.outdating import OUTDATED_AFTER, set_aside_outdated
from skills import revisions, unpublished
from skills.content import SAME_AS, SUGGESTED
from skills.matrix import Cell, Place
from skills.models import Group, Revision, Role, Significance, Skill
from skills.revisions import Change, Field

type People = Mapping[str, User]

NO_BETTER, ADVERTISING = 2, 1  # positions in the list of reasons to decline


def tell(people: People) -> None:
    """Let everything happen once; somebody who has suggested anything already has been through it."""
    if Suggestion.objects.exists():
        return
    for part in (_watch, _accepted, _declined, _turned, _waiting, _whole_skills, _said, _left_lying):
        part(people)
    notifications.tell_unfinished()


def _watch(people: People) -> None:
    with days_ago(100):
        for name, slugs in {
            "mira": ("experiment-tracking", "communicating-data"),
            "jonas": ("product-management", "ml-design"),
            "lea": ("experiment-tracking", "designing-together"),
            "sofia": ("experiment-tracking",),
        }.items():
            for slug in slugs:
                watching.set_level(people[name], skill_of(slug), Watch.Level.WATCH)


def _submitted(author: User, better: Better, *more: Better, days: float, change: Change | None = None) -> Suggestion:
    changes = [change or better.change(), *(other.change() for other in more)]
    with days_ago(days):
        draft = suggestions.start(author, skill_of(better.skill), changes, reason=better.reason, source=better.source)
        made = suggestions.submit(draft, author, confirmed=True)
    notifications.tell_unfinished()
    return made


def _decided(days: float, deed: Callable[[], object]) -> None:
    with days_ago(days):
        deed()
    notifications.tell_unfinished()


def _accepted(people: People) -> None:
    mira, jonas, lea = people["mira"], people["jonas"], people["lea"]
    sofia, paul = people["sofia"], people["paul"]
    for author, better, reviewer, days, significance in (
        (mira, texts.REPRODUCES, sofia, 88.0, Significance.MAJOR),
        (jonas, texts.WORDS, paul, 71.0, Significance.TYPO),
        (mira, texts.SAMPLES, sofia, 60.0, Significance.MEDIUM),
        (lea, texts.FEEDBACK, paul, 45.0, Significance.MEDIUM),
        (mira, texts.AUDIENCE, paul, 31.0, Significance.MEDIUM),
    ):
        made = _submitted(author, better, days=days + 3)
        with days_ago(days + 2):
            suggestions.vote(made, people["tarek"], 1)
            suggestions.vote(made, paul if reviewer == sofia else sofia, 1)
        _decided(days, partial(suggestions.accept, made, reviewer, significance=significance))
    _accepted_with_changes(people)


def _accepted_with_changes(people: People) -> None:
    made = _submitted(people["jonas"], texts.EVIDENCE, days=24)
    row = made.changes.get()
    words = "recommend a decision and name the evidence for and against it"
    change = texts.EVIDENCE.change()
    assert isinstance(change.proposed, Cell)
    proposed = Cell(change.proposed.description.replace(texts.EVIDENCE.new, words), change.proposed.obligation)
    edits = {row.pk: Change(change.field, change.base, proposed, change.place)}
    _decided(20, lambda: suggestions.accept(made, people["sofia"], significance=Significance.MEDIUM, edits=edits))


def _reason(position: int) -> DeclineReason:
    return DeclineReason.objects.get(position=position)


def _declined(people: People) -> None:
    advert = _submitted(people["tarek"], texts.ADVERT, days=40)
    _decided(39, lambda: suggestions.decline(advert, people["paul"], _reason(ADVERTISING)))
    plural = _submitted(people["lea"], texts.ADVOCATE, days=33)
    words = "The source says it so in all its profiles; let us not differ in one."
    _decided(30, lambda: suggestions.decline(plural, people["sofia"], _reason(NO_BETTER), words=words))
    _decided(
        28, lambda: suggestions.ask_second_reader(plural, people["lea"], "“Blockers” is in no style guide I know.")
    )


def _turned(people: People) -> None:
    """Sent back, withdrawn, undone."""
    back = _submitted(people["jonas"], texts.SECURE, days=12)
    words = "Good. Please keep “mitigate”: a threat model alone mitigates nothing."
    _decided(10, lambda: suggestions.request_changes(back, people["sofia"], words))
    taken = _submitted(people["mira"], texts.SWEEPS, days=18)
    _decided(17, lambda: suggestions.withdraw(taken, people["mira"]))
    undone = _submitted(people["lea"], texts.STAGES, days=16)
    _decided(15, lambda: suggestions.accept(undone, people["paul"], significance=Significance.TYPO))
    _decided(14, lambda: suggestions.undo(undone, people["sofia"], "The source means one adjustment; asked there."))


def _waiting(people: People) -> None:
    promoted = _submitted(people["mira"], texts.PROMOTES, days=6)
    with days_ago(4):
        suggestions.vote(promoted, people["lea"], 1)
        suggestions.vote(promoted, people["jonas"], 1)
    _submitted(people["tarek"], texts.REASONING, days=2)
    removal = Better(*texts.OPS, "junior", "", "", "A junior of ours never touches the tracker; nobody asks for it.")
    contested = _submitted(people["jonas"], removal, days=5, change=removal.removal())
    with days_ago(4):
        suggestions.vote(contested, people["mira"], -1)
    suggestions.claim(contested, people["paul"])
    draft = texts.SWEEPS.change()
    suggestions.start(people["mira"], skill_of(texts.SWEEPS.skill), [draft], reason="Names a product.")


def _whole_skills(people: People) -> None:
    group = Group.objects.select_related("domain__framework").get(slug="mlops", domain__framework__slug="stufenplan")
    role, path = Role.objects.get(slug="mlops-engineer").key, f"{group.domain.key}/{group.key}"
    cells = {
        "junior": "Reads the dashboards of a model in production and reports what looks unusual.",
        "middle": "Chooses what is measured of a model in production and from which value somebody is called.",
        "senior": "Tells drift of data from drift of the world, and decides when a model is trained anew.",
    }
    changes = [
        Change(Field.STATUS, SUGGESTED.status, Skill.Status.CURRENT.value),
        Change(Field.NAME, "", "Model Monitoring"),
        Change(Field.SUMMARY, "", "Seeing in time that a model in production no longer does what it should."),
        Change(Field.GROUP, "", path),
        *(
            Change(Field.REQUIREMENT, None, Cell(text, "mandatory"), Place(role, level))
            for level, text in cells.items()
        ),
    ]
    with days_ago(3):
        skill = unpublished.unsaved(group.domain.framework, group)
        draft = suggestions.start(
            people["lea"], skill, changes, reason="Every team that runs models needs it, and it stands nowhere."
        )
        suggestions.submit(draft, people["lea"], confirmed=True)
    with days_ago(1):
        twin = SAME_AS + skill_of("ml-design").key
        same = [Change(Field.STATUS, Skill.Status.CURRENT.value, twin)]
        draft = suggestions.start(
            people["jonas"],
            skill_of("architecture-design"),
            same,
            reason="Half of it stands in ML Design, too.",
        )
        suggestions.submit(draft, people["jonas"], confirmed=True)


def _said(people: People) -> None:
    """People talk: of the skill, of one cell, of a suggestion; one thread is resolved."""
    skill = skill_of("experiment-tracking")
    role = Role.objects.get(slug="mlops-engineer").key
    talks = (
        (
            Subject(skill),
            (
                "lea",
                "Should we name tools at all? *MLflow* stands here eleven times and may be gone in three years.",
                50,
            ),
            ("jonas", "We could keep them in the tag line and out of the requirements, couldn't we, @mira?", 49),
            ("mira", "Yes. One suggestion for each role, so that each can be judged by itself.", 48),
        ),
        (
            Subject(skill, None, Place(role, "senior")),
            ("tarek", "Does “best models” mean best on the validation data, or in production?", 9),
            ("sofia", "> best on the validation data\n\nThat is how we read it. A suggestion would make it plain.", 8),
        ),
        (
            Subject(skill, Suggestion.objects.get(reason=texts.PROMOTES.reason)),
            ("paul", "Who are “those who answer for the product” in a team without a product manager?", 5),
            ("mira", "Whoever is called when it fails. I left it open on purpose.", 5),
        ),
    )
    for subject, (name, words, days), *answers in talks:
        first = _say(people[name], subject, words, days)
        for name_of, words_of, days_of in answers:
            _say(people[name_of], subject, words_of, days_of, first)
    first = Comment.objects.earliest("pk")
    discussion.find_helpful(first, people["mira"], is_helpful=True)
    discussion.find_helpful(first, people["sofia"], is_helpful=True)
    discussion.resolve(first, people["sofia"], is_resolved=True)


def _say(author: User, subject: Subject, words: str, days: float, parent: Comment | None = None) -> Comment:
    with days_ago(days):
        said = discussion.post(author, subject, words, parent=parent, key=uuid.uuid4())
    notifications.tell_unfinished()
    return said


def _left_lying(people: People) -> None:
    """Two for the same words: one is accepted, the other conflicts and after a month is set aside."""
    late = 38
    assert timedelta(days=late) > OUTDATED_AFTER
    left = _submitted(people["lea"], texts.COMPLIANCE_AGAIN, days=late)
    taken = _submitted(people["mira"], texts.COMPLIANCE, days=late)
    _decided(late - 1, lambda: suggestions.accept(taken, people["sofia"], significance=Significance.MEDIUM))
    set_aside_outdated()
    assert Suggestion.objects.get(pk=left.pk).state == State.OUTDATED
    fresh = _submitted(people["mira"], texts.ADVOCATE, days=8, change=_otherwise(texts.ADVOCATE))
    with days_ago(7):
        change = texts.ADVOCATE.change()
        revisions.publish(
            fresh.skill,
            [change],
            author=people["ada"],
            origin=Revision.Origin.ADMIN,
            summary="Plainer words, as asked by a reader.",
        )


def _otherwise(better: Better) -> Change:
    change = better.change()
    assert isinstance(change.proposed, Cell)
    words = change.proposed.description.replace(better.new, "for example by finding money and people for them")
    return Change(change.field, change.base, Cell(words, change.proposed.obligation), change.place)
