"""URLs of suggestions."""

from django.urls import path

from community.suggestions import views

urlpatterns = [
    path("me/suggestions/", views.my_suggestions, name="my_suggestions"),
    path("suggestions/", views.suggestion_list, name="suggestions"),
    path("suggestions/<int:pk>/", views.suggestion, name="suggestion"),
    path("suggestions/<int:pk>/vote/", views.vote, name="suggestion_vote"),
    path("skills/<slug:slug>/suggestions/", views.skill_suggestions, name="skill_suggestions"),
]
