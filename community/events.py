"""What happened, written down in the transaction that made it happen."""

from skills.models import Revision


def content_changed(revision: Revision) -> None:
    """Write down that a skill changed; called by `skills.revisions`."""
