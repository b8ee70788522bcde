"""Personal data: exported to a file on request, and erased with the account."""

from accounts.privacy.data import collect_account_data, collect_personal_data
from accounts.privacy.erasure import LastAdministrator, delete_account, erase, require_other_administrator
from accounts.privacy.exports import build_export, find_export, prune_exports, request_export
from accounts.privacy.unconfirmed import prune_unconfirmed

__all__ = [
    "LastAdministrator",
    "build_export",
    "collect_account_data",
    "collect_personal_data",
    "delete_account",
    "erase",
    "find_export",
    "prune_exports",
    "prune_unconfirmed",
    "request_export",
    "require_other_administrator",
]
