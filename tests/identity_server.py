"""An OpenID Connect server of the tests' own: real documents, real signatures, spoken to over HTTP."""

import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID, CLIENT_SECRET, KEY_ID = "stufenplan", "a secret of the tests", "first"
TOKEN_SECONDS = 300


@cache
def signing_key() -> rsa.RSAPrivateKey:
    """Return the key of every server here: making one takes a while."""
    return rsa.generate_private_key(65537, 2048)


@dataclass
class IdentityServer:
    """The server; `person` holds the claims about who signs in at it next."""

    address: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    refuses: bool = False
    token_changes: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, bytes] = field(default_factory=dict)
    """What is sent instead of the right answer, by path: a whole response as it goes over the wire."""
    silent: set[str] = field(default_factory=set)
    """The paths that are not answered until the server ends."""
    ends: Event = field(default_factory=Event)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _tokens: dict[str, dict[str, Any]] = field(default_factory=dict)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(RSAAlgorithm.to_jwk(signing_key().public_key()))
        return {"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the person is sent back to: with a code, or with an error when they refuse."""
        if self.refuses:
            answer = {"error": "access_denied", "state": query["state"]}
        else:
            code = secrets.token_urlsafe()
            self._codes[code] = query
            answer = {"code": code, "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Return tokens for a code, once; nothing when anything about the request is not as it was asked for."""
        asked = self._codes.pop(form.get("code", ""), None)
        verifier = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if (
            asked is None
            or (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET)
            or form.get("redirect_uri") != asked["redirect_uri"]
            or verifier != asked.get("code_challenge")
        ):
            return None
        access_token = secrets.token_urlsafe()
        self._tokens[access_token] = dict(self.person)
        tokens = {"access_token": access_token, "token_type": "Bearer", "id_token": self._id_token()}
        return tokens | self.token_changes

    def _id_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT_ID, "iat": now, "exp": now + TOKEN_SECONDS, **self.person}
        return jwt.encode(claims, signing_key(), algorithm="RS256", headers={"kid": KEY_ID})

    def wrong_answer(self, path: str) -> bytes | None:
        """Return what is sent instead of the right answer at a path, None where all is well."""
        if path in self.silent:
            self.ends.wait(30)
            return b""
        return self.answers.get(path)

    def document(self, path: str, authorization: str) -> dict[str, Any] | None:
        """Return what is at a path, nothing where nothing is."""
        documents: dict[str, Callable[[], dict[str, Any] | None]] = {
            "/.well-known/openid-configuration": self.discovery,
            "/keys": self.keys,
            "/userinfo": lambda: self.userinfo(authorization),
        }
        return documents[path]() if path in documents else None

    def userinfo(self, authorization: str) -> dict[str, Any] | None:
        return self._tokens.get(authorization.removeprefix("Bearer "))


def answer_with(body: object, status: str = "200 OK", headers: str = "Content-Type: application/json") -> bytes:
    """Return a whole answer: bytes as they are, anything else as JSON."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return f"HTTP/1.0 {status}\r\n{headers}\r\n\r\n".encode() + text


class WrongAnswers(BaseHTTPRequestHandler):
    """Sends the wrong answers of a server instead of the right ones."""

    server_of_test: IdentityServer

    def is_answered_wrongly(self) -> bool:
        """Send a wrong answer; return whether there was one to send."""
        self.close_connection = True
        wrong = self.server_of_test.wrong_answer(urlsplit(self.path).path)
        self.wfile.write(wrong or b"")
        return wrong is not None


def handler_for(server: IdentityServer) -> type[BaseHTTPRequestHandler]:
    """Return what answers requests for a server."""

    class Handler(WrongAnswers):
        server_of_test = server

        def do_GET(self) -> None:
            if self.is_answered_wrongly():
                return
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                self.send_response(HTTPStatus.FOUND)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_header("Location", server.authorize(query))
                self.end_headers()
                return
            self.answer(server.document(parts.path, self.headers.get("Authorization", "")))

        def do_POST(self) -> None:
            if self.is_answered_wrongly():
                return
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(server.token({name: values[0] for name, values in parse_qs(sent).items()}))

        def answer(self, document: dict[str, Any] | None) -> None:
            body = json.dumps(document or {"error": "invalid_grant"}).encode()
            self.send_response(HTTPStatus.OK if document else HTTPStatus.BAD_REQUEST)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
            """Keep the tests' output quiet."""

    return Handler


@contextmanager
def identity_server() -> Iterator[IdentityServer]:
    """Run a server for as long as the context lasts."""
    server = IdentityServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(server))
    server.address = f"http://127.0.0.1:{http.server_port}"
    thread = Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ends.set()
        http.shutdown()
        http.server_close()
        thread.join()
