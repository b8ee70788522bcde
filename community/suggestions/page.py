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
from community.suggestions.changes import build_change
from community.suggestions.checking import list_findings
from community.suggestions.choices import get_field_label, list_group_choices, list_status_choices
from community.suggestions.impact import Impact, calculate_impact
from community.suggestions.moves import TRANSITIONS
from community.suggestions.rivals import find_rival_changes
from community.watching import watches
from skills import revisions
from skills.content import ladder
from skills.content.changes import CHOICE_FIELDS, Change, ChangeValue, Field, Fit, SkillContent
from skills.content.checks import Finding
from skills.content.matrix import Cell, Place
from skills.content.places import Places, load_places
from skills.models import Role

PUBLISHED_OUTCOMES = frozenset({ChangeOutcome.APPLIED, ChangeOutcome.EDITED})
UNDECIDED_STATES = frozenset({State.DRAFT, State.OUTDATED, *OPEN_STATES})


@dataclass(frozen=True)
class ChangeLine:
    """One change as readers see it. `after` is what was published where a reviewer made something else of it."""

    row: SuggestedChange
    change: Change
    role: Role | None
    step: ladder.LadderStep | None
    today: ChangeValue
    fit: Fit
    choice_labels: Mapping[str, str]  # for groups and statuses
    is_decided: bool  # the whole suggestion, which a change may outlive undecided

    @property
    def label(self) -> str:
        """What of the skill is changed, '' for a requirement."""
        return "" if self.change.place else get_field_label(self.change.field)

    @property
    def is_choice(self) -> bool:
        """Whether it is chosen from a list, as groups and statuses are."""
        return self.change.field in CHOICE_FIELDS

    @property
    def after(self) -> ChangeValue:
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
        return self._format_value(self.change.base)

    @property
    def after_text(self) -> str:
        return self._format_value(self.after)

    @property
    def today_text(self) -> str:
        return self._format_value(self.today)

    @property
    def proposed_text(self) -> str:
        return self._format_value(self.change.proposed)

    @property
    def obligation_before(self) -> str:
        return self.change.base.obligation if isinstance(self.change.base, Cell) else ""

    @property
    def obligation_after(self) -> str:
        return self.after.obligation if isinstance(self.after, Cell) else ""

    @property
    def is_obligation_changed(self) -> bool:
        return bool(self.obligation_after) and self.obligation_before != self.obligation_after

    @property
    def is_new(self) -> bool:
        return self.change.place is not None and self.change.base is None

    @property
    def is_removal(self) -> bool:
        return self.change.place is not None and self.after is None

    def _format_value(self, value: ChangeValue) -> str:
        if isinstance(value, Cell):
            return value.description
        return self.choice_labels.get(value, value) if value else ""


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
    def pending_changes(self) -> list[Change]:
        return [line.change for line in self.lines if line.is_pending]

    @property
    def is_undecided(self) -> bool:
        return self.suggestion.state in UNDECIDED_STATES

    @cached_property
    def rival_changes(self) -> list[SuggestedChange]:
        """What other open suggestions change in the same fields."""
        return find_rival_changes(self.suggestion, self.pending_changes)

    @cached_property
    def impact(self) -> Impact:
        return calculate_impact(self.suggestion, self.today, self.pending_changes, self.rival_changes)

    @cached_property
    def findings(self) -> list[Finding]:
        return list_findings(self.suggestion, self.pending_changes)

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
    def is_claimed(self) -> bool:
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
        return self.is_author and State.WITHDRAWN in TRANSITIONS[State(self.suggestion.state)]

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
    def next_step(self) -> str:
        """What happens next, in the reader's language."""
        if self.is_claimed:
            return _("A reviewer is reading it now. Until they decide it cannot be changed.")
        state = self.suggestion.state
        if state in {State.DECLINED, State.WITHDRAWN} and any(
            line.row.outcome in PUBLISHED_OUTCOMES for line in self.lines
        ):
            return _("A part of it was accepted before and stays published.")
        return describe_next_step(State(self.suggestion.state))


def describe_next_step(state: State) -> str:
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


def build_suggestion_page(suggestion: Suggestion, reader: Person) -> SuggestionPage:
    """Return a suggestion's page; the suggestion comes with its skill, that one's place, and its author."""
    today, places = revisions.get_content(suggestion.skill), load_places(suggestion.skill.framework_id)
    rows = list(suggestion.changes.all())
    words = list_group_choices(suggestion.skill) if any(row.field == Field.GROUP for row in rows) else {}
    if any(row.field == Field.STATUS for row in rows):
        words |= list_status_choices(suggestion.skill)
    is_decided = suggestion.state not in UNDECIDED_STATES
    found = [_build_line(row, today, places, words, is_decided=is_decided) for row in rows]
    lines = sorted(found, key=lambda line: _get_sort_key(line, places))
    return SuggestionPage(suggestion, reader, today, lines, count_votes(suggestion, reader))


def count_votes(suggestion: Suggestion, reader: Person) -> Votes:
    """Return how people and the reader voted, in one query."""
    mine = Sum("value", filter=Q(user=reader.pk), default=0)
    counts = Vote.objects.filter(suggestion=suggestion).aggregate(
        ups=Count("pk", filter=Q(value=1)), downs=Count("pk", filter=Q(value=-1)), mine=mine
    )
    return Votes(**counts)


def _build_line(
    row: SuggestedChange, today: SkillContent, places: Places, choice_labels: Mapping[str, str], *, is_decided: bool
) -> ChangeLine:
    change = build_change(row)
    place = change.place
    step = places.find_step(place) if place else None
    role = places.roles.get(place.role) if place else None
    return ChangeLine(
        row, change, role, step, today.get_value(change), change.compare_with(today), choice_labels, is_decided
    )


def _get_sort_key(line: ChangeLine, places: Places) -> tuple[int, str, int]:
    """The skill's own fields first, then role by role, each from its lowest level up."""
    place: Place | None = line.change.place
    if place is None:
        return (0, "", list(Field).index(line.change.field))
    steps = places.ladder.steps
    return (1, line.role.name if line.role else place.role, steps.index(line.step) if line.step else len(steps))
