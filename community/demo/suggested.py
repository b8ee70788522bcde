"""Three months of suggestions and decisions on real skills: every state of a suggestion occurs."""

from collections.abc import Iterator
from datetime import timedelta

from accounts.models import User
from community.demo import texts
from community.demo.clock import Story
from community.demo.people import DemoPeople
from community.demo.texts import Rewording, get_skill
from community.drafting import drafts
from community.models import DeclineReason, Suggestion, Watch
from community.review import deciding
from community.review.outdating import OUTDATED_AFTER, mark_outdated_suggestions
from community.suggestions import voting
from community.watching import watches
from skills import revisions
from skills.content.changes import DUPLICATE_PREFIX, SUGGESTED_CONTENT, Change, Field
from skills.content.matrix import Cell, Place
from skills.models import Group, Revision, Role, Significance, Skill
from skills.revisions import unpublished

ADVERTISING, NO_BETTER, ONE_COMPANY = 1, 2, 6  # `position` of a DeclineReason


def list_stories(people: DemoPeople) -> Iterator[Story]:
    """Yield a story for each suggestion, from submitting it to the decision.

    `people` holds the users by user name.
    """
    mira, jonas, lea, tarek = people["mira"], people["jonas"], people["lea"], people["tarek"]
    sofia, paul = people["sofia"], people["paul"]
    yield _watch_skills(people)
    # `days` is the day of the decision.
    for author, rewording, reviewer, days, significance in (
        (mira, texts.REPRODUCES, sofia, 88.3, Significance.MAJOR),
        (jonas, texts.GRAMMAR, paul, 71.1, Significance.TYPO),
        (mira, texts.SAMPLES, sofia, 60.4, Significance.MEDIUM),
        (lea, texts.FEEDBACK, paul, 45.2, Significance.MEDIUM),
        (mira, texts.AUDIENCE, paul, 31.3, Significance.MEDIUM),
    ):
        other_reviewer = paul if reviewer == sofia else sofia
        yield _accept(author, rewording, reviewer, days, significance, voters=[tarek, other_reviewer])
    yield _accept_with_changes(jonas, sofia)
    yield _accept_partly(mira, sofia)
    yield _decline_advert(people["max"], paul)
    yield _decline(tarek, paul)
    yield _ask_second_reader(lea, sofia)
    yield _request_changes(jonas, sofia)
    yield _withdraw(mira)
    yield _accept_and_undo(lea, paul, sofia)
    yield _suggest_and_vote(mira, [lea, jonas])
    yield _suggest_first_time(tarek)
    yield _suggest_removal(jonas, mira, paul)
    yield _suggest_new_skill(lea)
    yield _suggest_duplicate(jonas)
    yield _outdate_suggestion(lea, mira, sofia)
    yield _cause_conflict(mira, people["ada"])
    yield _start_draft(mira)


def submit_suggestion(author: User, rewording: Rewording, *more: Rewording, change: Change | None = None) -> Suggestion:
    """Submit a suggestion that rewords one or more requirements of a skill, and return it.

    Skill, reason and source are those of the first rewording. A `change` replaces the change of the first one.
    """
    changes = [change or rewording.build_change(), *(other.build_change() for other in more)]
    draft = drafts.start(
        author, get_skill(rewording.skill_slug), changes, reason=rewording.reason, source=rewording.source
    )
    return drafts.submit(draft, author, confirmed=True)


def _watch_skills(people: DemoPeople) -> Story:
    yield 90
    for name, slugs in {
        "mira": ("experiment-tracking", "communicating-data", "product-management"),
        "jonas": ("product-management", "ml-design"),
        "lea": ("experiment-tracking", "designing-together"),
        "sofia": ("experiment-tracking",),
        "tarek": ("product-management",),
    }.items():
        for slug in slugs:
            watches.set_level(people[name], get_skill(slug), Watch.Level.WATCH)


def _accept(
    author: User, rewording: Rewording, reviewer: User, days: float, significance: Significance, voters: list[User]
) -> Story:
    yield days + 3
    suggestion = submit_suggestion(author, rewording)
    yield days + 2
    for voter in voters:
        voting.vote(suggestion, voter, 1)
    yield days
    deciding.accept(suggestion, reviewer, significance=significance)


def _accept_with_changes(author: User, reviewer: User) -> Story:
    yield 24.4
    suggestion = submit_suggestion(author, texts.EVIDENCE)
    yield 20.2
    row, change = suggestion.changes.get(), texts.EVIDENCE.build_change()
    assert isinstance(change.proposed, Cell)
    # The reviewer accepts another text than the suggested one.
    text = "recommend a decision and name the evidence for and against it"
    proposed = Cell(change.proposed.description.replace(texts.EVIDENCE.new, text), change.proposed.obligation)
    edits = {row.pk: Change(change.field, change.base, proposed, change.place)}
    deciding.accept(suggestion, reviewer, significance=Significance.MEDIUM, edits=edits)


def _accept_partly(author: User, reviewer: User) -> Story:
    yield 19.6
    suggestion = submit_suggestion(author, texts.TRACKER, texts.TRACKER_MIDDLE)
    yield 13.1
    accepted_ids = {suggestion.changes.get(level=texts.TRACKER.level_slug).pk}  # one of the two changes
    deciding.accept(suggestion, reviewer, significance=Significance.MEDIUM, change_ids=accepted_ids)


def _get_decline_reason(position: int) -> DeclineReason:
    return DeclineReason.objects.get(position=position)


