"""The key of a form. It is made when the form is rendered, so that a form that is sent twice counts once."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus

from django.utils.translation import gettext as _

from community.posting.refusals import Refused


class BrokenFormKey(Refused):
    """A form was sent without a readable key (400). Nothing is carried out, because it could count twice."""

    status = HTTPStatus.BAD_REQUEST


def read_form_key(data: Mapping[str, object]) -> uuid.UUID:
    """Return the key of a sent form, from its field `key`.

    Raises `BrokenFormKey` if there is none; `handle_refusals` turns that into a page that shows what was typed.
    No new key is ever made in its place: the same form, sent twice, would make two suggestions, comments
    or decisions.
    """
    try:
        return uuid.UUID(str(data.get("key", "")))
    except ValueError as error:
        raise BrokenFormKey(_("The form has no key.")) from error
