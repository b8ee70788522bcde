"""Suggestions and the rows that belong to them in Django admin: read-only, decided only through `deciding`."""

from datetime import timedelta
from typing import Any, cast, override

from django.contrib import admin
from django.contrib.admin.options import ActionLocation
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from accounts import membership
from accounts.models import User
from community import rules
from community.models import Decision, DeclineReason, Step, SuggestedChange, Suggestion, Vote
from community.review import admin_actions, promotion_page
from community.review.admin_actions import AcceptQuestion, DeclineQuestion, UndoQuestion, ask_and_run
from skills.admin.differences import render_difference
from skills.admin.merging import MergingAdmin
from skills.admin.read_only import ReadOnly

AGES = {
    "day": (gettext_lazy("less than a day"), 0, 1),
    "week": (gettext_lazy("1 to 7 days"), 1, 7),
    "month": (gettext_lazy("7 to 30 days"), 7, 30),
    "older": (gettext_lazy("more than 30 days"), 30, None),
}
"""By parameter value: the label, the least and the greatest age in days; None means without end."""


class AgeFilter(admin.SimpleListFilter):
    """Filter suggestions by the time since they were submitted."""

    title = gettext_lazy("age")
    parameter_name = "age"
    submitted_at = "submitted_at"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _youngest, _oldest) in AGES.items()]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in AGES:  # no choice, or an unknown value in the URL
            return queryset
        _label, youngest, oldest = AGES[str(self.value())]
        now = timezone.now()
        old_enough = queryset.filter(**{f"{self.submitted_at}__lte": now - timedelta(days=youngest)})
        if oldest is None:
            return old_enough
        return old_enough.filter(**{f"{self.submitted_at}__gt": now - timedelta(days=oldest)})


class AgeOfSuggestionFilter(AgeFilter):
    """Filter rows that belong to a suggestion by its age."""

    submitted_at = "suggestion__submitted_at"  # the lookup from the filtered model


class _Inline[Row: Model](ReadOnly, admin.TabularInline[Row, Suggestion]):
    extra = 0


class ChangeInline(_Inline[SuggestedChange]):
    """The changes on the page of their suggestion."""

    model = SuggestedChange
    fields = ("field", "role", "level", "difference", "outcome")
    readonly_fields = ("difference",)

    @admin.display(description=gettext_lazy("difference"))
    def difference(self, row: SuggestedChange) -> SafeString:
        """Return the difference between base and proposed value.

        It is HTML with `ins` and `del` marks, see `skills.admin.differences`.
        """
        return render_difference(row.base, row.proposed)


class StepInline(_Inline[Step]):
    """The state changes and edits on the page of their suggestion."""

    model = Step
    fields = ("before", "after", "actor", "message", "made_at")

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Step]:
        return super().get_queryset(request).select_related("actor", "suggestion__skill")


