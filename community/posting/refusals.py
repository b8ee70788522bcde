"""Why an action of a member is refused; each is answered by a page in community/posting/refusal_pages.py."""

from http import HTTPStatus


class Refused(Exception):
    """An action that is not carried out; `status` is that of the page that says why, in the reader's language."""

    status = HTTPStatus.CONFLICT


class NotAllowed(Refused):
    """This person may not do this, now or later (403). The message says why in the reader's language."""

    status = HTTPStatus.FORBIDDEN


class OverLimit(NotAllowed):
    """A new account may not write more just now (429); it may again in `retry_after` seconds.

    `is_of_review` where a decision on a suggestion makes room, so that the time is only when to look again.
    """

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str, retry_after: int, *, is_review_limit: bool = False) -> None:
        super().__init__(message)
        self.retry_after, self.is_review_limit = retry_after, is_review_limit


class Gone(Refused):
    """What a deed is about was deleted meanwhile (409). The message says so in the reader's language."""


class InvalidInput(Refused):
    """What was typed cannot be submitted (422); `reasons` say why in the reader's language."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons
