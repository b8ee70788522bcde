"""The site's URLs, plus the two bare pages that it is measured against."""

from django.urls import path

from benchmarks import views
from config.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("bare/", views.bare),
    path("bare-packed/", views.bare_compressed),
    *urlpatterns,
]
