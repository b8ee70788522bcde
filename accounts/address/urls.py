"""URLs of the change of an e-mail address."""

from django.urls import path

from accounts.address import views

urlpatterns = [
    path("me/settings/address/", views.address, name="address"),
    path("me/settings/address/cancel/", views.cancel, name="address_cancel"),
    path("me/settings/address/confirm/<str:link>/", views.confirm, name="address_confirm"),
]
