"""Addresses of the account, below the language."""

from django.urls import path

from accounts import address_views, privacy_views, views

app_name = "accounts"
urlpatterns = [
    path("me/settings/", views.settings, name="settings"),
    path("me/settings/address/", address_views.address, name="address"),
    path("me/settings/address/cancel/", address_views.cancel, name="address_cancel"),
    path("me/settings/address/confirm/<str:link>/", address_views.confirm, name="address_confirm"),
    path("me/settings/export/", privacy_views.export, name="export"),
    path("me/settings/export/<int:pk>/", privacy_views.download, name="download"),
    path("me/settings/delete/", privacy_views.delete, name="delete"),
    path("people/<str:username>/", views.person, name="person"),
]
