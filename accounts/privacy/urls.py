"""URLs of the export and the deletion of an account."""

from django.urls import path

from accounts.privacy import views

urlpatterns = [
    path("me/settings/export/", views.export, name="export"),
    path("me/settings/export/<int:pk>/", views.download, name="download"),
    path("me/settings/delete/", views.delete, name="delete"),
]
