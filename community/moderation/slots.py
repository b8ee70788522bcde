"""What moderation shows on pages of other apps, see skills/web/slots.py."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts import membership
from skills.web.slots import PageSlot


def _render_report_link(request: HttpRequest, pk: str) -> str:
    """The way to report a profile, for moderators to what is known of the person; none on one's own."""
    is_own = request.user.is_authenticated and str(request.user.pk) == pk
    known = {"pk": pk, "is_moderator": membership.is_moderator(request.user)}
    return "" if is_own else render_to_string("community/moderation/includes/report_person.html", known)


report_person = PageSlot(_render_report_link)
