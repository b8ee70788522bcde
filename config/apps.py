"""The project as an app, for its commands, and how it changes apps of others."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    """Django's admin, entered through the site's own sign-in."""

    default_site = "accounts.sign_in.admin_site.AdminSite"


class SiteConfig(AppConfig):
    """The project: commands that belong to the site as a whole."""

    name = "config"
