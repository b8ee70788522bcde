"""Has members file suggestions and accept them over HTTP, and measures the queue of 20,000."""

import os
import re
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from itertools import count
from pathlib import Path
from time import perf_counter

from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.membership import REVIEWERS
from accounts.models import User
from benchmarks.load import PageFailed, Sample, SiteConnection, connect, run_load
from benchmarks.pages import BARE_FILE
from benchmarks.site import RunningSite, run_site
from community.models import State, SuggestedChange, Suggestion
from skills.models import Requirement

CLIENTS = 8
QUEUE_SIZE = 20_000
CSRF_TOKEN = "b" * 32  # of the forms; a cookie holds the same one
QUEUE_PATH, BARE_PATH = "/de/review/", "/bare/"
_SUGGESTION_ID = re.compile(rb"location: /de/suggestions/(\d+)/", re.IGNORECASE)

type ClientAction = Callable[[SiteConnection], bool]  # one request; returns whether there was anything left to do


def measure(seconds: str) -> None:
    """Start the site, let clients file and accept, fill the queue, print."""
    with run_site(os.environ) as site:
        for line in _list_measurements(site, Path(os.environ["VAR_DIR"]), float(seconds)):
            sys.stdout.write(f"{line}\n")


def _list_measurements(site: RunningSite, folder: Path, seconds: float) -> Iterator[str]:
    """Yield a line for each measurement; raises `PageFailed`."""
    cookies = _create_reviewers()
    cells = iter(_list_cells())
    for clients in (1, CLIENTS):
        filed: list[list[int]] = [[] for _ in cookies]
        deeds = [_build_file_action(cookies[number], cells, filed[number]) for number in range(clients)]
        yield _format_line("filed", clients, _run_clients(site, deeds, seconds))
        accepting = [_build_accept_action(cookies[(number + 1) % CLIENTS], filed[number]) for number in range(clients)]
        yield _format_line("accepted", clients, _run_clients(site, accepting, seconds))
    _fill_queue(cookies)
    yield from _measure_queue(site, folder, cookies[0], seconds)


def _create_reviewers() -> list[str]:
    """Make reviewers, whom no limit of new accounts holds up; return the cookies that sign them in."""
    group = Group.objects.get_or_create(name=REVIEWERS)[0]
    cookies = []
    for number in range(CLIENTS):
        person = User.objects.create_user(f"reviewer{number}", f"reviewer{number}@example.org")
        person.groups.add(group)
        client = Client()
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF_TOKEN}")
    return cookies


def _list_cells() -> list[Requirement]:
    """Return all cells, neighbouring ones of different skills, as members who meet seldom would take them."""
    cells = Requirement.objects.select_related("skill", "role", "level").order_by("pk")
    nth = count()
    rank: dict[int, Iterator[int]] = {}
    return sorted(cells, key=lambda cell: (next(rank.setdefault(cell.skill_id, count())), next(nth)))


def _build_file_action(cookie: str, cells: Iterator[Requirement], suggestion_ids: list[int]) -> ClientAction:
    def file(connection: SiteConnection) -> bool:
        cell = next(cells, None)
        if cell is None:
            return False
        name = f"{cell.role.key}/{cell.level.slug}"
        fields = {
            **_build_form_fields(),
            "skill": cell.skill.slug,
            "revision": "1",
            "cell": name,
            f"description:{name}": f"{cell.description} Says so in writing.",
            f"obligation:{name}": cell.obligation,
            "reason": "What is written down can be read again.",
            "confirmed": "on",
            "intent": "submit",
        }
        path = f"/de/skills/{cell.skill.slug}/suggestions/new/"
        answer = connection.post(path, fields, cookie=cookie)
        number = _SUGGESTION_ID.search(answer.header)
        if number is None:
            raise PageFailed(f"{path}: answered {answer.status} and filed nothing")
        suggestion_ids.append(int(number[1]))
        return True

    return file


