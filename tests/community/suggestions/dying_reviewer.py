"""A reviewer whose server dies: accepts a suggestion through its page and is killed with -9 at a given statement.

    python -m tests.community.suggestions.dying_reviewer REVIEWER ADDRESS FORM before|after STATEMENT

A statement is named by its beginning; COMMIT is that of the decision's transaction.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django

DECISION = 'INSERT INTO "community_decision"'


class Death:
    """Comes before or after one statement."""

    def __init__(self, when: str, statement: str) -> None:
        self.when, self.statement, self.is_decided = when, statement, False

    def near(self, statement: str, done: Callable[[], Any]) -> Any:
        """Do what the statement does, and end the process if it is the one."""
        is_here = statement.startswith(self.statement)
        if is_here and self.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = done()
        if is_here:
            os.kill(os.getpid(), signal.SIGKILL)
        self.is_decided = self.is_decided or statement.startswith(DECISION)
        return result

    def execute(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Wrap a statement, as `connection.execute_wrapper` has it."""
        return self.near(sql, lambda: execute(sql, params, many, context))


def main(reviewer: str, address: str, form: str, when: str, statement: str) -> None:
    """Sign in, then accept; prints what the site answered, if it lived to."""
    from django.db import connection  # noqa: PLC0415 - after django.setup()
    from django.test import Client  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(pk=reviewer), "django.contrib.auth.backends.ModelBackend")
    death, commit = Death(when, statement), connection._commit  # type: ignore[attr-defined]
    connection._commit = lambda: death.near("COMMIT" if death.is_decided else "", commit)  # type: ignore[attr-defined]
    with connection.execute_wrapper(death.execute):
        sys.stdout.write(str(client.post(address, json.loads(form)).status_code))


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])
