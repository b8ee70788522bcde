"""URLs of the pages on which authors write suggestions."""

from django.urls import path

from community.drafting import author_views, new_skill_views, views

urlpatterns = [
    path("suggestions/new-skill/", new_skill_views.new_skill, name="new_skill"),
    path("suggestions/<int:pk>/edit/", views.edit, name="suggestion_edit"),
    path("suggestions/<int:pk>/withdraw/", author_views.withdraw, name="suggestion_withdraw"),
    path("suggestions/<int:pk>/renew/", author_views.renew, name="suggestion_renew"),
    path("suggestions/<int:pk>/second-reader/", author_views.ask_second_reader, name="suggestion_second_reader"),
    path("skills/<slug:slug>/suggestions/new/", views.new_suggestion, name="suggestion_new"),
]
