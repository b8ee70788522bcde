"""The values that the page of one suggestion shows: its changes, problems, state, votes and next step."""

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
from community.models.suggestions import UNDECIDED_STATES
from community.suggestions.changes import build_change, build_renewal_digest
from community.suggestions.checking import list_findings
from community.suggestions.choices import get_field_label, list_group_choices, list_status_choices
from community.suggestions.impact import Impact, calculate_impact
from community.suggestions.rivals import find_rival_changes
from community.suggestions.states import TRANSITIONS
from community.suggestions.whole_skills import find_suggestion_retirement
from community.watching import watches
from skills import revisions
from skills.content import ladder
from skills.content.changes import CHOICE_FIELDS, Change, ChangeValue, Field, Fit, SkillContent
from skills.content.checks import Finding
from skills.content.matrix import Cell, Place
from skills.content.places import Places, load_places
from skills.content.retirement import Retirement
from skills.models import Role
from skills.text.folding import build_sort_key

# Outcomes after which a change is part of the skill's content.
PUBLISHED_OUTCOMES = frozenset({ChangeOutcome.APPLIED, ChangeOutcome.EDITED})


@dataclass(frozen=True)
class ChangeLine:
    """One change of a suggestion, as its page shows it.

    `row` is the saved change and `change` the same as a value; `today` is the current value of the field, and `fit`
    says how the change fits it. `role` and `step` are None for a place that the framework no longer has.
    """

    row: SuggestedChange
    change: Change
    role: Role | None
    step: ladder.LadderStep | None
    today: ChangeValue
    fit: Fit
    choice_labels: Mapping[str, str]  # for groups and statuses
    is_decided: bool  # about the whole suggestion; a change of a decided suggestion may itself be undecided

    @property
    def label(self) -> str:
        """The label of the changed field, '' for a requirement."""
        return "" if self.change.place else get_field_label(self.change.field)

    @property
    def is_choice(self) -> bool:
        """Whether the field is chosen from a list, as groups and statuses are, so that words are not compared."""
        return self.change.field in CHOICE_FIELDS

    @property
    def after(self) -> ChangeValue:
        """The new value: what was published if a reviewer edited the proposal, else what is proposed."""
        if self.row.outcome == ChangeOutcome.EDITED:
            return Change.from_json({**self.change.as_json(), "proposed": self.row.published}).proposed
        return self.change.proposed

    @property
    def is_pending(self) -> bool:
        """Whether the change waits for a decision."""
        return self.row.outcome == ChangeOutcome.PENDING

    @property
    def is_outdated(self) -> bool:
        """Whether an undecided change conflicts: the current text is neither its base nor what it proposes."""
        return self.is_pending and not self.is_decided and self.fit is Fit.CONFLICTS

    @property
    def before_text(self) -> str:
        """The value that the change is based on, as text."""
        return self._format_value(self.change.base)

    @property
    def after_text(self) -> str:
        """The new value as text, see `after`."""
        return self._format_value(self.after)

    @property
    def today_text(self) -> str:
        """The current value as text."""
        return self._format_value(self.today)

    @property
    def proposed_text(self) -> str:
        """What the author proposed, as text, even if something else was published."""
        return self._format_value(self.change.proposed)

    @property
    def obligation_before(self) -> str:
        """The obligation of the requirement before the change, '' for none."""
        return self.change.base.obligation if isinstance(self.change.base, Cell) else ""

    @property
    def obligation_after(self) -> str:
        """The obligation of the requirement after the change, '' for none."""
        return self.after.obligation if isinstance(self.after, Cell) else ""

    @property
    def is_obligation_changed(self) -> bool:
        """Whether the requirement has another obligation afterwards; false where it is removed."""
        return bool(self.obligation_after) and self.obligation_before != self.obligation_after

    @property
    def is_new(self) -> bool:
        """Whether the change adds a requirement."""
        return self.change.place is not None and self.change.base is None

    @property
    def is_place_missing(self) -> bool:
        """Whether an undecided change is about a role or level that the framework no longer has."""
        is_unknown = self.change.place is not None and (self.role is None or self.step is None)
        return is_unknown and self.is_pending and not self.is_decided

    @property
    def is_removal(self) -> bool:
        """Whether the change removes a requirement."""
        return self.change.place is not None and self.after is None

    def _format_value(self, value: ChangeValue) -> str:
        """Return a value as text: a requirement's description, the label of a choice, or the text itself."""
        if isinstance(value, Cell):
            return value.description
        return self.choice_labels.get(value, value) if value else ""


