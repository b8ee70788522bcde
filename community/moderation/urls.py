"""URLs of moderation."""

from django.urls import path

from community.moderation import views

urlpatterns = [
    path("report/<slug:kind>/<int:pk>/", views.report, name="report"),
    path("moderation/", views.moderation, name="moderation"),
    path("moderation/log/", views.moderation_log, name="moderation_log"),
    path("moderation/people/<int:pk>/", views.moderated_person, name="moderated_person"),
    path("moderation/<slug:kind>/<int:pk>/", views.decide, name="moderate"),
]
