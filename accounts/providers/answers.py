"""Answers of other servers to a sign-in through them: fetched within limits, and checked before use.

allauth uses these answers unchecked. A list in place of a name, or a discovery document without
its endpoints, would be an error of this site; here it is a `ProviderFault`, which is answered with 502,
and nothing is stored. The rules for each field are in OpenID Connect Core 1.0 (5.1, 5.3) and OpenID
Connect Discovery 1.0 (3).
"""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, override
from urllib.parse import parse_qs, urlsplit

import jwt
import requests
from allauth.socialaccount import app_settings
from urllib3.exceptions import HTTPError

from accounts.providers.deadline import Deadline, DeadlineAdapter

ANSWER_SECONDS = 5.0  # for a request and its whole answer
ANSWER_MAX_BYTES = 500_000
CHUNK_SIZE = 16_384
EMAIL_MAX_LENGTH = 254
MAX_TIMESTAMP = 2**34  # seconds; far in the future, and still a date

DISCOVERY_SUFFIX = "/.well-known/openid-configuration"
EMAILS_SUFFIX = "/user/emails"  # GitHub answers 404 there if the token may not read addresses
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
TEXT_CLAIMS = ("name", "given_name", "family_name", "preferred_username", "login", "picture", "avatar_url", "html_url")
IDENTITY_CLAIMS = {
    "github": ("id",),
    "google": ("sub", "id"),
    "openid_connect": ("sub",),
}  # the first one that is there
FLAG_CLAIMS = ("email_verified", "verified_email", "verified", "primary")
FLAG_VALUES = {"true": True, "false": False}  # some servers send flags as text
TEXT_MAX_LENGTH = 2000  # of a name or an address of a picture; longer ones are left out
CLAIMS_MAX_LENGTH = 20_000  # as JSON; of more than that, only claims in use are kept
MAX_ADDRESSES = 100
USED_CLAIMS = {"sub", "id", "email", "emails", *TEXT_CLAIMS, *FLAG_CLAIMS}


class ProviderFault(Exception):
    """Another server gave no usable answer; the text holds the reason, for the log."""


class CheckedAnswer(requests.Response):
    """An answer that has been read already; its JSON is checked each time it is decoded."""

    def __init__(self, answer_url: str, answer: requests.Response) -> None:
        super().__init__()
        # Copy the state of the answer: requests offers no way to create another class.
        vars(self).update(vars(answer))
        self._answer_url = answer_url

    @override
    def json(self, **_options: Any) -> Any:
        """Return the decoded JSON; raises `ProviderFault`."""
        return _parse_document(self._answer_url, self.content)


class ProviderSession(requests.Session):
    """Fetches answers: only over http and https, without redirects, with limits of time and size."""

    def __init__(self) -> None:
        super().__init__()
        self._adapter = DeadlineAdapter()
        self.mount("https://", self._adapter)
        self.mount("http://", self._adapter)
        self.headers["Connection"] = "close"  # each request has its own time and its own connection

    @override
    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Return the answer, read and checked; raises `ProviderFault`."""
        method, answer_url = str(method), str(url)
        limits = {"timeout": ANSWER_SECONDS, "allow_redirects": False, "stream": True}
        try:
            with (
                Deadline(ANSWER_SECONDS) as self._adapter.deadline,
                super().request(method, answer_url, *args, **{**kwargs, **limits}) as answer,
            ):
                answer._content = _read_body(answer)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise ProviderFault(f"{answer_url}: {error}") from error
        _require_status(answer_url, method == "GET", answer.status_code)
        answer.headers.setdefault("content-type", "")
        checked_answer = CheckedAnswer(answer_url, answer)
        if method != "GET" and checked_answer.status_code < HTTPStatus.BAD_REQUEST:
            _check_tokens(answer_url, checked_answer)
        return checked_answer


def _read_body(answer: requests.Response) -> bytes:
    """Return the body; raises `ValueError` if it is too large."""
    content = b""
    # read1 returns what has arrived; so the size is checked before the whole body is in memory.
    while chunk := answer.raw.read1(CHUNK_SIZE, decode_content=True):
        content += chunk
        if len(content) > ANSWER_MAX_BYTES:
            raise ValueError(f"the answer is larger than {ANSWER_MAX_BYTES} bytes")
    return content


def _require_status(url: str, is_get: bool, status: int) -> None:
    """Refuse a status that is no answer to the request; a refusal of tokens (400, 401) is one."""
    is_hidden_list = url.endswith(EMAILS_SUFFIX) and status == HTTPStatus.NOT_FOUND
    is_refusal = not is_get and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    if not (HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES or is_hidden_list or is_refusal):
        raise ProviderFault(f"{url}: status {status}")


def _parse_document(url: str, content: bytes) -> Any:
    """Return a decoded JSON answer: an object, or GitHub's list of addresses."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProviderFault(f"{url}: the answer is no JSON: {error}") from error
    is_list = url.endswith(EMAILS_SUFFIX)
    _require(isinstance(document, list if is_list else dict), url, "the answer is a JSON value of the wrong type")
    _require_storable(document, url)
    if url.endswith(DISCOVERY_SUFFIX):
        _check_discovery(document, url)
    return document


