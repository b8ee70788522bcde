"""The way back that stands beside a revision and each of its changes, see skills/web/slots.py."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from skills.web.slots import PageSlot


def _render_revert_link(
    _request: HttpRequest, slug: str, number: str, field: str = "", role: str = "", level: str = ""
) -> str:
    """Return the link to what reverting would change; who may do it at once is asked there."""
    address = reverse("community:revert", args=[slug, number])
    only = {name: value for name, value in (("field", field), ("role", role), ("level", level)) if value}
    context = {"address": address + (f"?{urlencode(only)}" if only else ""), "is_single": bool(only)}
    return render_to_string("community/reverting/revert_link.html", context)


revert = PageSlot(_render_revert_link)
