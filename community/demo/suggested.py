"""Three months of suggesting and deciding: every state there is, on real skills."""

from collections.abc import Iterator
from datetime import timedelta

from accounts.models import User
from community.demo import texts
from community.demo.clock import Story
from community.demo.people import DemoPeople
from community.demo.texts import Better, skill_of
from community.drafting import drafts
from community.models import DeclineReason, Suggestion, Watch
from community.review import deciding
from community.review.outdating import OUTDATED_AFTER, set_aside_outdated
from community.suggestions import voting
from community.watching import watches
from skills import revisions
from skills.content.changes import SAME_AS, SUGGESTED, Change, Field
from skills.content.matrix import Cell, Place
from skills.models import Group, Revision, Role, Significance, Skill
from skills.revisions import unpublished

ADVERTISING, NO_BETTER, ONE_COMPANY = 1, 2, 6  # positions in the list of reasons to decline


def stories(people: DemoPeople) -> Iterator[Story]:
    """Yield what people suggested, and what became of it."""
    mira, jonas, lea, tarek = people["mira"], people["jonas"], people["lea"], people["tarek"]
    sofia, paul = people["sofia"], people["paul"]
    yield _watch(people)
    for author, better, reviewer, days, significance in (
        (mira, texts.REPRODUCES, sofia, 88.3, Significance.MAJOR),
        (jonas, texts.WORDS, paul, 71.1, Significance.TYPO),
        (mira, texts.SAMPLES, sofia, 60.4, Significance.MEDIUM),
        (lea, texts.FEEDBACK, paul, 45.2, Significance.MEDIUM),
        (mira, texts.AUDIENCE, paul, 31.3, Significance.MEDIUM),
    ):
        other = paul if reviewer == sofia else sofia
        yield _accepted(author, better, reviewer, days, significance, voters=[tarek, other])
    yield _accepted_with_changes(jonas, sofia)
    yield _partly_accepted(mira, sofia)
    yield _advert(people["max"], paul)
    yield _declined(tarek, paul)
    yield _read_a_second_time(lea, sofia)
    yield _sent_back(jonas, sofia)
    yield _withdrawn(mira)
    yield _undone(lea, paul, sofia)
    yield _open(mira, [lea, jonas])
    yield _new_to_it(tarek)
    yield _contested(jonas, mira, paul)
    yield _new_skill(lea)
    yield _twins(jonas)
    yield _outdated(lea, mira, sofia)
    yield _conflicting(mira, people["ada"])
    yield _draft(mira)


def submitted(author: User, better: Better, *more: Better, change: Change | None = None) -> Suggestion:
    """Suggest some better words for one skill, or another `change` for the same reason."""
    changes = [change or better.change(), *(other.change() for other in more)]
    draft = drafts.start(author, skill_of(better.skill), changes, reason=better.reason, source=better.source)
    return drafts.submit(draft, author, confirmed=True)


def _watch(people: DemoPeople) -> Story:
    yield 90
    for name, slugs in {
        "mira": ("experiment-tracking", "communicating-data", "product-management"),
        "jonas": ("product-management", "ml-design"),
        "lea": ("experiment-tracking", "designing-together"),
        "sofia": ("experiment-tracking",),
        "tarek": ("product-management",),
    }.items():
        for slug in slugs:
            watches.set_level(people[name], skill_of(slug), Watch.Level.WATCH)


def _accepted(
    author: User, better: Better, reviewer: User, days: float, significance: Significance, voters: list[User]
) -> Story:
    yield days + 3
    made = submitted(author, better)
    yield days + 2
    for voter in voters:
        voting.vote(made, voter, 1)
    yield days
    deciding.accept(made, reviewer, significance=significance)


def _accepted_with_changes(author: User, reviewer: User) -> Story:
    yield 24.4
    made = submitted(author, texts.EVIDENCE)
    yield 20.2
    row, change = made.changes.get(), texts.EVIDENCE.change()
    assert isinstance(change.proposed, Cell)
    words = "recommend a decision and name the evidence for and against it"
    proposed = Cell(change.proposed.description.replace(texts.EVIDENCE.new, words), change.proposed.obligation)
    edits = {row.pk: Change(change.field, change.base, proposed, change.place)}
    deciding.accept(made, reviewer, significance=Significance.MEDIUM, edits=edits)


def _partly_accepted(author: User, reviewer: User) -> Story:
    yield 19.6
    made = submitted(author, texts.TRACKER, texts.TRACKER_TOO)
    yield 13.1
    juniors = {made.changes.get(level=texts.TRACKER.level).pk}
    deciding.accept(made, reviewer, significance=Significance.MEDIUM, only=juniors)


def _reason(position: int) -> DeclineReason:
    return DeclineReason.objects.get(position=position)


