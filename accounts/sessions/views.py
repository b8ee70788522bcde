"""The page that lists a user's sessions."""

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
    """List the sessions of the user; a POST ends one of them (`session`) or all others."""
    user, current_key = request.user, request.session.session_key
    if request.method != "POST":
        return render(request, "usersessions/usersession_list.html", {"places": rules.list_sessions(user, current_key)})
    session_param = request.POST.get("session", "")
    session_id = parse_number(session_param)
    # An invalid id must not end all sessions, as a missing one does.
    if session_param and session_id is None:
        return redirect("usersessions_list")
    ended_count = rules.end_sessions(user, session_id=session_id, except_key=current_key)
    message = ngettext("Signed out at %(count)d place.", "Signed out at %(count)d places.", ended_count) % {
        "count": ended_count
    }
    messages.success(request, message if ended_count else _("Nobody was signed in there any more."))
    return redirect("usersessions_list")
