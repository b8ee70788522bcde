"""The project as a Django app, and its change to the app of the admin."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    """Django's admin, with the site's own sign-in instead of the admin's."""

    default_site = "accounts.sign_in.admin_site.AdminSite"


class SiteConfig(AppConfig):
    """The project as an app, so that Django finds the commands of the site as a whole."""

    name = "config"
