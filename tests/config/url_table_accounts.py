"""The rows of signing in and all that belongs to it, and those of Django admin; see url_table.py."""

from collections.abc import Iterator

from tests.config.url_table import (
    ALL,
    MEMBERS,
    MEMBERS_OF_NOTHING,
    MEMBERS_REDIRECTED,
    MOVED,
    NOBODY,
    OWN_AFFAIR,
    REDIRECTED,
    SEEN,
    WRITE_ONLY,
    Row,
)

STRANGERS = "200 302 302 302 302 302"
STRANGERS_FAULT = "422 302 302 302 302 302"
FAULT = "in  422 422 422 422 422"
TO_SIGN_IN = "in in in in in in"
NOT_SIGNED_IN = "401 401 401 401 401 401"
NO_SERVER = "404 404 why 404 404 404"
PASSWORDS = {
    "oldpassword": "a long pass phrase",
    "password1": "another long phrase",
    "password2": "another long phrase",
}

ENTRANCE = [
    Row("accounts/login/", STRANGERS, STRANGERS_FAULT, {"login": "x@example.org", "password": "wrong"}),
    Row("accounts/login/code/", STRANGERS, REDIRECTED, {"email": "x@example.org"}),
    Row("accounts/login/code/confirm/", REDIRECTED, REDIRECTED, {"code": "x"}),
    Row("accounts/signup/", STRANGERS, STRANGERS_FAULT, {"email": "new@example.org"}),
    Row("accounts/logout/", "302 200 200 200 200 200", REDIRECTED),
    Row("accounts/inactive/", ALL, WRITE_ONLY),
    Row("accounts/confirm-email/", MEMBERS_REDIRECTED, MEMBERS_REDIRECTED, {"code": "x"}),
    Row("accounts/password/reset/", ALL, REDIRECTED, {"email": "x@example.org"}),
    Row("accounts/password/reset/confirm/", TO_SIGN_IN, TO_SIGN_IN, {"code": "x"}),
    Row("accounts/password/reset/complete/", REDIRECTED, REDIRECTED),
    Row("accounts/password/reset/done/", ALL, WRITE_ONLY),
    Row("accounts/2fa/authenticate/", MEMBERS_REDIRECTED, MEMBERS_REDIRECTED, {"code": "x"}),
    Row("accounts/2fa/webauthn/login/", MEMBERS_REDIRECTED, MEMBERS_REDIRECTED),
]

OWN_ACCOUNT = [
    Row("accounts/reauthenticate/", MEMBERS, FAULT, {"password": "wrong"}),
    Row("accounts/password/change/", MEMBERS, OWN_AFFAIR, PASSWORDS),
    Row("accounts/password/set/", MEMBERS_REDIRECTED, MEMBERS_REDIRECTED),  # who has one changes it
    Row("accounts/email/", REDIRECTED, "302 302 why 302 302 302"),
    Row("accounts/sessions/", MEMBERS, OWN_AFFAIR, {"session": "{own_session}"}),
    Row("accounts/sessions/", SEEN, OWN_AFFAIR, {"session": "{their_session}"}),
    Row("accounts/2fa/", MEMBERS, "in 405 405 405 405 405"),
    Row("accounts/2fa/reauthenticate/", "in who who who who who", "in who who who who who", {"code": "x"}),
    Row("accounts/2fa/totp/activate/", MEMBERS, FAULT, {"code": "x"}),
    Row("accounts/2fa/totp/deactivate/", MEMBERS_OF_NOTHING, MEMBERS_OF_NOTHING),
    Row("accounts/2fa/recovery-codes/", MEMBERS_OF_NOTHING, "in 405 405 405 405 405"),
    Row("accounts/2fa/recovery-codes/generate/", MEMBERS, OWN_AFFAIR),
    Row("accounts/2fa/recovery-codes/download/", MEMBERS_OF_NOTHING, MEMBERS_OF_NOTHING),
    Row("accounts/2fa/webauthn/", MEMBERS, "in 405 405 405 405 405"),
    Row("accounts/2fa/webauthn/add/", MEMBERS, FAULT, {"name": "Other"}),
    Row("accounts/2fa/webauthn/reauthenticate/", MEMBERS, TO_SIGN_IN),
    Row("accounts/2fa/webauthn/keys/{own_passkey}/edit/", MEMBERS, OWN_AFFAIR, {"name": "Other"}),
    Row("accounts/2fa/webauthn/keys/{own_passkey}/remove/", MEMBERS, OWN_AFFAIR),
    Row("accounts/2fa/webauthn/keys/{their_passkey}/edit/", MEMBERS_OF_NOTHING, MEMBERS_OF_NOTHING, {"name": "Other"}),
    Row("accounts/2fa/webauthn/keys/{their_passkey}/remove/", MEMBERS_OF_NOTHING, MEMBERS_OF_NOTHING),
]

