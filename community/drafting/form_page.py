"""The page with the form of a suggestion, as a value: each cell with its current and typed text, and all problems."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import cast

from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.safestring import SafeString

from accounts.models import User
from community.drafting.carrying import LeftOutChange, find_original, list_left_out
from community.drafting.filing import FormContent
from community.drafting.typed import (
    TEXT_FIELDS,
    Options,
    TypedCell,
    TypedForm,
    build_proposal,
)
from community.models import State, SuggestedChange, Suggestion
from community.suggestions.changes import list_pending_changes
from community.suggestions.checking import list_change_faults, list_findings
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
from skills.content.retirement import Retirement, find_retirement
from skills.models import Obligation, Role, Skill
from skills.models.catalogue import DESCRIPTION_MAX_LENGTH
from skills.text.markup import markdown

COMPARED_MAX_LENGTH = 150_000
"""Characters of one form that are compared and previewed; the largest skill that ships has a third of them."""


@dataclass(frozen=True)
class CellCard:
    """One cell of the form, as a card.

    `number` counts the cards from 1. `role` and `step` are None for a place that the framework does not have. `today`
    is the current requirement, `neighbours` those of the role on the next lower and higher level. `is_compared` is
    false for a cell whose text is too long to be compared and previewed.
    """

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
        """The name of this cell in the names of the form's fields."""
        return f"{self.typed.place.role}/{self.typed.place.level}"

    @property
    def count_id(self) -> str:
        """The id of the line that counts the characters of the text."""
        return f"count-{self.number}"

    @property
    def is_known(self) -> bool:
        """Whether the framework has this place; a cell that cannot be published is not compared or previewed."""
        return self.role is not None and self.step is not None

    @property
    def before(self) -> str:
        """The current text, '' for none."""
        return self.today.description if self.today else ""

    @property
    def after(self) -> str:
        """The typed text, '' if the requirement is to be removed."""
        return "" if self.typed.is_removed else self.typed.description

    @property
    def obligation_before(self) -> str:
        """The current obligation, '' for none."""
        return self.today.obligation if self.today else ""

    @property
    def is_changed(self) -> bool:
        """Whether the typed cell differs from the current one."""
        # A requirement can be removed only if there is one, and a new one exists only if it has text.
        if self.typed.is_removed or self.today is None:
            return bool(self.today if self.typed.is_removed else self.typed.description.strip())
        return (self.before, self.today.obligation) != (self.typed.description, self.typed.obligation)

    @property
    def is_obligation_changed(self) -> bool:
        """Whether the typed obligation is valid and differs from the current one."""
        is_known = self.typed.obligation in Obligation.values
        return is_known and not self.typed.is_removed and self.obligation_before != self.typed.obligation

    @property
    def is_too_long(self) -> bool:
        """Whether the typed text is longer than a requirement may be."""
        return len(self.typed.description) > DESCRIPTION_MAX_LENGTH

    @property
    def preview(self) -> SafeString:
        """The typed text as HTML, as it will be shown."""
        return markdown.render_once(self.typed.description)


@dataclass(frozen=True)
class TextCard:
    """One of the skill's own fields in the form: name, summary, tag line, group or status.

    `typed` and `today` are values; for group and status `options` gives the label of each value.
    """

    field: Field
    typed: str
    today: str
    options: Mapping[str, str]
    rival_changes: Sequence[SuggestedChange]

    @property
    def before(self) -> str:
        """The current value as readers see it."""
        return self.options.get(self.today, self.today)

    @property
    def after(self) -> str:
        """The typed value as readers see it."""
        return self.options.get(self.typed, self.typed)

    @property
    def is_changed(self) -> bool:
        """Whether the typed value differs from the current one."""
        return self.typed != self.today

    @property
    def limit(self) -> int | None:
        """The largest number of characters, None for a field that is chosen from a list."""
        return FIELD_MAX_LENGTHS.get(self.field)

    @property
    def label(self) -> str:
        """The label of the field, in the reader's language."""
        return get_field_label(self.field)