def _build_accept_action(cookie: str, suggestion_ids: list[int]) -> ClientAction:
    changes = dict(SuggestedChange.objects.filter(suggestion__in=suggestion_ids).values_list("suggestion", "pk"))
    waiting = zip(suggestion_ids, [*suggestion_ids[1:], 0], strict=True)

    def accept(connection: SiteConnection) -> bool:
        number, follows = next(waiting, (0, 0))
        if not number:
            return False
        path = f"{QUEUE_PATH}{number}/accept/"
        fields = {
            **_build_form_fields(),
            "change": str(changes[number]),
            "significance": "medium",
            "next": str(follows),
        }
        answer = connection.post(path, fields, cookie=cookie)
        if answer.status != HTTPStatus.FOUND:  # to the next suggestion
            raise PageFailed(f"{path}: answered {answer.status}")
        return True

    return accept


def _build_form_fields() -> dict[str, str]:
    return {"csrfmiddlewaretoken": CSRF_TOKEN, "key": str(uuid.uuid4())}


def _run_clients(site: RunningSite, actions: list[ClientAction], seconds: float) -> Sample:
    """Let each client do its deed again and again until the time is over or nothing is left."""
    begin, before = perf_counter(), site.get_cpu_seconds()
    with ThreadPoolExecutor(len(actions)) as pool:
        runs = [pool.submit(_repeat_action, site.port, deed, begin + seconds) for deed in actions]
        times = [time for run in runs for time in run.result()]
    return Sample(perf_counter() - begin, site.get_cpu_seconds() - before, times=times)


def _repeat_action(port: int, action: ClientAction, until: float) -> list[float]:
    times: list[float] = []
    with connect(port) as connection:
        while perf_counter() < until:
            begin = perf_counter()
            if not action(connection):
                break
            times.append(perf_counter() - begin)
    return times


def _format_line(what: str, clients: int, sample: Sample) -> str:
    return (
        f"{what}, {clients} at once: {sample.rate:.0f} a second, "
        f"p50 {sample.get_percentile(50) * 1000:.0f} ms, p95 {sample.get_percentile(95) * 1000:.0f} ms, "
        f"CPU of the site {sample.cpu_per_request * 1000:.1f} ms each ({len(sample.times)} requests)"
    )


def _fill_queue(cookies: list[str]) -> None:
    """Bring the queue to 20,000 open suggestions over all skills."""
    authors, cells, now = list(User.objects.all()), _list_cells(), timezone.now()
    chosen = [
        cells[number % len(cells)] for number in range(QUEUE_SIZE - Suggestion.objects.filter(state="open").count())
    ]
    rows = Suggestion.objects.bulk_create(
        [
            Suggestion(
                skill=cell.skill, author=authors[number % len(cookies)], state=State.OPEN, reason="-", submitted_at=now
            )
            for number, cell in enumerate(chosen)
        ],
        batch_size=1000,
    )
    changes = (
        SuggestedChange(
            suggestion=row,
            field="requirement",
            role=cell.role.key,
            level=cell.level.slug,
            base={"description": cell.description, "obligation": cell.obligation, "proficiency": cell.proficiency},
            proposed={"description": f"{number}.", "obligation": cell.obligation, "proficiency": cell.proficiency},
        )
        for number, (row, cell) in enumerate(zip(rows, chosen, strict=True))
    )
    SuggestedChange.objects.bulk_create(changes, batch_size=1000)


def _measure_queue(site: RunningSite, folder: Path, cookie: str, seconds: float) -> Iterator[str]:
    """Yield how the queue's page stands to a bare view of the same HTML."""
    with connect(site.port) as connection:
        (folder / BARE_FILE).write_bytes(connection.get(QUEUE_PATH, accept_gzip=False, cookie=cookie).body)
    bare, queue = (_measure_page(site, path, seconds, cookie) for path in (BARE_PATH, QUEUE_PATH))
    yield (
        f"queue page with {QUEUE_SIZE} open: CPU of the site {queue.cpu_per_request * 1000:.1f} ms, "
        f"a bare view of it {bare.cpu_per_request * 1000:.2f} ms, {bare.cpu_per_request / queue.cpu_per_request:.3f} "
        f"of its speed; {queue.rate:.1f} a second, p50 {queue.get_percentile(50) * 1000:.0f} ms"
    )


def _measure_page(site: RunningSite, path: str, seconds: float, cookie: str) -> Sample:
    run_load(site.port, path, 200, 0, cookie)  # each worker has loaded what it needs
    before = site.get_cpu_seconds()
    took, times = run_load(site.port, path, 200, seconds, cookie)
    return Sample(took, site.get_cpu_seconds() - before, times=times)
