"""The URLs to which other servers return people after a sign-in there: one each, without a language."""

from allauth.socialaccount.providers.github.views import oauth2_callback as github
from allauth.socialaccount.providers.google.views import oauth2_callback as google
from allauth.socialaccount.providers.openid_connect.views import callback as openid_connect
from django.urls import path

from accounts.providers.adapter import keep_page_language

urlpatterns = [
    path("google/login/callback/", keep_page_language(google), name="google_callback"),
    path("github/login/callback/", keep_page_language(github), name="github_callback"),
    path("oidc/<str:provider_id>/login/callback/", keep_page_language(openid_connect), name="openid_connect_callback"),
]
