"""The two pages of the second factor that do more than allauth's own."""

from typing import Any, override

from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from django.db import transaction
from django.http import HttpResponse
from django.views.generic.edit import FormView

from accounts.second_factor import adapter
from accounts.second_factor.encryption import Undecryptable
from accounts.second_factor.forms import SetUpAppForm


class SetUpAppView(ActivateTOTPView):
    """Sets up an authenticator app; the code typed for it cannot be used again."""

    @override
    def form_valid(self, form: SetUpAppForm) -> HttpResponse:
        """Save the app together with the period of its code, so that nobody can use the code in between."""
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)
            adapter.refuse_codes_until(form.user, form.period)
        return answer


class NewRecoveryCodesView(GenerateRecoveryCodesView):
    """Creates new recovery codes, also in place of codes that cannot be decrypted any more."""

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the template context; codes that cannot be decrypted count as none."""
        try:
            context: dict[str, Any] = super().get_context_data(**kwargs)
        except Undecryptable:
            # allauth's own method decrypts the codes to count them, so skip it.
            context = {**FormView.get_context_data(self, **kwargs), "unused_code_count": 0}
        return context


set_up_app = SetUpAppView.as_view()
new_recovery_codes = NewRecoveryCodesView.as_view()
