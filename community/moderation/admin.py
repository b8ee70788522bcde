"""Reports and watched words in Django admin; reports are decided by the same rules as on the moderators' pages.

The log of moderation is not registered here: nobody can edit it, and administrators read it on its own page.
"""

from typing import Any, cast, override

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import membership
from accounts.models import User
from community.models import Report, WatchedWord
from community.models.moderation import ReportOutcome
from community.moderation import reports, targets
from community.moderation.refusals import AlreadyDone
from community.posting.refusals import NotAllowed
from skills.admin.merging import MergingAdmin
from skills.admin.read_only import ReadOnly


@admin.register(Report)
class ReportAdmin(ReadOnly, admin.ModelAdmin[Report]):
    """Reports, read only; moderators decide the selected ones with an action of the list."""

    list_display = ("pk", "fault", "comment", "suggestion", "person", "reporter", "made_at", "outcome", "decided_by")
    list_filter = ("outcome", "fault", "made_at")
    list_select_related = ("comment__skill", "suggestion__skill", "person", "reporter", "decided_by")
    search_fields = ("message", "person__username", "suggestion__author__username")
    ordering = ("-pk",)
    actions = ("agree_and_hide", "agree", "disagree", "ignore")

    @override
    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        # Staff who are no moderators read the reports, but get no actions.
        return (
            super().get_actions(request, action_location) if membership.is_moderator(cast("User", request.user)) else {}
        )

    @admin.action(description=gettext_lazy("Agree and hide"))
    def agree_and_hide(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Agree with the selected reports and hide what they are about.

        A message on the page says for each report whether it was decided, or why not.
        """
        _decide(request, queryset, ReportOutcome.AGREED, hide=True)

    @admin.action(description=gettext_lazy("Agree"))
    def agree(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Agree with the selected reports.

        What they are about stays visible; messages are those of `agree_and_hide`.
        """
        _decide(request, queryset, ReportOutcome.AGREED)

    @admin.action(description=gettext_lazy("Disagree"))
    def disagree(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Disagree with the selected reports.

        Messages are those of `agree_and_hide`.
        """
        _decide(request, queryset, ReportOutcome.DISAGREED)

    @admin.action(description=gettext_lazy("Ignore"))
    def ignore(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Close the selected reports without a judgement.

        Messages are those of `agree_and_hide`.
        """
        _decide(request, queryset, ReportOutcome.IGNORED)


def _decide(request: HttpRequest, queryset: QuerySet[Report], outcome: ReportOutcome, *, hide: bool = False) -> None:
    """Decide each report in its own transaction; all reports of one target are decided at once, and count once."""
    decided_keys: set[tuple[str, int]] = set()
    for report in queryset.order_by("pk"):
        key = (report.kind, getattr(report, f"{report.kind}_id"))
        if key in decided_keys:
            continue
        decided_keys.add(key)
        target = targets.find(*key)
        if target is None:
            continue
        # A refusal of one report does not stop the others.
        try:
            reports.decide(target.row, cast("User", request.user), outcome, hide=hide)
        except (AlreadyDone, NotAllowed) as error:
            messages.warning(request, f"#{report.pk}: {error}")
        else:
            messages.success(request, _("#%(number)s: done.") % {"number": report.pk})


@admin.register(WatchedWord)
class WatchedWordAdmin(MergingAdmin[WatchedWord]):
    """The words for which a text of a new member is held, see holding.py."""

    list_display = ("text",)
    search_fields = ("text",)