@dataclass(frozen=True)
class FormPage:
    """Everything the form shows.

    `suggestion` is unsaved for a new form. `changes` are based on the revision that the form was made from, `today` is
    the current content. `faults` are reasons why the form cannot even be saved as a draft. `rival_changes` are those
    of other undecided suggestions to any field of the form.
    """

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
        """Whether nobody else has seen the suggestion yet; only then is it saved while typing."""
        return self.suggestion.state == State.DRAFT

    @property
    def is_blank(self) -> bool:
        """Whether the form contains nothing that is worth saving."""
        return not (self.is_changed or self.typed.reason.strip() or self.typed.source.strip())

    @property
    def is_changed(self) -> bool:
        """Whether the author changed anything; the preset status and group of a new skill do not count."""
        preset_fields = (Field.STATUS, Field.GROUP) if self.skill.is_suggested else ()
        written = (change for change in self.changes if change.field not in preset_fields)
        return any(change.compare_with(self.today) is not Fit.ALREADY_DONE for change in written)

    @cached_property
    def effective_changes(self) -> list[Change]:
        """The changes whose proposed value differs from their base."""
        return [change for change in self.changes if change.proposed != change.base]

    @cached_property
    def findings(self) -> list[Finding]:
        """The problems of the proposed texts and requirement table: blocking ones, warnings and notes."""
        return list_findings(self.suggestion, self.effective_changes)

    @property
    def warnings(self) -> list[Finding]:
        """The problems that the author may confirm."""
        return [finding for finding in self.findings if finding.is_warning]

    @property
    def notes(self) -> list[Finding]:
        """The findings that are only shown."""
        return [finding for finding in self.findings if finding.is_note]

    @cached_property
    def submit_faults(self) -> list[str]:
        """Why it cannot be submitted, in the reader's language; a missing reason is left to the template."""
        faults = [*self.faults, *list_change_faults(self.skill, self.effective_changes)]
        # The same reason may come from the form, a change and a finding: it is shown once.
        return list(dict.fromkeys([*faults, *(finding.reason for finding in self.findings if finding.is_blocking)]))

    @cached_property
    def same_suggestion(self) -> Suggestion | None:
        """Another open suggestion that proposes the same, or None."""
        return find_same_among(self.rival_changes, self.effective_changes) or find_same_new_skill(
            self.suggestion, self.effective_changes
        )

    @cached_property
    def impact(self) -> Impact:
        """The effects of accepting the changes."""
        # `rival_changes` contains every field of the form; only those that are really changed count.
        keys = {get_change_key(change) for change in self.effective_changes}
        rivals = [row for row in self.rival_changes if (row.field, row.role, row.level) in keys]
        return calculate_impact(self.suggestion, self.today, self.effective_changes, rivals)

    @cached_property
    def cells(self) -> list[CellCard]:
        """The cells of the form, in the order in which they were added.

        Cells are compared as long as their texts together have at most `COMPARED_MAX_LENGTH` characters.
        """
        # `accumulate` gives each cell the total length of all texts up to and including its own.
        lengths = accumulate(len(cell.description) for cell in self.typed.cells)
        cells = enumerate(zip(self.typed.cells, lengths, strict=True), start=1)
        return [
            self._build_card(number, cell, is_compared=length <= COMPARED_MAX_LENGTH)
            for number, (cell, length) in cells
        ]

    @cached_property
    def texts(self) -> list[TextCard]:
        """The skill's own fields: name, summary, tag line, group, and the status unless the skill is new."""
        return [
            TextCard(
                name,
                # A form that was sent without this field shows the current value. `:=` is for the next line.
                self.typed.texts.get(name, today := str(self.today.get_value(Change(name, None, None)))),
                today,
                self.options.get(name, {}),
                [row for row in self.rival_changes if row.field == name],
            )
            for name in TEXT_FIELDS
            if name is not Field.STATUS or not self.skill.is_suggested
        ]

    @cached_property
    def retirement(self) -> Retirement | None:
        """That the skill is no longer part of its framework; None if it is, or if the form is to bring it back."""
        changes_status = any(change.field is Field.STATUS for change in self.effective_changes)
        return None if changes_status else find_retirement(self.skill)

    @cached_property
    def carried_from(self) -> Suggestion | None:
        """The author's suggestion for a retired skill that the form was filled in from, None if there is none."""
        if self.suggestion.pk:
            return self.suggestion.carried_from
        return find_original(self.suggestion.author, self.skill, self.typed.carried_from_id)

    @cached_property
    def left_out(self) -> list[LeftOutChange]:
        """The changes of `carried_from` that have no place in this form."""
        return list_left_out(self.carried_from, self.today, self.places) if self.carried_from else []

    @property
    def has_only_left_out(self) -> bool:
        """Whether no change of `carried_from` has a place in this form."""
        return self.carried_from is not None and len(self.left_out) == len(list_pending_changes(self.carried_from))

    def build_draft(self, changes: Sequence[Change]) -> FormContent:
        """Return the content of the form for saving.

        `changes` are all changes of the form, or only those that really change something.
        """
        typed = self.typed
        return FormContent(
            typed.key, changes, typed.reason, typed.source, self.carried_from, typed.page_id, typed.displayed
        )

    @property
    def has_expanded_texts(self) -> bool:
        """Whether the skill's own fields are shown expanded: one of them is changed, or the form has no cells."""
        return not self.typed.cells or any(card.is_changed for card in self.texts)

    @property
    def obligations(self) -> list[tuple[str, str]]:
        """The choices for the obligation of a requirement, as pairs of value and label."""
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
        """Return the nearest lower and higher level of the track on which the role has a requirement."""
        cells = [
            (other, cell)
            for other in self.places.ladder.steps
            if other.track == step.track and (cell := self.today.matrix.get(Place(place.role, other.slug)))
        ]
        # The steps of a track are sorted from the lowest up: the last one below and the first one above are nearest.
        below = [pair for pair in cells if pair[0].rank < step.rank][-1:]
        return below + [pair for pair in cells if pair[0].rank > step.rank][:1]


def build_form_page(skill: Skill, suggestion: Suggestion | None, author: User | None, typed: TypedForm) -> FormPage:
    """Return the page of the form with what was typed into it.

    `skill` comes with its group and domain. `suggestion` is None for a form that was not saved yet, `author` is None
    for a visitor whose session has ended. What is wrong with the form becomes `faults`; nothing is saved.
    """
    today, places = revisions.get_content(skill), load_places(skill.framework_id)
    loaders = {Field.GROUP: list_group_choices, Field.STATUS: list_status_choices}
    options = {name: _load_lazily(load, skill) for name, load in loaders.items()}
    proposal = build_proposal(skill, suggestion, typed, today, places, options)
    suggestion = suggestion or Suggestion(author=author)
    suggestion.skill = skill
    # Rivals are shown beside each of the skill's own fields, changed or not. Here only the field of a change matters.
    compared_changes = [*proposal.changes, *(Change(name, None, None) for name in TEXT_FIELDS)]
    rivals = find_rival_changes(suggestion, compared_changes)
    return FormPage(
        skill, suggestion, proposal.typed, proposal.changes, today, places, options, proposal.faults, rivals
    )


def _load_lazily(load: Callable[[Skill], dict[str, str]], skill: Skill) -> Mapping[str, str]:
    """Return choices that are loaded on first access: a preview while typing mostly does not need them."""
    return cast("Mapping[str, str]", SimpleLazyObject(lambda: load(skill)))