def _check_discovery(document: Mapping[str, Any], url: str) -> None:
    """Check a discovery document: its endpoints must be https or on the server itself."""
    own_parts = urlsplit(url)
    for name in ENDPOINTS:
        value = str(document.get(name))
        _require(isinstance(document.get(name), str), url, f"{name} is no address")
        try:
            parts = urlsplit(value)
        except ValueError as error:
            raise ProviderFault(f"{url}: {name}: {error}") from error
        is_own_host = parts.scheme == own_parts.scheme and parts.hostname == own_parts.hostname
        is_safe = (parts.scheme == "https" or is_own_host) and bool(parts.hostname)
        _require(is_safe, url, f"{name} '{value}' is neither https nor at the server itself")
    _require(isinstance(document.get("issuer"), str), url, "issuer is no text")
    methods = document.get("token_endpoint_auth_methods_supported", [])
    _require(isinstance(methods, list), url, "token_endpoint_auth_methods_supported is no list")


def _check_tokens(url: str, answer: requests.Response) -> None:
    """Check an answer with tokens. It may also be a form, as GitHub's is, or name an error instead."""
    is_json = "json" in answer.headers["content-type"] or answer.content[:1] in {b"{", b"["}
    if is_json:
        fields = answer.json()
    else:
        fields = {name: values[0] for name, values in parse_qs(answer.content.decode(errors="replace")).items()}
    if "error" in fields and "access_token" not in fields:
        return
    token = fields.get("access_token")
    _require(isinstance(token, str) and token != "", url, "access_token is no text")
    for name in ("refresh_token", "id_token", "token_type"):
        _require(isinstance(fields.get(name, ""), str), url, f"{name} is no text")
    expires_in = str(fields.get("expires_in", "") or "0")
    # Check the length before int(), which raises ValueError for more than 4300 digits.
    is_short = len(expires_in) <= len(str(MAX_TIMESTAMP))
    _require(
        is_short and expires_in.isascii() and expires_in.isdigit() and int(expires_in) < MAX_TIMESTAMP,
        url,
        "expires_in is no number",
    )
    if fields.get("id_token"):
        _check_id_token(fields["id_token"], url)


def _check_id_token(id_token: str, url: str) -> None:
    """Check that the times in a token are times; allauth checks its audience and its expiry."""
    try:
        claims = jwt.decode(id_token, options={"verify_signature": False, "verify_exp": False, "verify_aud": False})
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise ProviderFault(f"{url}: id_token: {error}") from error
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name, 0)
        is_time = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MAX_TIMESTAMP
        _require(is_time, url, f"{name} in the id_token is no time")


