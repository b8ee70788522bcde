"""URLs of sign-up and e-mail addresses, in place of allauth's."""

from django.urls import path
from django.views.generic import RedirectView

from accounts.sign_in.views import SignUpView

urlpatterns = [
    path("signup/", SignUpView.as_view(), name="account_signup"),
    path("email/", RedirectView.as_view(pattern_name="accounts:address")),
]
