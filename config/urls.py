"""Every address of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.vary import vary_on_cookie
from django.views.generic import RedirectView

from accounts import second_factor_views, session_views
from accounts.sign_up_views import SignUpView
from config.health import healthz
from config.sitemaps import robots, sitemap

# The language middleware has chosen the reader's language by now, and adds its own "Vary".
to_language = vary_on_cookie(RedirectView.as_view(pattern_name="skills:home", query_string=True))

urlpatterns = [
    path("", to_language, name="root"),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("feeds/", include("skills.feed_urls")),
    *i18n_patterns(
        path("accounts/sessions/", session_views.sessions),
        path("accounts/2fa/totp/activate/", second_factor_views.set_up_app, name="mfa_activate_totp"),
        path(
            "accounts/2fa/recovery-codes/generate/",
            second_factor_views.new_recovery_codes,
            name="mfa_generate_recovery_codes",
        ),
        path("accounts/signup/", SignUpView.as_view(), name="account_signup"),
        path("accounts/email/", RedirectView.as_view(pattern_name="accounts:address")),
        path("accounts/", include("allauth.urls")),
        path("", include("accounts.urls")),
        path("", include("community.urls")),
        path("", include("skills.urls")),
        prefix_default_language=True,
    ),
    # One address for each server to send people back to, whatever their language. Last, so that these names lead here.
    path("accounts/", include("accounts.callback_urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler429 = "config.errors.too_many_requests"  # asked for by allauth
handler500 = "config.errors.server_error"