def _decline_advert(author: User, reviewer: User) -> Story:
    yield 40.5
    suggestion = submit_suggestion(author, texts.ADVERT)
    yield 39.2
    deciding.decline(suggestion, reviewer, _get_decline_reason(ADVERTISING))


def _decline(author: User, reviewer: User) -> Story:
    yield 55.7
    suggestion = submit_suggestion(author, texts.GOALS)
    yield 53.3
    message = "Two weeks is how your team works. What do others have in common with it?"
    deciding.decline(suggestion, reviewer, _get_decline_reason(ONE_COMPANY), message=message)


def _ask_second_reader(author: User, reviewer: User) -> Story:
    yield 33.2
    suggestion = submit_suggestion(author, texts.ADVOCATE)
    yield 30.6
    message = "The source says it so in all its profiles; let us not differ in one."
    deciding.decline(suggestion, reviewer, _get_decline_reason(NO_BETTER), message=message)
    yield 28.1
    drafts.ask_second_reader(suggestion, author, "“Blockers” is in no style guide I know.")


def _request_changes(author: User, reviewer: User) -> Story:
    yield 12.4
    suggestion = submit_suggestion(author, texts.SECURE)
    yield 10.3
    message = "Good. Please keep “mitigate”: a threat model alone mitigates nothing."
    deciding.request_changes(suggestion, reviewer, message)


def _withdraw(author: User) -> Story:
    yield 18.3
    suggestion = submit_suggestion(author, texts.SWEEPS)
    yield 17.9
    drafts.withdraw(suggestion, author)


def _accept_and_undo(author: User, reviewer: User, other_reviewer: User) -> Story:
    yield 16.2
    suggestion = submit_suggestion(author, texts.STAGES)
    yield 15.5
    deciding.accept(suggestion, reviewer, significance=Significance.TYPO)
    yield 14.4
    deciding.undo(suggestion, other_reviewer, "The source means one adjustment; asked there.")


def _suggest_and_vote(author: User, voters: list[User]) -> Story:
    yield 6.3
    suggestion = submit_suggestion(author, texts.PROMOTES)
    for number, voter in enumerate(voters):
        yield 4.7 - number
        voting.vote(suggestion, voter, 1)


def _suggest_first_time(author: User) -> Story:
    yield 2.2
    submit_suggestion(author, texts.REASONING)


def _suggest_removal(author: User, opponent: User, reviewer: User) -> Story:
    yield 5.4
    reason = "A junior of ours never touches the tracker; nobody asks for it."
    removal = Rewording(*texts.OPS, "junior", "", "", reason)
    suggestion = submit_suggestion(author, removal, change=removal.build_removal())
    yield 4.2
    voting.vote(suggestion, opponent, -1)
    yield 0  # now, because a claim expires
    deciding.claim(suggestion, reviewer)


def _suggest_new_skill(author: User) -> Story:
    yield 3.4
    group = Group.objects.select_related("domain__framework").get(slug="mlops", domain__framework__slug="stufenplan")
    role = Role.objects.get(slug="mlops-engineer").key
    # A new skill is suggested as changes against an empty one that is not in the catalogue yet.
    changes = [
        Change(Field.STATUS, SUGGESTED_CONTENT.status, Skill.Status.CURRENT.value),
        Change(Field.NAME, "", "Model Monitoring"),
        Change(Field.SUMMARY, "", "Seeing in time that a model in production no longer does what it should."),
        Change(Field.GROUP, "", f"{group.domain.key}/{group.key}"),
        *(
            Change(Field.REQUIREMENT, None, Cell(text, "mandatory"), Place(role, level))
            for level, text in texts.NEW_CELLS.items()
        ),
    ]
    skill = unpublished.build_suggested_skill(group.domain.framework, group)
    draft = drafts.start(author, skill, changes, reason=texts.NEW_SKILL_REASON)
    drafts.submit(draft, author, confirmed=True)


def _suggest_duplicate(author: User) -> Story:
    yield 1.6
    change = Change(Field.STATUS, Skill.Status.CURRENT.value, DUPLICATE_PREFIX + get_skill("ml-design").key)
    reason = "Half of it is in ML Design, too."
    draft = drafts.start(author, get_skill("architecture-design"), [change], reason=reason)
    drafts.submit(draft, author, confirmed=True)


def _outdate_suggestion(author: User, other: User, reviewer: User) -> Story:
    """Submit two suggestions for the same text: one is accepted, the other conflicts and is outdated after a month."""
    yield 38.4
    submit_suggestion(author, texts.COMPLIANCE_AGAIN)
    yield 38.2
    accepted = submit_suggestion(other, texts.COMPLIANCE)
    yield 37.1
    deciding.accept(accepted, reviewer, significance=Significance.MEDIUM)
    yield 38.4 - OUTDATED_AFTER / timedelta(days=1) - 0.2  # just after the first suggestion has become too old
    mark_outdated_suggestions()


def _cause_conflict(author: User, administrator: User) -> Story:
    yield 8.2
    suggestion = submit_suggestion(author, texts.ROADMAPS)
    yield 7.3
    # An administrator changes the same text in the admin, so that the open suggestion no longer fits.
    plainer = texts.ROADMAPS_PLAINER
    change, origin = plainer.build_change(), Revision.Origin.ADMIN
    revisions.publish(suggestion.skill, [change], author=administrator, origin=origin, summary=plainer.reason)


def _start_draft(author: User) -> Story:
    yield 1.2
    rewording = texts.SWEEPS
    drafts.start(author, get_skill(rewording.skill_slug), [rewording.build_change()], reason=rewording.reason)
