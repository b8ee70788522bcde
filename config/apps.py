"""How the project itself changes apps of others."""

from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    """Django's admin, entered through the site's own sign-in."""

    default_site = "accounts.admin_entry.AdminSite"
