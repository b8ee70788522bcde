"""A worker in a process of its own, on a database of its own, as an operator starts it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60
CODE = "import django, json; django.setup(); from accounts.models import Delivery\n"


@dataclass(frozen=True)
class Site:
    """A site without a web server, whose mail goes to a port of this machine."""

    var: Path
    mail_port: int

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(self.var),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def run(self, *arguments: str) -> str:
        """Run Python to its end; return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        return done.stdout

    def ask(self, code: str) -> Any:
        """Return what an expression is on this site."""
        return json.loads(self.run("-c", f"{CODE}print(json.dumps({code}))"))

    @contextlib.contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """Let a worker run; it is killed afterwards if it still does."""
        command = [sys.executable, "manage.py", "run_worker"]
        with subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL) as process:
            try:
                yield process
            finally:
                process.send_signal(signal.SIGKILL)