@dataclass(frozen=True)
class Votes:
    """The votes for and against a suggestion, and the reader's own: 1, -1, or 0 for none."""

    ups: int
    downs: int
    mine: int

    @property
    def score(self) -> int:
        """The sum of the votes."""
        return self.ups - self.downs


@dataclass(frozen=True)
class SuggestionPage:
    """What the page of one suggestion shows to one reader.

    `today` is the current content of the skill. Whatever needs further queries is a cached property, because the
    template does not show everything to everyone.
    """

    suggestion: Suggestion
    reader: Person
    today: SkillContent
    lines: Sequence[ChangeLine]
    votes: Votes

    @property
    def pending_changes(self) -> list[Change]:
        """The changes that wait for a decision."""
        return [line.change for line in self.lines if line.is_pending]

    @property
    def is_undecided(self) -> bool:
        """Whether the suggestion as a whole is not decided yet."""
        return self.suggestion.state in UNDECIDED_STATES

    @cached_property
    def rival_changes(self) -> list[SuggestedChange]:
        """The pending changes of other undecided suggestions to the same fields."""
        return find_rival_changes(self.suggestion, self.pending_changes)

    @cached_property
    def impact(self) -> Impact:
        """The effects of accepting the pending changes."""
        return calculate_impact(self.suggestion, self.today, self.pending_changes, self.rival_changes)

    @cached_property
    def findings(self) -> list[Finding]:
        """The problems of the pending changes and of the requirement table that results from them."""
        return list_findings(self.suggestion, self.pending_changes)

    @cached_property
    def steps(self) -> list[Step]:
        """The history of its states. `is_by_site` of a step says whether the site did it, and not a deleted user."""
        steps = list(self.suggestion.steps.select_related("actor"))
        is_by_votes = any(decision.is_by_votes for decision in self.decisions)
        for step in steps:
            # A step has no actor if the site did it, or if the account of its actor was deleted since.
            step.is_by_site = step.actor is None and (
                step.after == State.OUTDATED or (is_by_votes and step.after == State.ACCEPTED)
            )
        return steps

    @cached_property
    def decisions(self) -> list[Decision]:
        """All decisions on it, those that were undone too, with reviewer, reason and revision."""
        decisions = self.suggestion.decisions.select_related("reviewer", "decline_reason", "revision")
        # The two JSON columns are large, and the page needs only the revision's number.
        return list(decisions.defer("revision__content", "revision__changes"))

    @cached_property
    def retirement(self) -> Retirement | None:
        """That the skill is no longer part of its framework and the suggestion cannot be accepted; None if it can."""
        return find_suggestion_retirement(self.suggestion)

    @property
    def is_claimed(self) -> bool:
        """Whether a reviewer has claimed the suggestion and the claim has not expired."""
        until = self.suggestion.claimed_until
        is_open = self.suggestion.state == State.OPEN and self.retirement is None
        return is_open and until is not None and until > timezone.now()

    @property
    def is_author(self) -> bool:
        """Whether the reader wrote the suggestion."""
        return rules.is_author(self.reader, self.suggestion)

    @cached_property
    def watches_by_taking_part(self) -> bool:
        """Whether the reader is the author and watches the skill only because they took part."""
        is_submitted = self.suggestion.submitted_at is not None
        reader, skill = self.reader, self.suggestion.skill
        return is_submitted and isinstance(reader, User) and self.is_author and watches.is_by_taking_part(reader, skill)

    @property
    def may_edit(self) -> bool:
        """Whether the reader may edit the suggestion now; of a retired skill only a draft."""
        if self.retirement and self.suggestion.state != State.DRAFT:
            return False
        return rules.may_edit(self.reader, self.suggestion, timezone.now())

    @property
    def may_withdraw(self) -> bool:
        """Whether the reader may withdraw it: its author, while it is not decided."""
        return self.is_author and State.WITHDRAWN in TRANSITIONS[State(self.suggestion.state)]

    @property
    def may_carry_over(self) -> bool:
        """Whether the reader is the author and may carry it over to the skill that its skill was merged into."""
        return self.is_author and self.retirement is not None and self.retirement.successor is not None

    @cached_property
    def carried_from(self) -> Suggestion | None:
        """The suggestion that its author carried over to this one; None if the reader may not see it, too."""
        carried = self.suggestion.carried_from
        return carried if carried is not None and rules.may_see(self.reader, carried) else None

    @cached_property
    def carried_to(self) -> list[Suggestion]:
        """The suggestions that its author carried it over to, without those that the reader may not see."""
        if self.retirement is None and self.suggestion.state != State.WITHDRAWN:  # saves the query nearly always
            return []
        return [other for other in self.suggestion.carried_to.order_by("pk") if rules.may_see(self.reader, other)]

    @property
    def may_renew(self) -> bool:
        """Whether the reader is the author and the text has changed, so that it can be based on the current text."""
        is_outdated = self.suggestion.state == State.OUTDATED and self.retirement is None
        return self.is_author and (is_outdated or any(line.is_outdated for line in self.lines))

    @property
    def renewal_digest(self) -> str:
        """The digest of what the author compares before renewing, for the form that renews it."""
        return build_renewal_digest(self.suggestion)

    @property
    def may_ask_second_reader(self) -> bool:
        """Whether the reader is the author and may ask for a second reader: once, after a decline.

        Not for a retired skill, unless the suggestion is about its status.
        """
        suggestion = self.suggestion
        if not self.is_author or suggestion.state != State.DECLINED or suggestion.second_reader_asked:
            return False
        return suggestion.skill.is_current or any(line.row.field == Field.STATUS for line in self.lines)

    @property
    def may_vote(self) -> bool:
        """Whether the reader may vote on it now."""
        return self.retirement is None and rules.may_vote(self.reader, self.suggestion)

    @property
    def next_step(self) -> str:
        """What happens next, in the reader's language."""
        if self.retirement:
            return _("This suggestion cannot be accepted while its skill is not part of the framework.")
        if self.is_claimed:
            return _("A reviewer is reading it now. Until they decide it cannot be changed.")
        # A suggestion can be accepted in parts, and declined or withdrawn afterwards.
        state = self.suggestion.state
        if state in {State.DECLINED, State.WITHDRAWN} and any(
            line.row.outcome in PUBLISHED_OUTCOMES for line in self.lines
        ):
            return _("A part of it was accepted before and stays published.")
        return describe_next_step(State(self.suggestion.state))


