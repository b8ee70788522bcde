"""One suggestion as its page shows it: what changes, what speaks against it, where it stands, what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.membership import Person
from accounts.models import User
from community import rules
from community.models import ChangeOutcome, Decision, State, Step, SuggestedChange, Suggestion, Vote
from community.models.suggestions import OPEN_STATES
from community.suggestions.changes import change_of
from community.suggestions.checking import findings_of
from community.suggestions.choices import groups_of, label_of, statuses_of
from community.suggestions.impact import Impact, impact_of
from community.suggestions.moves import MOVES
from community.suggestions.rivals import touching
from community.watching import watches
from skills import revisions
from skills.content import ladder
from skills.content.changes import CHOICES, Change, Field, Fit, SkillContent, Value
from skills.content.checks import Finding
from skills.content.matrix import Cell, Place
from skills.content.places import Places, places_of
from skills.models import Role

PUBLISHED = frozenset({ChangeOutcome.APPLIED, ChangeOutcome.EDITED})
UNDECIDED = frozenset({State.DRAFT, State.OUTDATED, *OPEN_STATES})


@dataclass(frozen=True)
class ChangeLine:
    """One change as readers see it. `after` is what was published where a reviewer made something else of it."""

    row: SuggestedChange
    change: Change
    role: Role | None
    step: ladder.LadderStep | None
    today: Value
    fit: Fit
    words: Mapping[str, str]  # for groups and statuses
    is_decided: bool  # the whole suggestion, which a change may outlive undecided

    @property
    def label(self) -> str:
        """What of the skill is changed, '' for a requirement."""
        return "" if self.change.place else label_of(self.change.field)

    @property
    def is_choice(self) -> bool:
        """Whether it is chosen from a list, as groups and statuses are."""
        return self.change.field in CHOICES

    @property
    def after(self) -> Value:
        if self.row.outcome == ChangeOutcome.EDITED:
            return Change.from_json({**self.change.as_json(), "proposed": self.row.published}).proposed
        return self.change.proposed

    @property
    def is_pending(self) -> bool:
        return self.row.outcome == ChangeOutcome.PENDING

    @property
    def is_outdated(self) -> bool:
        """Whether today's text is neither what the change was based on nor what it proposes."""
        return self.is_pending and not self.is_decided and self.fit is Fit.CONFLICTS

    @property
    def before_text(self) -> str:
        return self._text(self.change.base)

    @property
    def after_text(self) -> str:
        return self._text(self.after)

    @property
    def today_text(self) -> str:
        return self._text(self.today)

    @property
    def proposed_text(self) -> str:
        return self._text(self.change.proposed)

    @property
    def obligation_before(self) -> str:
        return self.change.base.obligation if isinstance(self.change.base, Cell) else ""

    @property
    def obligation_after(self) -> str:
        return self.after.obligation if isinstance(self.after, Cell) else ""

    @property
    def obligation_changes(self) -> bool:
        return bool(self.obligation_after) and self.obligation_before != self.obligation_after

    @property
    def is_new(self) -> bool:
        return self.change.place is not None and self.change.base is None

    @property
    def is_removal(self) -> bool:
        return self.change.place is not None and self.after is None

    def _text(self, value: Value) -> str:
        if isinstance(value, Cell):
            return value.description
        return self.words.get(value, value) if value else ""


@dataclass(frozen=True)
class Votes:
    """How people voted, and the reader (0 for not at all)."""

    ups: int
    downs: int
    mine: int

    @property
    def score(self) -> int:
        return self.ups - self.downs