def _advert(author: User, reviewer: User) -> Story:
    yield 40.5
    made = submitted(author, texts.ADVERT)
    yield 39.2
    deciding.decline(made, reviewer, _reason(ADVERTISING))


def _declined(author: User, reviewer: User) -> Story:
    yield 55.7
    made = submitted(author, texts.GOALS)
    yield 53.3
    words = "Two weeks is how your team works. What do others have in common with it?"
    deciding.decline(made, reviewer, _reason(ONE_COMPANY), words=words)


def _read_a_second_time(author: User, reviewer: User) -> Story:
    yield 33.2
    made = submitted(author, texts.ADVOCATE)
    yield 30.6
    words = "The source says it so in all its profiles; let us not differ in one."
    deciding.decline(made, reviewer, _reason(NO_BETTER), words=words)
    yield 28.1
    drafts.ask_second_reader(made, author, "“Blockers” is in no style guide I know.")


def _sent_back(author: User, reviewer: User) -> Story:
    yield 12.4
    made = submitted(author, texts.SECURE)
    yield 10.3
    words = "Good. Please keep “mitigate”: a threat model alone mitigates nothing."
    deciding.request_changes(made, reviewer, words)


def _withdrawn(author: User) -> Story:
    yield 18.3
    made = submitted(author, texts.SWEEPS)
    yield 17.9
    drafts.withdraw(made, author)


def _undone(author: User, reviewer: User, other: User) -> Story:
    yield 16.2
    made = submitted(author, texts.STAGES)
    yield 15.5
    deciding.accept(made, reviewer, significance=Significance.TYPO)
    yield 14.4
    deciding.undo(made, other, "The source means one adjustment; asked there.")


def _open(author: User, voters: list[User]) -> Story:
    yield 6.3
    made = submitted(author, texts.PROMOTES)
    for number, voter in enumerate(voters):
        yield 4.7 - number
        voting.vote(made, voter, 1)


def _new_to_it(author: User) -> Story:
    yield 2.2
    submitted(author, texts.REASONING)


def _contested(author: User, opponent: User, reviewer: User) -> Story:
    yield 5.4
    reason = "A junior of ours never touches the tracker; nobody asks for it."
    removal = Better(*texts.OPS, "junior", "", "", reason)
    made = submitted(author, removal, change=removal.removal())
    yield 4.2
    voting.vote(made, opponent, -1)
    yield 0
    deciding.claim(made, reviewer)


def _new_skill(author: User) -> Story:
    yield 3.4
    group = Group.objects.select_related("domain__framework").get(slug="mlops", domain__framework__slug="stufenplan")
    role = Role.objects.get(slug="mlops-engineer").key
    changes = [
        Change(Field.STATUS, SUGGESTED.status, Skill.Status.CURRENT.value),
        Change(Field.NAME, "", "Model Monitoring"),
        Change(Field.SUMMARY, "", "Seeing in time that a model in production no longer does what it should."),
        Change(Field.GROUP, "", f"{group.domain.key}/{group.key}"),
        *(
            Change(Field.REQUIREMENT, None, Cell(text, "mandatory"), Place(role, level))
            for level, text in texts.NEW_CELLS.items()
        ),
    ]
    skill = unpublished.unsaved(group.domain.framework, group)
    draft = drafts.start(author, skill, changes, reason=texts.NEW_SKILL_REASON)
    drafts.submit(draft, author, confirmed=True)


def _twins(author: User) -> Story:
    yield 1.6
    twin = Change(Field.STATUS, Skill.Status.CURRENT.value, SAME_AS + skill_of("ml-design").key)
    half = "Half of it stands in ML Design, too."
    draft = drafts.start(author, skill_of("architecture-design"), [twin], reason=half)
    drafts.submit(draft, author, confirmed=True)


def _outdated(author: User, other: User, reviewer: User) -> Story:
    """Two for the same words: one is accepted, the other conflicts and after a month is set aside."""
    yield 38.4
    submitted(author, texts.COMPLIANCE_AGAIN)
    yield 38.2
    taken = submitted(other, texts.COMPLIANCE)
    yield 37.1
    deciding.accept(taken, reviewer, significance=Significance.MEDIUM)
    yield 38.4 - OUTDATED_AFTER / timedelta(days=1) - 0.2
    set_aside_outdated()


def _conflicting(author: User, administrator: User) -> Story:
    yield 8.2
    made = submitted(author, texts.ROADMAPS)
    yield 7.3
    plainer = texts.ROADMAPS_PLAINER
    admin = Revision.Origin.ADMIN
    revisions.publish(made.skill, [plainer.change()], author=administrator, origin=admin, summary=plainer.reason)


def _draft(author: User) -> Story:
    yield 1.2
    better = texts.SWEEPS
    drafts.start(author, skill_of(better.skill), [better.change()], reason=better.reason)
