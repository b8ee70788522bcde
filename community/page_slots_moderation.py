"""What moderation shows on pages of other apps, see skills/page_slots.py."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from community import rules
from skills.page_slots import Slot


def _report_person(request: HttpRequest, pk: str) -> str:
    """The way to report a profile, for moderators to what is known of the person; none on one's own."""
    is_own = request.user.is_authenticated and str(request.user.pk) == pk
    known = {"pk": pk, "is_moderator": rules.is_moderator(request.user)}
    return "" if is_own else render_to_string("community/slots/report_person.html", known)


report_person = Slot(_report_person)
