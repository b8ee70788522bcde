"""URLs of notices and of the choice of mail."""

from django.urls import path

from community.notifications import email_views, views

urlpatterns = [
    path("me/settings/email/", email_views.email_settings, name="email_settings"),
    path("me/settings/email/try-again/", email_views.email_try_again, name="email_try_again"),
    path("notifications/", views.notification_list, name="notifications"),
    path("notifications/read/", views.read_all, name="read_all"),
    path("notifications/<int:pk>/", views.notification, name="notification"),
    path("unsubscribe/<str:token>/", email_views.unsubscribe, name="unsubscribe"),
]