def describe_next_step(state: State) -> str:
    """Return what happens after a state, in the reader's language.

    It is a sentence or two for the author and other readers. It knows only the state: `SuggestionPage.next_step`
    adds claims and parts that are published already.
    """
    return {
        State.DRAFT: _("Only you see this draft. Submit it when you are ready."),
        State.OPEN: _("A reviewer other than the author will decide. Until then everyone may vote."),
        State.CHANGES_REQUESTED: _("The author answers what the reviewer asked for and submits it again."),
        State.ACCEPTED: _("It is published and is in the history of the skill."),
        State.ACCEPTED_WITH_CHANGES: _("It is published with changes by the reviewer and is in the history."),
        State.DECLINED: _("Nothing was changed. The author may ask once for a second reader."),
        State.WITHDRAWN: _("The author took it back. Nothing was changed."),
        State.OUTDATED: _("The text has changed meanwhile. The author may renew it on today's text."),
    }[state]


def build_suggestion_page(suggestion: Suggestion, reader: Person) -> SuggestionPage:
    """Return what the page of a suggestion shows to `reader`, who may be a visitor without an account.

    `suggestion` must come with its skill, the skill's framework, group and domain, and its author
    (`get_visible_suggestion_or_404` loads them). Changes of the skill's own fields come first, then requirements.
    """
    today, places = revisions.get_content(suggestion.skill), load_places(suggestion.skill.framework_id)
    rows = list(suggestion.changes.all())
    # The labels of choices are queries of their own, so they are read only if such a field changes.
    choice_labels = list_group_choices(suggestion.skill) if any(row.field == Field.GROUP for row in rows) else {}
    if any(row.field == Field.STATUS for row in rows):
        choice_labels |= list_status_choices(suggestion.skill)
    is_decided = suggestion.state not in UNDECIDED_STATES
    unsorted = [_build_line(row, today, places, choice_labels, is_decided=is_decided) for row in rows]
    lines = sorted(unsorted, key=lambda line: _get_sort_key(line, places))
    return SuggestionPage(suggestion, reader, today, lines, count_votes(suggestion, reader))


def count_votes(suggestion: Suggestion, reader: Person) -> Votes:
    """Return the votes on a suggestion and the reader's own vote, in one query.

    `reader` may be a visitor, who has the primary key None and may not vote: `mine` then means nothing.
    """
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
    """Return a key that sorts the skill's own fields first, then role by role, each from its lowest level up."""
    place: Place | None = line.change.place
    if place is None:
        return (0, "", list(Field).index(line.change.field))
    # A role or level that the framework no longer has sorts by its key, after the known levels.
    steps = places.ladder.steps
    name = line.role.name if line.role else place.role
    return (1, build_sort_key(name), steps.index(line.step) if line.step else len(steps))
