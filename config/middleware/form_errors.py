"""Forms of allauth that come back with errors: status 422, and the errors for the page's summary.

The site's own views pass `form_errors` themselves. allauth's views answer 200 with the form in the template's context;
their response is rendered only after the middleware, so that one place serves all of them.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse

from skills.web.form_errors import FormError, list_form_errors


class FormErrorsMiddleware:
    """Passes the errors of an invalid form on to the page that shows it again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; everything happens in `process_template_response`."""
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: SimpleTemplateResponse
    ) -> SimpleTemplateResponse:
        """Give an unrendered page the errors of the sent forms in its context, and the status 422 instead of 200.

        Pages of Django admin are left out: they show errors in their own way.
        """
        match = request.resolver_match
        if request.method != "POST" or response.context_data is None or (match and "admin" in match.app_names):
            return response
        errors = _list_errors(response.context_data)
        if errors:
            response.context_data["form_errors"] = errors
            if response.status_code == HTTPStatus.OK:
                response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


def _list_errors(context: dict[str, object]) -> list[FormError]:
    """Return the errors of all bound forms in a context; a form may be there under two names."""
    forms = {id(value): value for value in context.values() if isinstance(value, BaseForm) and value.is_bound}
    return [error for form in forms.values() for error in list_form_errors(form)]
