"""All URLs of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.vary import vary_on_cookie
from django.views.generic import RedirectView

from config.health import healthz, reachable
from config.sitemaps import robots, sitemap

# LocaleMiddleware has chosen the reader's language before this view runs, and adds "Vary: Accept-Language".
redirect_to_language = vary_on_cookie(RedirectView.as_view(pattern_name="skills:home", query_string=True))

urlpatterns = [
    path("", redirect_to_language, name="root"),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("reachable", reachable, name="reachable"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("feeds/", include("skills.feeds.urls")),
    *i18n_patterns(
        path("accounts/", include("accounts.sessions.urls")),
        path("accounts/", include("accounts.second_factor.urls")),
        path("accounts/", include("accounts.sign_in.urls")),
        path("accounts/", include("allauth.urls")),
        path("", include("accounts.urls")),
        path("", include("community.urls")),
        path("", include("skills.urls")),
        prefix_default_language=True,
    ),
    # One URL per identity provider for its redirect back, whatever the language. Last, so that reverse() finds these.
    path("accounts/", include("accounts.providers.urls")),
]

handler400 = "config.error_pages.handlers.bad_request"
handler403 = "config.error_pages.handlers.permission_denied"
handler404 = "config.error_pages.handlers.page_not_found"
handler429 = "config.error_pages.handlers.too_many_requests"  # used by allauth
handler500 = "config.error_pages.handlers.server_error"
