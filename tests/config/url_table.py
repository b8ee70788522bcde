"""Every address of the site, and who gets what there: by GET, and by POST of what a person who may would send.

A row says for each of ROLES, in their order: a status; `in`, a redirect to signing in; `staff`, to the
admin's entrance; `who`, to confirming again who you are; or `why`, 403 with the reason of a suspension. In an
address `own` are things of the person who tries (a stranger tries a member's), `their` those of another member.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ROLES = ("anonymous", "member", "suspended", "reviewer", "moderator", "administrator")


@dataclass(frozen=True)
class Row:
    """One address, below /en/ unless it begins with a slash; '' where another row of the address says it."""

    path: str
    get: str
    post: str
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.path if self.path.startswith("/") else f"/en/{self.path}"

    def expected(self, method: str, role: str) -> str:
        """Return what the table says, '' where it says nothing."""
        said = (self.get if method == "get" else self.post).split()
        return said[ROLES.index(role)] if said else ""


SEEN = ""
# fmt: off
# What is read:        anonymous member suspended reviewer moderator administrator
ALL                 = "200 200 200 200 200 200"
MEMBERS             = "in  200 200 200 200 200"
REVIEWERS           = "in  403 403 200 403 200"
MODERATORS          = "in  403 403 403 200 200"
ADMINISTRATORS      = "in  403 403 403 403 200"
OWNER               = "404 200 200 200 200 200"
OVERSIGHT           = "404 404 404 404 200 200"
NOBODY              = "404 404 404 404 404 404"
MEMBERS_OF_NOTHING  = "in  404 404 404 404 404"
REDIRECTED          = "302 302 302 302 302 302"
MOVED               = "301 301 301 301 301 301"
MEMBERS_REDIRECTED  = "in  302 302 302 302 302"
WRITE_ONLY          = "405 405 405 405 405 405"
REVIEW_ONLY         = "in  403 403 405 403 405"
# What is written:     a stranger is redirected to signing in, or (401) gets the text back on a page that says so
READ_ONLY           = "405 405 why 405 405 405"
DONE                = "in  302 why 302 302 302"
SAID                = "401 302 why 302 302 302"
OWN_AFFAIR          = "in  302 302 302 302 302"
NOT_ALLOWED         = "in  403 why 403 403 403"
NOT_SAID            = "401 403 why 403 403 403"
NOT_THERE           = "in  404 why 404 404 404"
SAID_NOWHERE        = "401 404 why 404 404 404"
SEEN_NOT_ALLOWED    = "in  404 why 404 403 403"
TOO_LATE            = "401 409 why 409 409 409"
REVIEWED            = "401 403 why 302 403 302"
REVIEWED_NOT_BY_ONE = "401 403 why 403 403 403"
REVIEWED_BY_ROOT    = "401 403 why 403 403 302"
REVIEWED_NOWHERE    = "401 403 why 404 403 404"
MODERATED           = "in  403 why 403 302 302"
MODERATED_BY_NONE   = "in  403 why 403 403 403"
MODERATED_NOWHERE   = "in  403 why 403 404 404"
# fmt: on

KEY = {"key": "{key}", "started": "{now}"}
WORDS = {"body": "Words.", **KEY}
CELL = {
    "cell": "baker/junior",
    "description:baker/junior": "Kneads dough well by hand.",
    "obligation:baker/junior": "mandatory",
    "reason": "Clearer.",
    "source": "",
    "confirmed": "on",
    "intent": "submit",
    **KEY,
}
SUGGESTION = CELL | {"revision": "{latest}", "skill": "{slug}"}
NEW_SKILL = CELL | {"framework": "{framework}", "revision": "0", "name": "Proofing", "group": "{place}"}
REVIEW = {"key": "{key}", "significance": "medium", "message": "More.", "own_reason": "Alone.", "reason": "{spam}"}
MAIL = dict.fromkeys(
    ("content_changed", "suggestion", "decision", "comment", "reply", "mention", "review_waiting", "moderation"),
    "daily",
)

CATALOGUE = [
    Row("/", REDIRECTED, "302 302 why 302 302 302"),
    Row("/healthz", ALL, READ_ONLY),
    Row("/reachable", "204 204 204 204 204 204", READ_ONLY),
    Row("/robots.txt", ALL, READ_ONLY),
    Row("/sitemap.xml", ALL, READ_ONLY),
    Row("/feeds/all.atom", ALL, READ_ONLY),
    Row("/feeds/skills/{slug}.atom", ALL, READ_ONLY),
    Row("", ALL, READ_ONLY),
    Row("skills/", ALL, READ_ONLY),
    Row("skills/{slug}/", ALL, READ_ONLY),
    Row("skills/{slug}/history/", ALL, READ_ONLY),
    Row("skills/{slug}/history/compare/", ALL, READ_ONLY),
    Row("skills/{slug}/history/blame/", ALL, READ_ONLY),
    Row("skills/{slug}/history/1/", ALL, READ_ONLY),
    Row(
        "skills/{slug}/history/1/revert/",
        MEMBERS,
        SAID,  # by a member as a suggestion
        {"seen": "{latest}", "key": "{key}", "significance": "medium", "summary": "Back."},
    ),
    Row("changes/", ALL, READ_ONLY),
    Row("roles/", ALL, READ_ONLY),
    Row("roles/baker/", ALL, READ_ONLY),
    Row("domains/", ALL, READ_ONLY),
    Row("domains/{domain}/", ALL, READ_ONLY),
    Row("domains/{domain}/{group}/", ALL, READ_ONLY),
    Row("frameworks/", ALL, READ_ONLY),
    Row("frameworks/{framework}/", ALL, READ_ONLY),
    Row("people/{own_name}/", ALL, READ_ONLY),
    Row("people/{their_name}/", ALL, READ_ONLY),
    Row("people/nobody/", NOBODY, READ_ONLY),
]

SUGGESTIONS = [
    Row("suggestions/", ALL, READ_ONLY),
    Row("skills/{slug}/suggestions/", ALL, READ_ONLY),
    Row("skills/{slug}/suggestions/new/", MEMBERS, SAID, SUGGESTION),
    Row("suggestions/new-skill/", MEMBERS, SAID, NEW_SKILL),
    Row("suggestions/{own_open}/", ALL, READ_ONLY),
    Row("suggestions/{own_draft}/", OWNER, READ_ONLY),
    Row("suggestions/{own_held}/", OWNER, READ_ONLY),
    Row("suggestions/{own_hidden}/", OWNER, READ_ONLY),
    Row("suggestions/{their_open}/", ALL, READ_ONLY),
    Row("suggestions/{their_draft}/", NOBODY, READ_ONLY),
    Row("suggestions/{their_held}/", OVERSIGHT, READ_ONLY),
    Row("suggestions/{their_hidden}/", OVERSIGHT, READ_ONLY),
    Row("suggestions/{own_draft}/edit/", MEMBERS, SAID, SUGGESTION),
    Row("suggestions/{own_open}/edit/", MEMBERS, SAID, SUGGESTION),
    Row("suggestions/{own_claimed}/edit/", "in 403 403 403 403 403", NOT_SAID, SUGGESTION),
    Row("suggestions/{own_declined}/edit/", "in 409 409 409 409 409", TOO_LATE, SUGGESTION),
    Row("suggestions/{their_draft}/edit/", MEMBERS_OF_NOTHING, SAID_NOWHERE, SUGGESTION),
    Row("suggestions/{their_open}/edit/", MEMBERS_OF_NOTHING, SAID_NOWHERE, SUGGESTION),
    Row("suggestions/{own_open}/vote/", WRITE_ONLY, NOT_ALLOWED, {"value": "1"}),
    Row("suggestions/{their_open}/vote/", SEEN, DONE, {"value": "1"}),
    Row("suggestions/{their_draft}/vote/", SEEN, NOT_THERE, {"value": "1"}),
    Row("suggestions/{their_hidden}/vote/", SEEN, SEEN_NOT_ALLOWED, {"value": "1"}),
    Row("suggestions/{own_open}/withdraw/", WRITE_ONLY, DONE),
    Row("suggestions/{own_draft}/withdraw/", SEEN, DONE),
    Row("suggestions/{their_open}/withdraw/", SEEN, NOT_ALLOWED),
    Row("suggestions/{their_draft}/withdraw/", SEEN, NOT_THERE),
    Row("suggestions/{their_held}/withdraw/", SEEN, SEEN_NOT_ALLOWED),
    Row("suggestions/{own_open}/renew/", WRITE_ONLY, DONE),
    Row("suggestions/{their_open}/renew/", SEEN, NOT_ALLOWED),
    Row("suggestions/{their_draft}/renew/", SEEN, NOT_THERE),
    Row("suggestions/{own_declined}/second-reader/", WRITE_ONLY, SAID, {"message": "Again."}),
    Row("suggestions/{own_open}/second-reader/", SEEN, TOO_LATE, {"message": "Again."}),
    Row("suggestions/{their_declined}/second-reader/", SEEN, NOT_SAID, {"message": "Again."}),
    Row("suggestions/{their_draft}/second-reader/", SEEN, SAID_NOWHERE, {"message": "Again."}),
]

REVIEWING = [
    Row("review/", REVIEWERS, "in 403 why 405 403 405"),
    Row("review/{own_open}/", REVIEWERS, "in 403 why 405 403 405"),
    Row("review/{their_open}/", REVIEWERS, "in 403 why 405 403 405"),
    Row("review/{their_draft}/", "in 403 403 404 403 404", "in 403 why 405 403 405"),
    Row("review/{their_hidden}/", "in 403 403 404 403 404", "in 403 why 405 403 405"),
    Row("review/decline/", REVIEW_ONLY, REVIEWED, REVIEW | {"pick": "{their_open}"}),
    Row("review/{own_open}/claim/", REVIEW_ONLY, REVIEWED_NOT_BY_ONE),
    Row("review/{their_open}/claim/", SEEN, REVIEWED),
    Row("review/{their_claimed}/claim/", SEEN, REVIEWED),
    Row("review/{their_hidden}/claim/", SEEN, REVIEWED_NOWHERE),
    Row("review/{their_claimed}/release/", REVIEW_ONLY, REVIEWED),
    Row("review/{their_hidden}/release/", SEEN, REVIEWED_NOWHERE),
    Row("review/{own_open}/accept/", REVIEW_ONLY, REVIEWED_BY_ROOT, REVIEW | {"change": "{own_change}"}),
    Row("review/{their_open}/accept/", SEEN, REVIEWED, REVIEW | {"change": "{their_change}"}),
    Row("review/{their_draft}/accept/", SEEN, REVIEWED_NOWHERE, REVIEW),
    Row("review/{their_hidden}/accept/", SEEN, REVIEWED_NOWHERE, REVIEW),
    Row("review/{their_held}/accept/", SEEN, REVIEWED_NOWHERE, REVIEW),
    Row("review/{own_open}/decline/", REVIEW_ONLY, REVIEWED_BY_ROOT, REVIEW),
    Row("review/{their_open}/decline/", SEEN, REVIEWED, REVIEW),
    Row("review/{their_draft}/decline/", SEEN, REVIEWED_NOWHERE, REVIEW),
    Row("review/{own_open}/request-changes/", REVIEW_ONLY, REVIEWED_NOT_BY_ONE, REVIEW),
    Row("review/{their_open}/request-changes/", SEEN, REVIEWED, REVIEW),
    Row("review/{their_draft}/request-changes/", SEEN, REVIEWED_NOWHERE, REVIEW),
    Row("review/{own_declined}/undo/", REVIEW_ONLY, REVIEWED_BY_ROOT, REVIEW | {"decision": "{own_decision}"}),
    Row("review/{their_declined}/undo/", SEEN, REVIEWED, REVIEW | {"decision": "{their_decision}"}),
]

COMMENTS = [  # their states are a table of their own: tests/community/discussion/test_permissions.py
    Row("skills/{slug}/comments/", ALL, SAID, WORDS),
    Row("suggestions/{their_open}/comments/", ALL, SAID, WORDS),
    Row("suggestions/{own_draft}/comments/", NOBODY, SAID_NOWHERE, WORDS),
    Row("suggestions/{own_hidden}/comments/", OWNER, NOT_SAID, WORDS),
    Row("suggestions/{their_hidden}/comments/", OVERSIGHT, "401 404 why 404 403 403", WORDS),
    Row("comments/people/?q=some", MEMBERS, READ_ONLY),
    Row("comments/{their_comment}/", REDIRECTED, READ_ONLY),
    Row("comments/{their_comment_held}/", "404 404 404 404 302 302", READ_ONLY),
    Row("comments/{own_comment_held}/", "404 302 302 302 302 302", READ_ONLY),
    Row("comments/{their_comment}/versions/", "in 404 404 404 200 200", READ_ONLY),
    Row("comments/{own_comment}/edit/", "in 200 403 200 200 200", SAID, WORDS),
    Row("comments/{their_comment}/edit/", MEMBERS_OF_NOTHING, SAID_NOWHERE, WORDS),
    Row("comments/{own_comment}/delete/", MEMBERS, DONE),
    Row("comments/{their_comment}/delete/", MEMBERS_OF_NOTHING, NOT_THERE),
    Row("comments/{their_comment}/helpful/", WRITE_ONLY, DONE, {"value": "1"}),
    Row("comments/{own_comment}/helpful/", SEEN, NOT_ALLOWED, {"value": "1"}),
    Row("comments/{own_comment}/resolve/", WRITE_ONLY, DONE),
    Row("comments/{their_comment}/resolve/", SEEN, "in 403 why 302 403 302"),
    Row("comments/{their_comment}/mute/", WRITE_ONLY, DONE),
]

MODERATION = [
    Row("report/comment/{their_comment}/", MEMBERS, DONE, {"fault": "spam"}),
    Row("report/comment/{own_comment}/", "in 403 403 403 403 403", NOT_ALLOWED, {"fault": "spam"}),
    Row("report/comment/{their_comment_held}/", "in 404 404 404 200 200", "in 404 why 404 302 302", {"fault": "spam"}),
    Row("report/suggestion/{their_open}/", MEMBERS, DONE, {"fault": "spam"}),
    Row("report/suggestion/{their_draft}/", MEMBERS_OF_NOTHING, NOT_THERE, {"fault": "spam"}),
    Row("report/person/{their_account}/", MEMBERS, DONE, {"fault": "spam"}),
    Row("report/person/{own_account}/", "in 403 403 403 403 403", NOT_ALLOWED, {"fault": "spam"}),
    Row("moderation/", MODERATORS, "in 403 why 403 405 405"),
    Row("moderation/log/", ADMINISTRATORS, "in 405 why 405 405 405"),
    Row("moderation/people/{their_account}/", MODERATORS, MODERATED, {"intent": "warn", "reason": "Why."}),
    Row(
        "moderation/people/{their_account}/",
        SEEN,
        MODERATED,
        {"intent": "suspend", "reason": "!", "until": "{tomorrow}"},
    ),
    Row("moderation/people/{their_account}/", SEEN, MODERATED, {"intent": "hide", "reason": "Why."}),
    Row("moderation/people/{their_account}/", SEEN, "in 403 why 403 403 302", {"intent": "sweep", "reason": "Why."}),
    Row("moderation/people/{own_account}/", MODERATORS, MODERATED_BY_NONE, {"intent": "warn", "reason": "Why."}),
    Row("moderation/comment/{their_comment_reported}/", MODERATORS, MODERATED, {"intent": "agree_and_hide"}),
    Row("moderation/comment/{own_comment_reported}/", SEEN, MODERATED_BY_NONE, {"intent": "disagreed"}),
    Row("moderation/suggestion/{their_open}/", MODERATORS, MODERATED, {"intent": "hide", "reason": "Why."}),
    Row("moderation/suggestion/{their_held}/", SEEN, MODERATED, {"intent": "release"}),
    Row("moderation/suggestion/{own_held}/", SEEN, MODERATED_BY_NONE, {"intent": "release"}),
    Row("moderation/suggestion/{their_draft}/", SEEN, MODERATED_NOWHERE, {"intent": "hide", "reason": "Why."}),
]

OWN_PAGES = [
    Row("me/", MEMBERS, READ_ONLY),
    Row("me/suggestions/", MEMBERS, READ_ONLY),
    Row("me/watching/", MEMBERS, DONE, {"row": "{own_watch}:mute"}),
    Row("watch/skill/{skill}/", MEMBERS, DONE, {"level": "mute"}),
    Row("notifications/", MEMBERS, READ_ONLY),
    Row("notifications/read/", WRITE_ONLY, OWN_AFFAIR, {"event": "{own_event}"}),
    Row("notifications/{own_notice}/", MEMBERS_REDIRECTED, OWN_AFFAIR, {"event": "{own_event}"}),
    Row("notifications/{their_notice}/", MEMBERS_OF_NOTHING, MEMBERS_OF_NOTHING, {"event": "{their_event}"}),
    Row("me/settings/", MEMBERS, DONE, {"name": "Another name", "language": "en", "theme": "", "time_zone": ""}),
    Row("shortcuts/", ALL, REDIRECTED, {"shortcuts": "alt"}),
    Row("me/settings/email/", MEMBERS, OWN_AFFAIR, MAIL),
    Row("me/settings/email/try-again/", WRITE_ONLY, OWN_AFFAIR),
    Row("me/settings/address/", MEMBERS, OWN_AFFAIR, {"new_email": "other@example.org"}),
    Row("me/settings/address/cancel/", WRITE_ONLY, OWN_AFFAIR),
    Row("me/settings/export/", MEMBERS, OWN_AFFAIR),
    Row("me/settings/export/{own_export}/", MEMBERS, READ_ONLY),
    Row("me/settings/export/{their_export}/", MEMBERS_OF_NOTHING, READ_ONLY),
    Row(
        "me/settings/delete/", MEMBERS, REDIRECTED, {"is_confirmed": "on"}
    ),  # who sends it twice is signed out by the first
    # Whoever has the link from a mail, signed in or not.
    Row("me/settings/address/confirm/{their_change_link}/", ALL, ALL),
    Row("me/settings/address/confirm/forged/", "410 410 410 410 410 410", "410 410 410 410 410 410"),
    Row("unsubscribe/{their_mail_link}/", ALL, ALL),
    Row("unsubscribe/forged/", "400 400 400 400 400 400", "400 400 400 400 400 400"),
]
