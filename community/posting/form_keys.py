"""The key of a form: made when the form is shown, so that a form that is sent twice counts once."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus

from django.utils.translation import gettext as _

from community.posting.refusals import Refused


class BrokenFormKey(Refused):
    """A form was sent without a key that can be read (400). Nothing is carried out: it could count twice."""

    status = HTTPStatus.BAD_REQUEST


def read_form_key(data: Mapping[str, object]) -> uuid.UUID:
    """Return the key of a sent form, its field `key`; raises `BrokenFormKey` where there is none.

    `answers_refusals` makes a page of that error which shows what was typed. No other key is ever made up
    for it: the same form, sent twice, would be two suggestions, comments or decisions.
    """
    try:
        return uuid.UUID(str(data.get("key", "")))
    except ValueError as error:
        raise BrokenFormKey(_("The form carries no key.")) from error