@dataclass(frozen=True)
class SuggestionPage:
    """What the page of one suggestion shows to one reader."""

    suggestion: Suggestion
    reader: Person
    today: SkillContent
    lines: Sequence[ChangeLine]
    votes: Votes

    @property
    def pending(self) -> list[Change]:
        return [line.change for line in self.lines if line.is_pending]

    @property
    def is_undecided(self) -> bool:
        return self.suggestion.state in UNDECIDED

    @cached_property
    def others(self) -> list[SuggestedChange]:
        """What other open suggestions change in the same fields."""
        return touching(self.suggestion, self.pending)

    @cached_property
    def impact(self) -> Impact:
        return impact_of(self.suggestion, self.today, self.pending, self.others)

    @cached_property
    def findings(self) -> list[Finding]:
        return findings_of(self.suggestion, self.pending)

    @cached_property
    def steps(self) -> list[Step]:
        """Its way from state to state, each with whether the site itself made it."""
        steps = list(self.suggestion.steps.select_related("actor"))
        is_by_votes = any(decision.is_by_votes for decision in self.decisions)
        for step in steps:
            step.is_by_site = step.actor is None and (
                step.after == State.OUTDATED or (is_by_votes and step.after == State.ACCEPTED)
            )
        return steps

    @cached_property
    def decisions(self) -> list[Decision]:
        """What reviewers said, undone or not."""
        decisions = self.suggestion.decisions.select_related("reviewer", "decline_reason", "revision")
        return list(decisions.defer("revision__content", "revision__changes"))

    @property
    def is_held(self) -> bool:
        """Whether a reviewer is reading it at this moment."""
        until = self.suggestion.claimed_until
        return self.suggestion.state == State.OPEN and until is not None and until > timezone.now()

    @property
    def is_author(self) -> bool:
        return rules.is_author(self.reader, self.suggestion)

    @cached_property
    def watches_by_taking_part(self) -> bool:
        """Whether its author watches the skill because of what they suggested."""
        is_submitted = self.suggestion.submitted_at is not None
        reader, skill = self.reader, self.suggestion.skill
        return is_submitted and isinstance(reader, User) and self.is_author and watches.is_by_taking_part(reader, skill)

    @property
    def may_edit(self) -> bool:
        return rules.may_edit(self.reader, self.suggestion, timezone.now())

    @property
    def may_withdraw(self) -> bool:
        return self.is_author and State.WITHDRAWN in MOVES[State(self.suggestion.state)]

    @property
    def may_renew(self) -> bool:
        """Whether the author can base it on today's text, which has changed since."""
        is_outdated = self.suggestion.state == State.OUTDATED
        return self.is_author and (is_outdated or any(line.is_outdated for line in self.lines))

    @property
    def may_ask_second_reader(self) -> bool:
        suggestion = self.suggestion
        return self.is_author and suggestion.state == State.DECLINED and not suggestion.second_reader_asked

    @property
    def may_vote(self) -> bool:
        return rules.may_vote(self.reader, self.suggestion)

    @property
    def next_words(self) -> str:
        """What happens next, in the reader's language."""
        if self.is_held:
            return _("A reviewer is reading it now. Until they decide it cannot be changed.")
        state = self.suggestion.state
        if state in {State.DECLINED, State.WITHDRAWN} and any(line.row.outcome in PUBLISHED for line in self.lines):
            return _("A part of it was accepted before and stays published.")
        return next_words(State(self.suggestion.state))


def next_words(state: State) -> str:
    """Return what follows a state, in the reader's language."""
    return {
        State.DRAFT: _("Only you see this draft. Submit it when you are ready."),
        State.OPEN: _("A reviewer other than the author will decide. Until then everybody may vote."),
        State.CHANGES_REQUESTED: _("The author answers what the reviewer asked for and submits it again."),
        State.ACCEPTED: _("It is published and stands in the history of the skill."),
        State.ACCEPTED_WITH_CHANGES: _("It is published with changes by the reviewer and stands in the history."),
        State.DECLINED: _("Nothing was changed. The author may ask once for a second reader."),
        State.WITHDRAWN: _("The author took it back. Nothing was changed."),
        State.OUTDATED: _("The text has changed meanwhile. The author may renew it on today's text."),
    }[state]


def suggestion_page(suggestion: Suggestion, reader: Person) -> SuggestionPage:
    """Return a suggestion's page; the suggestion comes with its skill, that one's place, and its author."""
    today, places = revisions.content_of(suggestion.skill), places_of(suggestion.skill.framework_id)
    rows = list(suggestion.changes.all())
    words = groups_of(suggestion.skill) if any(row.field == Field.GROUP for row in rows) else {}
    if any(row.field == Field.STATUS for row in rows):
        words |= statuses_of(suggestion.skill)
    is_decided = suggestion.state not in UNDECIDED
    found = [_line(row, today, places, words, is_decided=is_decided) for row in rows]
    lines = sorted(found, key=lambda line: _order(line, places))
    return SuggestionPage(suggestion, reader, today, lines, votes_of(suggestion, reader))


def votes_of(suggestion: Suggestion, reader: Person) -> Votes:
    """Return how people and the reader voted, in one query."""
    mine = Sum("value", filter=Q(user=reader.pk), default=0)
    counts = Vote.objects.filter(suggestion=suggestion).aggregate(
        ups=Count("pk", filter=Q(value=1)), downs=Count("pk", filter=Q(value=-1)), mine=mine
    )
    return Votes(**counts)


def _line(
    row: SuggestedChange, today: SkillContent, places: Places, words: Mapping[str, str], *, is_decided: bool
) -> ChangeLine:
    change = change_of(row)
    place = change.place
    step = places.step(place) if place else None
    role = places.roles.get(place.role) if place else None
    return ChangeLine(row, change, role, step, today.value(change), change.compare_with(today), words, is_decided)


def _order(line: ChangeLine, places: Places) -> tuple[int, str, int]:
    """The skill's own fields first, then role by role, each from its lowest level up."""
    place: Place | None = line.change.place
    if place is None:
        return (0, "", list(Field).index(line.change.field))
    steps = places.ladder.steps
    return (1, line.role.name if line.role else place.role, steps.index(line.step) if line.step else len(steps))
