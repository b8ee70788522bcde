"""The page of Django admin that proposes new reviewers and promotes the people that an administrator chooses."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.membership import REVIEWERS
from accounts.models import User
from community import rules
from community.posting.fields import read_form
from community.review import promotion
from community.review.forms import PromotionForm

URL_NAME = "admin:community_reviewers"
MAX_SHOWN = 100
"""So many people are listed, and promoted in one request, at most."""


def reviewers(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the proposed people with their figures; a POST promotes those who were chosen.

    `site` is the admin site whose header the page shows. Raises `PermissionDenied` for everyone but administrators.
    """
    administrator = cast("User", request.user)
    if not rules.may_promote(administrator):
        raise PermissionDenied(_("Only administrators make someone a reviewer."))
    if request.method == "POST":
        _promote(request, administrator)
        return redirect(URL_NAME)
    return render(request, "admin/community/reviewers.html", {**site.each_context(request), **_build_context()})


def _build_context() -> dict[str, Any]:
    figures = {
        "suggestions": promotion.MIN_SUGGESTIONS,
        "accepted": promotion.MIN_ACCEPTED,
        "days": promotion.MIN_TIME_SPAN.days,
    }
    rule = _(
        "A person is proposed after %(suggestions)d suggestions, %(accepted)d of them accepted, over %(days)d days."
    )
    return {
        "title": _("Who could review"),
        "rule": rule % figures,
        "people": promotion.list_proposed_reviewers()[:MAX_SHOWN],
        "group": Group.objects.filter(name=REVIEWERS).first(),
    }


def _promote(request: HttpRequest, administrator: User) -> None:
    """Promote the chosen people and report who was promoted and who was not."""
    person_ids = read_form(PromotionForm(request.POST))["person"]
    chosen = list(User.objects.filter(pk__in=person_ids[:MAX_SHOWN]).order_by("pk"))
    promoted = promotion.promote(chosen, administrator)
    left_out = [person for person in chosen if person not in promoted]
    if promoted:
        messages.success(request, _("Made reviewers: %(who)s") % {"who": _join_names(promoted)})
    # Another administrator promoted them meanwhile, or their figures changed, for example after an undone accept.
    if left_out:
        message = _("Not made reviewers, as they are not proposed (any more): %(who)s")
        messages.warning(request, message % {"who": _join_names(left_out)})
    if not chosen:
        messages.warning(request, _("Nobody was chosen, so nobody was made a reviewer."))


def _join_names(people: list[User]) -> str:
    return ", ".join(person.get_full_name() for person in people)