# Through another server: GitHub is one that the settings name, the others are none. What is not there
# is looked for below a language as well.
OTHER_SERVERS = [
    Row("accounts/3rdparty/", MEMBERS, FAULT),
    Row("accounts/3rdparty/login/cancelled/", ALL, WRITE_ONLY),
    Row("accounts/3rdparty/login/error/", NOT_SIGNED_IN, WRITE_ONLY),
    Row("accounts/3rdparty/signup/", TO_SIGN_IN, TO_SIGN_IN),
    *(
        Row(f"accounts/social/{page}/", MOVED, "301 301 why 301 301 301")
        for page in ("login/cancelled", "login/error", "signup", "connections")
    ),
    Row("accounts/github/login/", ALL, "302 302 why 302 302 302"),
    Row("accounts/github/login/callback/", NOT_SIGNED_IN, "401 401 why 401 401 401"),
    Row("/accounts/github/login/callback/", NOT_SIGNED_IN, "401 401 why 401 401 401"),
    Row("accounts/google/login/", NOBODY, NO_SERVER),
    Row("accounts/google/login/callback/", NOBODY, NO_SERVER),
    Row("/accounts/google/login/callback/", REDIRECTED, "302 302 why 302 302 302"),
    Row("accounts/google/login/token/", NOBODY, NO_SERVER),
    Row("accounts/oidc/sso/login/", NOBODY, NO_SERVER),
    Row("accounts/oidc/sso/login/callback/", NOBODY, NO_SERVER),
    Row("/accounts/oidc/sso/login/callback/", REDIRECTED, "302 302 why 302 302 302"),
]

READ, CHANGED, DELETED_ALONE, ALL_BUT_DELETED = "view", "view add change delete", "view delete", "view add change"
ADMIN: dict[str, str] = {
    **dict.fromkeys(("auth/group", "accounts/user", "community/watchedword", "community/declinereason"), CHANGED),
    **dict.fromkeys(("skills/level", "skills/role", "skills/domain", "skills/group"), CHANGED),
    **dict.fromkeys(("skills/skill", "skills/framework"), ALL_BUT_DELETED),
    **dict.fromkeys(("accounts/delivery", "accounts/refusedaddress"), DELETED_ALONE),
    **dict.fromkeys(("account/emailaddress", "mfa/authenticator", "socialaccount/socialaccount"), READ),
    **dict.fromkeys(("usersessions/usersession",), READ),
    **dict.fromkeys(("skills/revision", "skills/formerpath", "django_tasks_database/dbtaskresult"), READ),
    **dict.fromkeys(
        ("community/suggestion", "community/suggestedchange", "community/decision", "community/comment"), READ
    ),
    **dict.fromkeys(("community/vote", "community/watch", "community/event", "community/report"), READ),
    **dict.fromkeys(("community/notification", "community/emailchoice"), READ),
}
"""What an administrator may do with each model in Django admin; rules write the others."""


def root(status: str) -> str:
    """Return that everybody but an administrator is redirected to the admin's entrance."""
    return f"staff staff staff staff staff {status}"


def by_root(status: str) -> str:
    """Return the same of what is sent."""
    return f"staff staff why staff staff {status}"


def admin_rows() -> Iterator[Row]:
    """Yield the pages of each model: `{community_vote}` in an address is the number of a vote."""
    for model, may in ADMIN.items():
        page, of = f"/admin/{model}/", f"{{{model.replace('/', '_')}}}"
        add, change, delete = (name in may.split() for name in ("add", "change", "delete"))
        yield Row(page, root("200"), by_root("200"))
        yield Row(f"{page}add/", root("200" if add else "403"), by_root("200" if add else "403"))
        yield Row(f"{page}{of}/", root("302"), SEEN)
        yield Row(f"{page}{of}/change/", root("200"), by_root("200" if change else "403"))
        yield Row(f"{page}{of}/history/", root("200"), SEEN)
        sure = {"post": "yes"}
        yield Row(f"{page}{of}/delete/", root("200" if delete else "403"), by_root("302" if delete else "403"), sure)


ADMIN_PAGES = [
    Row("/admin/", root("200"), by_root("200")),
    Row("/admin/login/", "in 403 403 403 403 302", "in 403 why 403 403 302"),
    Row("/admin/logout/", "302 302 302 302 302 405", "302 302 302 302 302 200"),
    Row("/admin/password_change/", root("200"), by_root("200")),
    Row("/admin/password_change/done/", root("200"), by_root("405")),
    Row("/admin/jsi18n/", root("200"), by_root("405")),
    Row("/admin/autocomplete/?app_label=account&model_name=emailaddress&field_name=user", root("200"), by_root("405")),
    Row("/admin/r/{skill_type}/{skill}/", root("302"), by_root("302")),
    Row("/admin/skills/", root("200"), by_root("200")),
    Row("/admin/nothing/", root("404"), by_root("404")),
    Row("/admin/accounts/user/{their_account}/password/", root("200"), by_root("200")),
    Row("/admin/community/suggestion/reviewers/", root("200"), by_root("302")),
    *admin_rows(),
]
