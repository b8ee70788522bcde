"""A member of the measured site, with a session, a watch and notices."""

import subprocess
from collections.abc import Mapping

from benchmarks.site import run_inside


def create_member_cookie(variables: Mapping[str, str]) -> str:
    """Create a member in the site's database and return the Cookie header that signs them in.

    `variables` is the environment of the site. Raises `subprocess.CalledProcessError`.
    """
    return run_inside(variables, "member", "create_member", output=subprocess.PIPE).strip()