class DecisionInline(_Inline[Decision]):
    """The decisions on the page of their suggestion."""

    model = Decision
    fields = ("verdict", "reviewer", "decline_reason", "message", "significance", "made_at", "undone_at")

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        return super().get_queryset(request).select_related("reviewer", "decline_reason", "suggestion__skill")


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnly, admin.ModelAdmin[Suggestion]):
    """Submitted suggestions, with actions for reviewers; only its author sees a draft."""

    inlines = (ChangeInline, StepInline, DecisionInline)
    list_display = ("pk", "skill", "author", "state", "submitted_at", "claimed_by")
    list_filter = (
        "state",
        AgeFilter,
        "skill__framework",
        "skill__group__domain",
        ("author", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("skill", "author", "claimed_by")
    search_fields = ("skill__name", "author__username", "author__name", "reason")
    ordering = ("-pk",)
    actions = ("accept_chosen", "decline_chosen", "claim_chosen", "undo_chosen")

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Suggestion]:
        return super().get_queryset(request).filter(submitted_at__isnull=False)  # no drafts

    @override
    def get_urls(self) -> list[URLPattern]:
        # Before the URLs of ModelAdmin, which ends with a pattern that matches any path as an object id.
        page = self.admin_site.admin_view(self.reviewers)
        return [path("reviewers/", page, name="community_reviewers"), *super().get_urls()]

    def reviewers(self, request: HttpRequest) -> HttpResponse:
        """Show the page that proposes new reviewers."""
        return promotion_page.reviewers(request, self.admin_site)

    @override
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        # The list links to the page of new reviewers for those who may promote.
        context = {"may_promote": rules.may_promote(cast("User", request.user))}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @override
    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        # Staff may read suggestions without being reviewers: they get no actions.
        if not membership.is_reviewer(cast("User", request.user)):
            return {}
        return super().get_actions(request, action_location)

    @admin.action(description=gettext_lazy("Accept"))
    def accept_chosen(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> HttpResponse | None:
        """Accept the chosen suggestions.

        A page asks for the significance first; see `ask_and_run`.
        """
        return ask_and_run(request, queryset, admin_actions.accept, AcceptQuestion)

    @admin.action(description=gettext_lazy("Decline"))
    def decline_chosen(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> HttpResponse | None:
        """Decline the chosen suggestions.

        A page asks for reason and message first; see `ask_and_run`.
        """
        return ask_and_run(request, queryset, admin_actions.decline, DeclineQuestion)

    @admin.action(description=gettext_lazy("Claim"))
    def claim_chosen(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> HttpResponse | None:
        """Claim the chosen suggestions.

        It asks nothing and runs at once; see `ask_and_run`.
        """
        return ask_and_run(request, queryset, admin_actions.claim)

    @admin.action(description=gettext_lazy("Undo the decision"))
    def undo_chosen(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> HttpResponse | None:
        """Undo the decisions on the chosen suggestions.

        A page asks for the reason first; see `ask_and_run`.
        """
        return ask_and_run(request, queryset, admin_actions.undo, UndoQuestion)


@admin.register(SuggestedChange)
class SuggestedChangeAdmin(ReadOnly, admin.ModelAdmin[SuggestedChange]):
    """The changes of submitted suggestions, read-only."""

    list_display = ("suggestion", "field", "role", "level", "outcome")
    list_filter = (
        "outcome",
        "suggestion__state",
        AgeOfSuggestionFilter,
        "field",
        "suggestion__skill__group__domain",
        ("suggestion__author", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("suggestion__skill",)
    search_fields = ("suggestion__skill__name", "suggestion__author__username", "role", "level")
    fields = ("suggestion", "field", "role", "level", "difference", "outcome")
    readonly_fields = ("difference",)
    ordering = ("-pk",)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[SuggestedChange]:
        return super().get_queryset(request).filter(suggestion__submitted_at__isnull=False)

    @admin.display(description=gettext_lazy("difference"))
    def difference(self, row: SuggestedChange) -> SafeString:
        """Return the difference between base and proposed value.

        It is HTML with `ins` and `del` marks, see `skills.admin.differences`.
        """
        return render_difference(row.base, row.proposed)


@admin.register(Decision)
class DecisionAdmin(ReadOnly, admin.ModelAdmin[Decision]):
    """The decisions, read-only."""

    list_display = ("pk", "suggestion", "verdict", "reviewer", "made_at", "undone_at")
    list_filter = (
        "verdict",
        ("undone_at", admin.EmptyFieldListFilter),
        "made_at",
        "suggestion__skill__group__domain",
        ("reviewer", admin.RelatedOnlyFieldListFilter),
        ("author", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("suggestion__skill", "reviewer")
    search_fields = ("suggestion__skill__name", "reviewer__username", "author__username", "message")
    ordering = ("-pk",)


@admin.register(Vote)
class VoteAdmin(ReadOnly, admin.ModelAdmin[Vote]):
    """The votes, read-only."""

    list_display = ("suggestion", "user", "value", "cast_at")
    list_filter = ("value", "cast_at", "suggestion__state", "suggestion__skill__group__domain")
    list_select_related = ("suggestion__skill", "user")
    search_fields = ("suggestion__skill__name", "user__username", "user__name")
    ordering = ("-pk",)


@admin.register(DeclineReason)
class DeclineReasonAdmin(MergingAdmin[DeclineReason]):
    """The reasons to decline, which administrators edit; one that is not offered stays with its old decisions."""

    list_display = ("german", "english", "position", "is_offered")
    list_editable = ("position", "is_offered")
