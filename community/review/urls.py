"""URLs of the review pages."""

from django.urls import path

from community.review import views

urlpatterns = [
    path("review/", views.queue, name="review"),
    path("review/decline/", views.decline_many, name="review_decline_many"),
    path("review/<int:pk>/", views.review, name="review_suggestion"),
    path("review/<int:pk>/claim/", views.claim, name="review_claim"),
    path("review/<int:pk>/release/", views.unclaim, name="review_release"),
    path("review/<int:pk>/accept/", views.accept, name="review_accept"),
    path("review/<int:pk>/decline/", views.decline, name="review_decline"),
    path("review/<int:pk>/request-changes/", views.request_changes, name="review_request_changes"),
    path("review/<int:pk>/undo/", views.undo, name="review_undo"),
]
