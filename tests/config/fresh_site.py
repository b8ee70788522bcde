"""The site in a process of its own, for what is decided when it starts."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# pytest is imported so that the settings know that no static files were collected.
SCRIPT = """
import json, sys
import django, pytest
from django.test import Client
django.setup()
client = Client(raise_request_exception=False)
answers = []
for path, secure in json.loads(sys.argv[1]):
    response = client.get(path, secure=secure, headers={"host": "example.org"})
    cookies = {name: morsel.OutputString() for name, morsel in response.cookies.items()}
    answers.append([response.status_code, dict(response.headers), cookies, response.content.decode()])
print(json.dumps(answers))
"""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    text: str


def ask(environment: dict[str, str], *requests: tuple[str, bool]) -> list[Answer]:
    """Start the site with these variables and return its answers to GETs, each a path and whether by https."""
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "ALLOWED_HOSTS": "example.org"}
    process = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(requests)],
        env={**variables, **environment},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [Answer(*answer) for answer in json.loads(process.stdout)]
