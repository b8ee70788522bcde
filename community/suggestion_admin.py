"""Suggestions and what hangs on them in Django admin: read here, decided through community/suggestions alone."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from community import rules, suggestions
from community.models import Decision, DeclineReason, Step, SuggestedChange, Suggestion, Vote
from community.review_pane import text_of
from community.suggestions import ChangedMeanwhile, NotAllowed, TooLate, Unfit
from community.suggestions.drafting import change_of
from skills.admin.read_only import ReadOnly
from skills.models import Significance
from skills.templatetags.differences import word_difference


class _Inline[Row: Model](ReadOnly, admin.TabularInline[Row, Suggestion]):
    extra = 0


class ChangeInline(_Inline[SuggestedChange]):
    model = SuggestedChange
    fields = ("field", "role", "level", "difference", "outcome")
    readonly_fields = ("difference",)

    @admin.display(description=gettext_lazy("difference"))
    def difference(self, row: SuggestedChange) -> SafeString:
        change = change_of(row)
        return word_difference(text_of(change.base), text_of(change.proposed))


class StepInline(_Inline[Step]):
    model = Step
    fields = ("before", "after", "actor", "words", "made_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Step]:
        return super().get_queryset(request).select_related("actor", "suggestion__skill")


class DecisionInline(_Inline[Decision]):
    model = Decision
    fields = ("verdict", "reviewer", "decline_reason", "words", "significance", "made_at", "undone_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        return super().get_queryset(request).select_related("reviewer", "decline_reason", "suggestion__skill")


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnly, admin.ModelAdmin[Suggestion]):
    inlines = (ChangeInline, StepInline, DecisionInline)
    list_display = ("pk", "skill", "author", "state", "submitted_at", "claimed_by")
    list_filter = ("state", "submitted_at", "skill__group__domain", ("author", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("skill", "author", "claimed_by")
    search_fields = ("skill__name", "author__username", "reason")
    ordering = ("-pk",)
    actions = ("accept_chosen", "decline_chosen", "claim_chosen", "undo_chosen")

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        return super().get_actions(request, action_location) if rules.is_reviewer(cast("User", request.user)) else {}

    @admin.action(description=gettext_lazy("Accept"))
    def accept_chosen(self, request: HttpRequest, chosen: QuerySet[Suggestion]) -> None:
        def accept(one: Suggestion, reviewer: User) -> object:
            return suggestions.accept(one, reviewer, significance=Significance.MEDIUM)

        _each(request, chosen, accept)

    @admin.action(description=gettext_lazy("Decline"))
    def decline_chosen(self, request: HttpRequest, chosen: QuerySet[Suggestion]) -> HttpResponse | None:
        """Ask for the reason first."""
        offered = DeclineReason.objects.filter(is_offered=True)
        reasons = {str(reason.pk): reason for reason in offered}
        reason = reasons.get(request.POST.get("reason", ""))
        if reason is None:
            rows = chosen.select_related("skill").order_by("pk")
            context = {**self.admin_site.each_context(request), "title": _("Decline"), "chosen": rows}
            return render(request, "admin/community/decline.html", {**context, "reasons": offered})

        def decline(one: Suggestion, reviewer: User) -> object:
            return suggestions.decline(one, reviewer, reason)

        _each(request, chosen, decline)
        return None

    @admin.action(description=gettext_lazy("Claim"))
    def claim_chosen(self, request: HttpRequest, chosen: QuerySet[Suggestion]) -> None:
        _each(request, chosen, suggestions.claim)

    @admin.action(description=gettext_lazy("Undo the decision"))
    def undo_chosen(self, request: HttpRequest, chosen: QuerySet[Suggestion]) -> None:
        def undo(one: Suggestion, reviewer: User) -> object:
            return suggestions.undo(one, reviewer, _("Undone in administration."))

        _each(request, chosen, undo)


def _each(request: HttpRequest, chosen: QuerySet[Suggestion], deed: Callable[[Suggestion, User], object]) -> None:
    """Do it to each by itself, and report what was and what was not done."""
    done, refused = [], []
    for suggestion in chosen.order_by("pk"):
        try:
            deed(suggestion, cast("User", request.user))
            done.append(f"#{suggestion.pk}")
        except (NotAllowed, TooLate, ChangedMeanwhile, Unfit) as error:
            refused.append((suggestion.pk, str(error)))
    if done:
        messages.success(request, _("Done: %(what)s") % {"what": ", ".join(done)})
    if refused:
        messages.warning(request, _("Not done: %(what)s") % {"what": format_html_join(" ", "#{}: {}", refused)})


@admin.register(Decision)
class DecisionAdmin(ReadOnly, admin.ModelAdmin[Decision]):
    list_display = ("pk", "suggestion", "verdict", "reviewer", "made_at", "undone_at")
    list_filter = ("verdict", "made_at", "suggestion__skill__group__domain")
    list_select_related = ("suggestion__skill", "reviewer")


@admin.register(Vote)
class VoteAdmin(ReadOnly, admin.ModelAdmin[Vote]):
    list_display = ("suggestion", "user", "value", "cast_at")
    list_filter = ("value", "cast_at")
    list_select_related = ("suggestion__skill", "user")


@admin.register(DeclineReason)
class DeclineReasonAdmin(admin.ModelAdmin[DeclineReason]):
    list_display = ("german", "english", "position", "is_offered")
    list_editable = ("position", "is_offered")
