"""Signing in through another server: whose account it is, and in which language people come back."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import Provider
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from accounts.models import User
from accounts.provider_answers import ProviderSession, check_before
from accounts.usernames import free_username

type View = Callable[..., HttpResponseBase]


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Takes over the name that the other server knows; the address counts as confirmed only where it says so."""

    def get_requests_session(self) -> ProviderSession:
        """Return what asks other servers."""
        return ProviderSession()

    def get_provider(self, *args: Any, **kwargs: Any) -> Provider:
        """Return a provider that checks what its server says of a person; errors as allauth's own."""
        provider = super().get_provider(*args, **kwargs)
        provider.sociallogin_from_response = check_before(provider, provider.sociallogin_from_response)
        return provider

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Return the new account with the name shown, a user name made from it, and the reader's language."""
        user = super().populate_user(request, sociallogin, data)
        assert isinstance(user, User)
        parts = [data.get("first_name") or "", data.get("last_name") or ""]
        name = data.get("name") or " ".join(parts).strip() or data.get("username") or ""
        user.name = " ".join(str(name).split())[: User._meta.get_field("name").max_length]
        if "@" in user.name:  # some servers know no name and send the address for one
            user.name = ""
        user.username = free_username(user.name)
        user.language = translation.get_language() or settings.LANGUAGE_CODE
        return user

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        """Return what the form for the rest of the sign-up begins with."""
        assert isinstance(sociallogin.user, User)
        return {**super().get_signup_form_initial_data(sociallogin), "name": sociallogin.user.name}


def in_wanted_language(callback: View) -> View:
    """Return a callback without a language in its address that speaks the language of the page it leads back to."""

    @wraps(callback)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        state, *_when = statekit.get_states(request).get(request.GET.get("state", ""), ({},))
        language = translation.get_language_from_path(state.get("next") or "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return callback(request, *args, **kwargs)

    return speaking
