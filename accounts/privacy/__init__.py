"""What is known of a person: given to them as a file, and forgotten when they ask."""

from accounts.privacy.data import account_data, everything_about
from accounts.privacy.erasure import LastAdministrator, erase, forget, refuse_last_administrator
from accounts.privacy.exports import ask_for_export, build_export, export_of, prune_exports
from accounts.privacy.unconfirmed import prune_unconfirmed

__all__ = [
    "LastAdministrator",
    "account_data",
    "ask_for_export",
    "build_export",
    "erase",
    "everything_about",
    "export_of",
    "forget",
    "prune_exports",
    "prune_unconfirmed",
    "refuse_last_administrator",
]
