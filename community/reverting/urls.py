"""URL of reverting."""

from django.urls import path

from community.reverting import views

urlpatterns = [
    path("skills/<slug:slug>/history/<int:number>/revert/", views.revert, name="revert"),
]
