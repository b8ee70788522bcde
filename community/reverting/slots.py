"""The slot beside a revision and each of its changes with the link to revert it, see skills/web/slots.py."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from skills.web.slots import PageSlot


def _render_revert_link(
    _request: HttpRequest, slug: str, number: str, field: str = "", role: str = "", level: str = ""
) -> str:
    """Return the link to the page that shows what a revert would change; that page checks who may do it at once."""
    url = reverse("community:revert", args=[slug, number])
    # Without a field the link is for the whole revision.
    query = {name: value for name, value in (("field", field), ("role", role), ("level", level)) if value}
    context = {"address": url + (f"?{urlencode(query)}" if query else ""), "is_single": bool(query)}
    return render_to_string("community/reverting/revert_link.html", context)


revert = PageSlot(_render_revert_link)
