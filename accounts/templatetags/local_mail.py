"""The folder that holds mail as long as no mail server is configured."""

from pathlib import Path
from urllib.parse import urlsplit

from django import template
from django.conf import settings

register = template.Library()

FILE_BACKEND = "accounts.mail.files.FileEmailBackend"
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@register.inclusion_tag("accounts/mail/includes/local_mail.html", takes_context=True)
def local_mail(context: template.RequestContext) -> dict[str, str]:
    """Return the mail folder for a page that has just sent mail.

    Empty unless mail goes to files and the visitor sits at the machine itself, so that no path is shown to others.
    """
    request = context.get("request")
    # The "//" makes urlsplit read host and port; it also removes the brackets of an IPv6 address.
    host = urlsplit(f"//{request.get_host()}").hostname if request else None
    transport = settings.MAILERS["transport"]
    if not settings.LISTENS_LOCALLY or host not in LOCAL_HOSTS or transport["BACKEND"] != FILE_BACKEND:
        return {"mail_folder": ""}
    folder = Path(transport["OPTIONS"]["file_path"])
    is_inside = folder.is_relative_to(settings.BASE_DIR)
    return {"mail_folder": str(folder.relative_to(settings.BASE_DIR) if is_inside else folder)}
