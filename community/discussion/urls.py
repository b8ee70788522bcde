"""URLs of discussions."""

from django.urls import path

from community.discussion import comment_views, views

urlpatterns = [
    path("suggestions/<int:pk>/comments/", views.suggestion_comments, name="suggestion_comments"),
    path("skills/<slug:slug>/comments/", views.skill_comments, name="comments"),
    path("comments/people/", comment_views.find_people, name="mention"),
    path("comments/<int:pk>/", comment_views.redirect_to_comment, name="comment"),
    path("comments/<int:pk>/versions/", comment_views.versions, name="comment_versions"),
    path("comments/<int:pk>/edit/", comment_views.edit, name="comment_edit"),
    path("comments/<int:pk>/delete/", comment_views.delete, name="comment_delete"),
    path("comments/<int:pk>/helpful/", comment_views.mark_helpful, name="comment_helpful"),
    path("comments/<int:pk>/resolve/", comment_views.resolve, name="comment_resolve"),
    path("comments/<int:pk>/mute/", comment_views.mute, name="comment_mute"),
]
