"""The page that lists one's sessions."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, require_sign_in
from accounts.sessions import sessions as rules
from skills.web.typed_input import parse_number


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def sessions(request: MemberRequest) -> HttpResponse:
    """Show where one is signed in; a POST ends one of these sessions (`session`) or all others."""
    user, current = request.user, request.session.session_key
    if request.method != "POST":
        return render(request, "usersessions/usersession_list.html", {"places": rules.list_sessions(user, current)})
    chosen = request.POST.get("session", "")
    only = parse_number(chosen)
    if chosen and only is None:
        return redirect("usersessions_list")
    ended = rules.end_sessions(user, session_id=only, except_key=current)
    words = ngettext("Signed out at %(count)d place.", "Signed out at %(count)d places.", ended) % {"count": ended}
    messages.success(request, words if ended else _("Nobody was signed in there any more."))
    return redirect("usersessions_list")
