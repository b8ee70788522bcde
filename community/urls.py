"""Addresses of the community, below the language."""

from django.urls import path

from community import (
    history_views,
    moderation_views,
    new_skill_views,
    review_views,
    settings_views,
    suggestion_form_views,
    suggestion_views,
    views,
)

app_name = "community"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/watching/", views.watch_list, name="watch_list"),
    path("me/suggestions/", suggestion_views.my_suggestions, name="my_suggestions"),
    path("me/settings/email/", settings_views.email_settings, name="email_settings"),
    path("me/settings/email/try-again/", settings_views.email_try_again, name="email_try_again"),
    path("watch/<slug:kind>/<int:pk>/", views.watch, name="watch"),
    path("notifications/", views.notification_list, name="notifications"),
    path("notifications/read/", views.read_all, name="read_all"),
    path("notifications/<int:pk>/", views.notification, name="notification"),
    path("unsubscribe/<str:token>/", settings_views.unsubscribe, name="unsubscribe"),
    path("suggestions/", suggestion_views.suggestion_list, name="suggestions"),
    path("suggestions/new-skill/", new_skill_views.new_skill, name="new_skill"),
    path("suggestions/<int:pk>/", suggestion_views.suggestion, name="suggestion"),
    path("suggestions/<int:pk>/edit/", suggestion_form_views.edit, name="suggestion_edit"),
    path("suggestions/<int:pk>/vote/", suggestion_views.vote, name="suggestion_vote"),
    path("suggestions/<int:pk>/withdraw/", suggestion_views.withdraw, name="suggestion_withdraw"),
    path("suggestions/<int:pk>/renew/", suggestion_views.renew, name="suggestion_renew"),
    path("suggestions/<int:pk>/second-reader/", suggestion_views.second_reader, name="suggestion_second_reader"),
    path("skills/<slug:slug>/suggestions/", suggestion_views.skill_suggestions, name="skill_suggestions"),
    path("skills/<slug:slug>/suggestions/new/", suggestion_form_views.new, name="suggestion_new"),
    path("report/<slug:kind>/<int:pk>/", moderation_views.report, name="report"),
    path("moderation/", moderation_views.moderation, name="moderation"),
    path("moderation/log/", moderation_views.moderation_log, name="moderation_log"),
    path("moderation/people/<int:pk>/", moderation_views.moderated_person, name="moderated_person"),
    path("moderation/<slug:kind>/<int:pk>/", moderation_views.decide, name="moderate"),
    path("review/", review_views.queue, name="review"),
    path("review/decline/", review_views.decline_many, name="review_decline_many"),
    path("review/<int:pk>/", review_views.review, name="review_suggestion"),
    path("review/<int:pk>/claim/", review_views.claim, name="review_claim"),
    path("review/<int:pk>/release/", review_views.release, name="review_release"),
    path("review/<int:pk>/accept/", review_views.accept, name="review_accept"),
    path("review/<int:pk>/decline/", review_views.decline, name="review_decline"),
    path("review/<int:pk>/request-changes/", review_views.request_changes, name="review_request_changes"),
    path("review/<int:pk>/undo/", review_views.undo, name="review_undo"),
    path("skills/<slug:slug>/history/<int:number>/revert/", history_views.revert, name="revert"),
]
