"""What is larger than a request may be is refused before anything of it is stored, by a real server on a socket."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from config.middleware.body_limit import BodyLimitMiddleware
from tests.factories import make_user
from tests.web_process import Answer, WebServer, head, read_answer, web_server

LIMIT = 2_500_000
HUGE = "300000000"
BOUNDARY = "multipart/form-data; boundary=edge"
KINDS = {"multipart": BOUNDARY, "urlencoded": "application/x-www-form-urlencoded", "text": "text/plain"}
FILE_START = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="large"\r\n\r\n'
PATHS = [
    "/en/accounts/login/",
    "/admin/login/",
    "/admin/skills/skill/add/",
    "/en/nothing/",
    "/healthz",
    "/static/x.css",
]


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def server(var: Path, temporary: Path) -> Iterator[WebServer]:
    """Run a server with its own folder for temporary files."""
    with web_server(var, TMPDIR=str(temporary), TEMP=str(temporary), TMP=str(temporary)) as running:
        yield running


def chunk(piece: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece)


def send_chunks(server: WebServer, path: str, kind: str, pieces: Iterator[bytes]) -> tuple[Answer, int]:
    """Send a body in chunks until the server has answered; return the answer and how many bytes were sent."""
    sent = 0
    with server.connect() as connection:
        connection.sendall(head("POST", path, transfer_encoding="chunked", content_type=kind))
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                connection.sendall(chunk(piece))
                sent += len(piece)
        return read_answer(connection), sent


def endless(first: bytes) -> Iterator[bytes]:
    """Yield far more than a server may read: what is never refused ends at some time, as a failure."""
    yield first
    for _number in range(5000):
        yield b"x" * 100_000


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", PATHS)
def test_a_large_body_is_refused_before_it_is_sent(server: WebServer, temporary: Path, path: str, kind: str) -> None:
    answer = server.send(head("POST", path, content_length=HUGE, content_type=KINDS[kind]))
    assert answer.status == 413
    assert "That is too large" in answer.text
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.cookies == []
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", PATHS)
def test_a_chunked_body_is_read_up_to_the_limit(server: WebServer, temporary: Path, path: str, kind: str) -> None:
    first = FILE_START if kind == "multipart" else b"field="
    answer, sent = send_chunks(server, path, KINDS[kind], endless(first))
    assert answer.status == 413
    assert sent < 100_000_000  # some of it lies in the buffers of the sockets and of what gunicorn drops
    assert list(temporary.iterdir()) == []


def test_the_refusal_is_in_the_language_of_the_address(server: WebServer) -> None:
    answer = server.send(head("POST", "/de/accounts/login/", content_length=HUGE))
    assert answer.headers["Content-Language"] == "de"
    assert '<html lang="de">' in answer.text


@pytest.mark.parametrize("length", ["-1", "text", "1e9", "0x10", "10, 20", "9" * 5000, "²"])
def test_a_length_that_is_none_is_refused(server: WebServer, temporary: Path, length: str) -> None:
    answer = server.send(head("POST", "/en/accounts/login/", content_length=length) + FILE_START)
    assert answer.status in {400, 413}
    assert list(temporary.iterdir()) == []


def test_a_length_beside_chunks_is_refused(server: WebServer) -> None:
    sent = head("POST", "/en/accounts/login/", content_length="5", transfer_encoding="chunked") + chunk(b"field")
    assert server.send(sent).status == 400


@pytest.mark.parametrize("body", [b"zz\r\nfield\r\n", b"5\r\nfieldfield\r\n0\r\n\r\n", b"-5\r\nfield\r\n"])
def test_what_is_not_made_of_chunks_is_a_bad_request(server: WebServer, body: bytes) -> None:
    answer = server.send(head("POST", "/en/accounts/login/", transfer_encoding="chunked") + body)
    assert answer.status == 400


def test_a_small_chunked_form_is_a_form_like_any_other(server: WebServer) -> None:
    answer, _sent = send_chunks(
        server, "/en/accounts/login/", KINDS["urlencoded"], iter([b"login=anna", b"@example.org", b""])
    )
    assert answer.status == 403  # it has no token; a page that was not read at all would say the same
    assert "This form is no longer valid" in answer.text


IMPATIENT = "import django; django.setup(); from config.middleware import body_limit; body_limit.BODY_SECONDS = 0.5"


@pytest.mark.parametrize("piece", [b"", b"5", b"5\r\nfi"])
def test_a_body_that_does_not_arrive_holds_no_thread(var: Path, piece: bytes) -> None:
    with web_server(var, IMPATIENT, WEB_THREADS="1") as impatient, impatient.connect() as connection:
        connection.sendall(head("POST", "/en/accounts/login/", transfer_encoding="chunked") + piece)
        assert read_answer(connection).status == 400
        assert impatient.get("/healthz").status == 200


@pytest.mark.parametrize("piece", [b"", b"login=a"])
def test_a_body_of_known_length_that_does_not_arrive_holds_no_thread(var: Path, piece: bytes) -> None:
    with web_server(var, IMPATIENT, WEB_THREADS="1") as impatient, impatient.connect() as connection:
        connection.sendall(head("POST", "/en/accounts/login/", content_length="100000") + piece)
        assert read_answer(connection).status == 400
        assert impatient.get("/healthz").status == 200


def test_a_small_chunked_body_reaches_the_view(rf: RequestFactory) -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"name=Anna&name=Berta")
        there.shutdown(socket.SHUT_WR)
        request = rf.generic("POST", "/", b"-", content_type=KINDS["urlencoded"], HTTP_TRANSFER_ENCODING="Chunked")
        with here.makefile("rb") as stream:
            request.META |= {"wsgi.input": stream, "wsgi.input_terminated": True}
            BodyLimitMiddleware(lambda _request: HttpResponse())(request)
    assert request.POST.getlist("name") == ["Anna", "Berta"]


@pytest.mark.django_db
def test_who_is_signed_in_is_not_looked_up_for_a_refusal(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(make_user())
    assert isinstance(client.session, SessionStore)
    with django_assert_num_queries(0):
        answer = client.post("/en/skills/", b"x" * (LIMIT + 1), content_type="text/plain")
    assert answer.status_code == 413


@pytest.mark.django_db
def test_the_limit_is_inclusive(admin_site: Client) -> None:
    for size, status in ((LIMIT, 200), (LIMIT + 1, 413)):
        body = b"name=" + b"x" * (size - 5)
        answer = admin_site.post("/admin/skills/framework/add/", body, content_type=KINDS["urlencoded"])
        assert answer.status_code == status
