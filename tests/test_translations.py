"""German and English are complete: nothing missing, nothing doubtful, nothing left over."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_catalogues_hold_every_message_and_are_compiled() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "scripts" / "messages.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (checked.stdout, checked.stderr, checked.returncode) == ("", "", 0)
