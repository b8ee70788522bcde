"""Sign-in through another server: which account it belongs to, and in which language the person returns."""

from collections.abc import Callable
from functools import wraps
from types import SimpleNamespace
from typing import Any, override

from allauth.account.internal.flows.email_verification import verify_email
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.base.provider import Provider
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from accounts.confirmed_addresses import find_unconfirmed_account
from accounts.models import User
from accounts.providers.answers import ProviderSession, wrap_with_check
from accounts.sign_in.usernames import find_free_username
from skills.text.names import repair_name

type ProviderView = Callable[..., HttpResponseBase]


class SocialAdapter(DefaultSocialAccountAdapter):
    """Takes over the name that the other server knows; an address counts as confirmed only if that server says so."""

    @override
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let the owner of an address into an account that a stranger signed up with it and never confirmed.

        1. Continue only for a sign-in with a new identity whose first address the other server has confirmed.
        2. Find the account that was signed up with the address and never confirmed.
        3. Confirm the address, for the first time: so everything that the stranger set up is removed, see
           accounts/sign_in/first_confirmation.py.
        4. Give the account the name that the other server knows, and connect it.
        """
        first_address = next(iter(sociallogin.email_addresses), None)
        is_new = not sociallogin.is_existing and sociallogin.state.get("process") != AuthProcess.CONNECT
        if not (is_new and first_address and first_address.verified):
            return
        user = find_unconfirmed_account(first_address.email)
        if user is None or not user.is_active:
            return
        with transaction.atomic():
            if verify_email(request, EmailAddress.objects.get_for_user(user, first_address.email)):
                user.name = getattr(sociallogin.user, "name", "")
                user.username = find_free_username(user.name)
                sociallogin.connect(request, user)  # saves the account

    @override
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Save a new account with the addresses that the other server has confirmed, or else the one to confirm here.

        An unconfirmed address next to a confirmed one is dropped: it may be another person's, who would enter
        this account with a code sent to it.
        """
        with transaction.atomic():
            user = super().save_user(request, sociallogin, form)
            assert isinstance(user, User)
            rows = list(EmailAddress.objects.filter(user=user).order_by("-primary", "pk"))
            confirmed = [row for row in rows if row.verified]
            if confirmed and len(confirmed) < len(rows):
                EmailAddress.objects.filter(user=user, verified=False).delete()
                confirmed[0].set_as_primary()
                # allauth caches the rows on the user and would still see the deleted ones.
                EmailAddress.objects.fill_cache_for_user(user, confirmed)
        return user

    @override
    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the servers in the settings; a row in the database has no effect.

        The site sends requests to the URL of such a server, and trusts what it says about people.
        """
        apps: list[SocialApp] = super().list_apps(request, provider=provider, client_id=client_id)
        return [app for app in apps if app.pk is None]

    @override
    def get_requests_session(self) -> ProviderSession:
        """Return the session that sends requests to other servers."""
        return ProviderSession()

    @override
    def get_provider(self, *args: Any, **kwargs: Any) -> Provider:
        """Return a provider that checks what its server says about a person; raises the same errors as allauth."""
        provider: Any = super().get_provider(*args, **kwargs)
        provider.sociallogin_from_response = wrap_with_check(provider, provider.sociallogin_from_response)
        assert isinstance(provider, Provider)
        return provider

    @override
    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Return the new account with the name shown, a user name built from it, and the reader's language."""
        user = super().populate_user(request, sociallogin, data)
        assert isinstance(user, User)
        parts = [data.get("first_name") or "", data.get("last_name") or ""]
        name = data.get("name") or " ".join(parts).strip() or data.get("username") or ""
        user.name = repair_name(str(name), User._meta.get_field("name").max_length or 0)
        if "@" in user.name:  # some servers know no name and send the address for one
            user.name = ""
        user.username = find_free_username(user.name)
        user.language = translation.get_language() or settings.LANGUAGE_CODE
        return user

    @override
    def validate_disconnect(self, account: SocialAccount, accounts: QuerySet[SocialAccount]) -> None:
        """Allow disconnecting an account of a server that the settings no longer name; allauth asks for its name."""
        super().validate_disconnect(account, accounts)
        try:
            account.get_provider()
        except SocialApp.DoesNotExist:
            # allauth's cache of the provider; its pages read only id and name of it.
            account._provider = SimpleNamespace(id=account.provider, name=account.provider)

    @override
    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        """Return the initial values of the form for the rest of the sign-up."""
        assert isinstance(sociallogin.user, User)
        return {**super().get_signup_form_initial_data(sociallogin), "name": sociallogin.user.name}


def keep_page_language(callback: ProviderView) -> ProviderView:
    """Wrap a callback view whose URL has no language, so that it speaks the language of the page it returns to.

    That page is the URL `next` in allauth's state, which the parameter `state` names. Without it, or without a
    language in it, the language of the request stays.
    """

    @wraps(callback)
    def localized(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # allauth stores each state as a tuple: the state, its time, its provider.
        state, *_when = statekit.get_states(request).get(request.GET.get("state", ""), ({},))
        language = translation.get_language_from_path(state.get("next") or "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return callback(request, *args, **kwargs)

    return localized
