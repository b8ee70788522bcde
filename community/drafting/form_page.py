"""The page on which a suggestion is written, as a value: each cell with today's text, the typed one and what speaks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import cast

from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.safestring import SafeString

from accounts.models import User
from community.drafting.filing import Draft
from community.drafting.typed import (
    TEXT_FIELDS,
    Options,
    TypedCell,
    TypedForm,
    build_proposal,
)
from community.models import State, SuggestedChange, Suggestion
from community.suggestions.checking import find_change_faults, list_findings
from community.suggestions.choices import get_field_label, list_group_choices, list_status_choices
from community.suggestions.impact import Impact, calculate_impact
from community.suggestions.rivals import find_rival_changes, find_same_among, get_change_key
from community.suggestions.whole_skills import find_same_new_skill
from skills import revisions
from skills.content.changes import (
    FIELD_MAX_LENGTHS,
    Change,
    Field,
    Fit,
    SkillContent,
)
from skills.content.checks import Finding
from skills.content.ladder import LadderStep
from skills.content.matrix import Cell, Place
from skills.content.places import Places, load_places
from skills.models import Obligation, Role, Skill
from skills.models.catalogue import DESCRIPTION_MAX_LENGTH
from skills.text import markdown

COMPARED_MAX_LENGTH = 150_000
"""Characters of one form that are compared and previewed; the largest skill that ships has a third of that."""


@dataclass(frozen=True)
class CellCard:
    """One cell of the form. `role` and `step` are None for a place that the framework does not have."""

    number: int
    typed: TypedCell
    role: Role | None
    step: LadderStep | None
    today: Cell | None
    neighbours: Sequence[tuple[LadderStep, Cell]]
    rival_changes: Sequence[SuggestedChange]
    findings: Sequence[Finding]
    is_compared: bool

    @property
    def name(self) -> str:
        """What the fields of the form call this cell."""
        return f"{self.typed.place.role}/{self.typed.place.level}"

    @property
    def is_known(self) -> bool:
        """Whether the framework has this place; what cannot be published is not compared and previewed either."""
        return self.role is not None and self.step is not None

    @property
    def before(self) -> str:
        return self.today.description if self.today else ""

    @property
    def after(self) -> str:
        return "" if self.typed.is_removed else self.typed.description

    @property
    def obligation_before(self) -> str:
        return self.today.obligation if self.today else ""

    @property
    def is_changed(self) -> bool:
        """Whether what is typed differs from today."""
        if self.typed.is_removed or self.today is None:
            return bool(self.today if self.typed.is_removed else self.typed.description.strip())
        return (self.before, self.today.obligation) != (self.typed.description, self.typed.obligation)

    @property
    def is_obligation_changed(self) -> bool:
        is_known = self.typed.obligation in Obligation.values
        return is_known and not self.typed.is_removed and self.obligation_before != self.typed.obligation

    @property
    def is_too_long(self) -> bool:
        return len(self.typed.description) > DESCRIPTION_MAX_LENGTH

    @property
    def preview(self) -> SafeString:
        """The typed text as it will be shown."""
        return markdown.render_once(self.typed.description)


@dataclass(frozen=True)
class TextCard:
    """Name, summary, tag line, group or status. The texts of the last two are the words that `options` gives them."""

    field: Field
    typed: str
    today: str
    options: Mapping[str, str]
    rival_changes: Sequence[SuggestedChange]

    @property
    def before(self) -> str:
        return self.options.get(self.today, self.today)

    @property
    def after(self) -> str:
        return self.options.get(self.typed, self.typed)

    @property
    def is_changed(self) -> bool:
        return self.typed != self.today

    @property
    def limit(self) -> int | None:
        return FIELD_MAX_LENGTHS.get(self.field)

    @property
    def label(self) -> str:
        return get_field_label(self.field)


@dataclass(frozen=True)
class FormPage:
    """Everything the form shows. `faults` are what cannot even be kept as a draft."""

    skill: Skill
    suggestion: Suggestion
    typed: TypedForm
    changes: Sequence[Change]
    today: SkillContent
    places: Places
    options: Options
    faults: Sequence[str]
    rival_changes: Sequence[SuggestedChange]

    @property
    def is_draft(self) -> bool:
        """Whether nobody else has seen it yet; only then it is saved while typing."""
        return self.suggestion.state == State.DRAFT

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing that were worth keeping."""
        return not (self.is_changed or self.typed.reason.strip() or self.typed.source.strip())

    @property
    def is_changed(self) -> bool:
        """Whether anything was written; that a new skill becomes one, and in which group, is no writing yet."""
        idle = (Field.STATUS, Field.GROUP) if self.skill.is_suggested else ()
        written = (change for change in self.changes if change.field not in idle)
        return any(change.compare_with(self.today) is not Fit.ALREADY_DONE for change in written)

    @cached_property
    def effective_changes(self) -> list[Change]:
        """The changes that really change something."""
        return [change for change in self.changes if change.proposed != change.base]

    @cached_property
    def findings(self) -> list[Finding]:
        """What speaks against the proposed table."""
        return list_findings(self.suggestion, self.effective_changes)

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.is_blocking]

    @cached_property
    def submit_faults(self) -> list[str]:
        """Why it cannot be submitted as it is, but for a missing reason."""
        found = [*self.faults, *find_change_faults(self.skill, self.effective_changes)]
        return list(dict.fromkeys([*found, *(finding.reason for finding in self.findings if finding.is_blocking)]))

    @cached_property
    def same_suggestion(self) -> Suggestion | None:
        """An open suggestion that proposes the very same."""
        return find_same_among(self.rival_changes, self.effective_changes) or find_same_new_skill(
            self.suggestion, self.effective_changes
        )

    @cached_property
    def impact(self) -> Impact:
        wanted = {get_change_key(change) for change in self.effective_changes}
        rivals = [row for row in self.rival_changes if (row.field, row.role, row.level) in wanted]
        return calculate_impact(self.suggestion, self.today, self.effective_changes, rivals)

    @cached_property
    def cells(self) -> list[CellCard]:
        """The cells of the form in the order in which they were added; the first `COMPARED_MAX_LENGTH` are compared."""
        lengths = accumulate(len(cell.description) for cell in self.typed.cells)
        cells = enumerate(zip(self.typed.cells, lengths, strict=True), start=1)
        return [
            self._build_card(number, cell, is_compared=length <= COMPARED_MAX_LENGTH)
            for number, (cell, length) in cells
        ]

    @cached_property
    def texts(self) -> list[TextCard]:
        """Name, summary, tag line, group, and of a skill that is there already whether it stays."""
        return [
            TextCard(
                name,
                self.typed.texts.get(name, today := str(self.today.get_value(Change(name, None, None)))),
                today,
                self.options.get(name, {}),
                [row for row in self.rival_changes if row.field == name],
            )
            for name in TEXT_FIELDS
            if name is not Field.STATUS or not self.skill.is_suggested
        ]

    def build_draft(self, changes: Sequence[Change]) -> Draft:
        """Return what is kept of the form, with these of its changes."""
        return Draft(self.typed.key, changes, self.typed.reason, self.typed.source)

    @property
    def has_expanded_texts(self) -> bool:
        """Whether the skill's own fields are shown unfolded: something is typed there, or nothing else is."""
        return not self.typed.cells or any(card.is_changed for card in self.texts)

    @property
    def obligations(self) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in Obligation.choices]

    def _build_card(self, number: int, cell: TypedCell, *, is_compared: bool) -> CellCard:
        place, step = cell.place, self.places.find_step(cell.place)
        return CellCard(
            number,
            cell,
            self.places.roles.get(place.role),
            step,
            self.today.matrix.get(place),
            self._find_neighbours(place, step) if step else (),
            [row for row in self.rival_changes if (row.role, row.level) == place],
            [finding for finding in self.findings if finding.place == place],
            is_compared and len(cell.description) <= DESCRIPTION_MAX_LENGTH,
        )

    def _find_neighbours(self, place: Place, step: LadderStep) -> list[tuple[LadderStep, Cell]]:
        """Return the nearest level below and above on which the role has a requirement."""
        cells = [
            (other, cell)
            for other in self.places.ladder.steps
            if other.track == step.track and (cell := self.today.matrix.get(Place(place.role, other.slug)))
        ]
        below = [pair for pair in cells if pair[0].rank < step.rank][-1:]
        return below + [pair for pair in cells if pair[0].rank > step.rank][:1]


def build_form_page(skill: Skill, suggestion: Suggestion | None, author: User | None, typed: TypedForm) -> FormPage:
    """Return the form with what was typed into it; `skill` comes with its place."""
    today, places = revisions.get_content(skill), load_places(skill.framework_id)
    readers = {Field.GROUP: list_group_choices, Field.STATUS: list_status_choices}
    options = {name: _load_lazily(read, skill) for name, read in readers.items()}
    proposal = build_proposal(skill, suggestion, typed, today, places, options)
    shown = suggestion or Suggestion(author=author)
    shown.skill, wanted = skill, [*proposal.changes, *(Change(name, None, None) for name in TEXT_FIELDS)]
    others = find_rival_changes(shown, wanted)
    return FormPage(skill, shown, proposal.typed, proposal.changes, today, places, options, proposal.faults, others)


def _load_lazily(read: Callable[[Skill], dict[str, str]], skill: Skill) -> Mapping[str, str]:
    """Return choices that are read once somebody looks at them: a preview while typing mostly does not."""
    return cast("Mapping[str, str]", SimpleLazyObject(lambda: read(skill)))
