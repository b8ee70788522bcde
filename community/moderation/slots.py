"""Slots that moderation fills on pages of other apps, see skills/web/slots.py."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts import membership
from skills.web.slots import PageSlot


def _render_report_link(request: HttpRequest, pk: str) -> str:
    """Return the link to report a profile, for moderators the link to its moderation page; '' for one's own profile."""
    is_own = request.user.is_authenticated and str(request.user.pk) == pk
    context = {"pk": pk, "is_moderator": membership.is_moderator(request.user)}
    return "" if is_own else render_to_string("community/moderation/includes/report_person.html", context)


report_person = PageSlot(_render_report_link)