def check_person(provider_id: str, answer: Any) -> None:
    """Check what a server says about a person; replace flags sent as text by true or false.

    `answer` has allauth's form: the claims, or for OpenID Connect those of both sources (userinfo and ID token).
    Raises `ProviderFault`.
    """
    _require(isinstance(answer, dict), provider_id, "what it says of the person is no object")
    if provider_id != "openid_connect":
        _check_claims(answer, provider_id)
        return
    sources = [answer[name] for name in ("userinfo", "id_token") if answer.get(name) is not None]
    for claims in sources:
        _check_claims(claims, provider_id)
    # Otherwise a token of one person could be used with the claims of another (OpenID Connect Core, 5.3.2).
    _require(len({claims.get("sub") for claims in sources}) == 1, provider_id, "userinfo and id_token name two people")


def _check_claims(claims: Any, provider_id: str) -> None:
    """Check the identity, the texts and the addresses among the claims of one source."""
    _require(isinstance(claims, dict), provider_id, "the claims are no object")
    _require_storable(claims, provider_id)
    identity = next((claims[name] for name in IDENTITY_CLAIMS[provider_id] if name in claims), None)
    is_number = isinstance(identity, int) and not isinstance(identity, bool) and provider_id == "github"
    is_identity = is_number or (isinstance(identity, str) and identity != "")
    _require(is_identity and len(str(identity)) <= app_settings.UID_MAX_LENGTH, provider_id, "the identity is no text")
    for name in TEXT_CLAIMS:
        _require(isinstance(claims.get(name), str | None), provider_id, f"{name} is no text")
        if len(claims.get(name) or "") > TEXT_MAX_LENGTH:
            claims[name] = ""
    if len(json.dumps(claims)) > CLAIMS_MAX_LENGTH:
        for name in claims.keys() - USED_CLAIMS:
            del claims[name]
    _check_email_claims(claims, provider_id)
    addresses = claims.get("emails", [])
    _require(isinstance(addresses, list), provider_id, "emails is no list")
    _require(len(addresses) <= MAX_ADDRESSES, provider_id, "emails are too many")
    for address in addresses:
        _require(isinstance(address, dict) and {"email", "primary", "verified"} <= set(address), provider_id, "emails")
        _check_email_claims(address, provider_id)


def _check_email_claims(claims: dict[str, Any], provider_id: str) -> None:
    """Check an address and its flags; replace flags sent as text."""
    email = claims.get("email")
    _require(isinstance(email, str | None) and len(email or "") <= EMAIL_MAX_LENGTH, provider_id, "email is no address")
    # An invisible character in the domain would make it look like another address.
    _require((email or "").isprintable(), provider_id, "email holds a character that cannot be shown")
    for name in FLAG_CLAIMS:
        if name in claims:
            value = claims[name]
            # A text "false" would count as true.
            value = FLAG_VALUES.get(value.lower(), value) if isinstance(value, str) else value
            value = False if value is None else value
            _require(isinstance(value, bool), provider_id, f"{name} is neither true nor false")
            claims[name] = value


def _require_storable(document: Any, source: str) -> None:
    """Refuse what no database can store: NUL, half of a surrogate pair, numbers such as NaN."""
    try:
        text = json.dumps(document, allow_nan=False, ensure_ascii=False)
        # Fails for half of a surrogate pair.
        text.encode()
    except (ValueError, RecursionError) as error:
        raise ProviderFault(f"{source}: {error}") from error
    _require("\\u0000" not in text, source, "the answer holds a NUL")


def _require(condition: bool, source: str, reason: str) -> None:
    """Raise `ProviderFault` unless the condition holds."""
    if not condition:
        raise ProviderFault(f"{source}: {reason}")


def wrap_with_check[Result](provider: Any, build: Callable[..., Result]) -> Callable[..., Result]:
    """Return allauth's function that creates a sign-in from an answer, with the answer checked first.

    `provider` is an allauth provider, `build` its `sociallogin_from_response`. The result raises `ProviderFault`.
    """

    def build_checked(request: Any, response: Any) -> Result:
        check_person(provider.id, response)
        return build(request, response)

    return build_checked
