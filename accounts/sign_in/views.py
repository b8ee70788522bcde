"""The page to sign up: allauth's, with the status that says why nothing was made."""

from http import HTTPStatus
from typing import override

from allauth.account.views import SignupView
from django.http import HttpResponse

from accounts.sign_in.sign_up import SignUpForm


class SignUpView(SignupView):
    """Gives the form back with what was typed, and with 429 where too many e-mails went to the address."""

    @override
    def form_invalid(self, form: SignUpForm) -> HttpResponse:
        """Return the form with its errors."""
        response: HttpResponse = super().form_invalid(form)
        if form.retry_after:
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response["Retry-After"] = str(form.retry_after)
        return response
