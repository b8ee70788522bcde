"""The reasons to refuse an action of a member. community/posting/refusal_pages.py makes a page of each."""

from http import HTTPStatus


class Refused(Exception):
    """An action that is not carried out.

    The message says why, in the reader's language; `status` is the HTTP status of the page that shows it.
    """

    status = HTTPStatus.CONFLICT


class NotAllowed(Refused):
    """The person may not do this, now or at all (403)."""

    status = HTTPStatus.FORBIDDEN


class OverLimit(NotAllowed):
    """A new account may not write more for now (429). It may again in `retry_after` seconds.

    With `is_review_limit` too many suggestions wait for a decision. Then only a decision or a withdrawal makes
    room, and `retry_after` says when to try again.
    """

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str, retry_after: int, *, is_review_limit: bool = False) -> None:
        super().__init__(message)
        self.retry_after, self.is_review_limit = retry_after, is_review_limit


class Gone(Refused):
    """The object of an action was deleted in the meantime (409)."""


class ChangedElsewhere(Refused):
    """A text was changed after the form was opened that sends another one (409). `stored` is the text by now.

    The form comes back with what was typed and with the stored text; the next time it is sent it counts.
    """

    def __init__(self, message: str, stored: str = "") -> None:
        super().__init__(message)
        self.stored = stored


class FormUsedBefore(Refused):
    """A form with this key was carried out before, with another text (409).

    The form comes back with what was typed, and with a new key: the next time it is sent it counts as another form.
    A form without a key, of a report, which each person sends once, comes back only so that its text can be copied.
    """


class InvalidInput(Refused):
    """What was typed cannot be submitted (422). `reasons` are the messages, one for each error.

    `field` is the name of the form field that they are about, '' where they are about the whole form.
    """

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, *reasons: str, field: str = "") -> None:
        super().__init__(" ".join(reasons))
        self.reasons, self.field = reasons, field
