"""URLs of second factors, in place of allauth's."""

from django.urls import path

from accounts.second_factor import views

urlpatterns = [
    path("2fa/totp/activate/", views.set_up_app, name="mfa_activate_totp"),
    path("2fa/recovery-codes/generate/", views.new_recovery_codes, name="mfa_generate_recovery_codes"),
]
