"""Two who load at once, on real connections."""

from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection

from skills import exchange, loading
from skills.models import Framework, Requirement, Revision, Role
from tests.framework_files import load, small_framework, write

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
    pytest.mark.django_db(transaction=True),
]


@pytest.mark.parametrize("loaded_before", [False, True])
def test_two_loaders_at_once_leave_one_framework_and_one_revision(tmp_path: Path, *, loaded_before: bool) -> None:
    data = small_framework()
    if loaded_before:
        load(write(tmp_path, data))
        data["domains"][0]["groups"][0]["skills"][0]["requirements"][0]["description"] = "Feeds it twice a day."
        data["roles"][0] = {"key": "baker", "name": "Boulanger"}
    file = exchange.read(write(tmp_path, data))
    barrier = Barrier(2)
    written = []

    def run() -> None:
        barrier.wait(timeout=10)
        report = loading.load(file)
        written.append(report.skills_created + report.skills_changed)
        connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(written) == [0, 1]
    assert Revision.objects.count() == (2 if loaded_before else 1)
    assert (Framework.objects.count(), Role.objects.count(), Requirement.objects.count()) == (1, 2, 3)
