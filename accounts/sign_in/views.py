"""The sign-up page: allauth's, with a status code that says why no account was created."""

from http import HTTPStatus
from typing import override

from allauth.account.views import SignupView
from django.http import HttpResponse

from accounts.sign_in.sign_up import SignUpForm


class SignUpView(SignupView):
    """Returns the form with its values, and with 429 if the address received too many e-mails."""

    @override
    def form_invalid(self, form: SignUpForm) -> HttpResponse:
        """Return the form with its errors."""
        response: HttpResponse = super().form_invalid(form)
        if form.retry_after:
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response["Retry-After"] = str(form.retry_after)
        return response
