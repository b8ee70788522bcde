from django.urls import path

from accounts import address_views

app_name = "accounts"
urlpatterns = [
    path("me/settings/address/", address_views.address, name="address"),
    path("me/settings/address/cancel/", address_views.cancel, name="address_cancel"),
    path("me/settings/address/confirm/<str:link>/", address_views.confirm, name="address_confirm"),
]
