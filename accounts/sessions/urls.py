"""URL of the list of sessions, in place of allauth's."""

from django.urls import path

from accounts.sessions import views

urlpatterns = [path("sessions/", views.sessions)]
