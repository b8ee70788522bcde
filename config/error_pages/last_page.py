"""The last page, used if an error page cannot be rendered: no template, static file, translation or database.

The texts of both languages are in this file, because the compiled translations may be what is missing.
"""

from http import HTTPStatus

from django.http import HttpRequest

# Copies of the settings LANGUAGES and LANGUAGE_COOKIE_NAME: this page needs no settings.
LANGUAGES = ("de", "en")
LANGUAGE_COOKIE = "language"

SERVER_ERROR_TEXTS = {
    "de": ("Hier ist etwas schiefgegangen", "Der Fehler liegt bei uns. Bitte versuchen Sie es später noch einmal."),
    "en": ("Something went wrong here", "The mistake is ours. Please try again later."),
}
REFUSED_TEXTS = {
    "de": ("Diese Anfrage wurde nicht ausgeführt", "Gehen Sie bitte zurück und versuchen Sie es noch einmal."),
    "en": ("This request was not carried out", "Please go back and try again."),
}
# Title and text by language; a status without an entry gets one of the two texts above.
TEXTS = {
    HTTPStatus.NOT_FOUND: {
        "de": ("Hier ist nichts zu finden", "Vielleicht ist die Adresse falsch geschrieben."),
        "en": ("Nothing is found here", "The address may be mistyped."),
    },
    HTTPStatus.TOO_MANY_REQUESTS: {
        "de": ("Das war etwas zu schnell", "Bitte warten Sie ein wenig."),
        "en": ("That was a little too fast", "Please wait a little."),
    },
    HTTPStatus.BAD_GATEWAY: {
        "de": (
            "Die Anmeldung über den anderen Dienst ist gerade nicht möglich",
            "Bitte melden Sie sich hier auf andere Weise an.",
        ),
        "en": ("Signing in through the other service is not possible just now", "Please sign in here in another way."),
    },
    HTTPStatus.SERVICE_UNAVAILABLE: {
        "de": ("Wir sind gleich wieder da", "Bitte laden Sie die Seite in Kürze neu."),
        "en": ("We will be back in a moment", "Please reload the page shortly."),
    },
}
PAGE = """<!doctype html>
<html lang="{language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex">
  <title>{title} · Stufenplan</title>
</head>
<body>
  <main>
    <h1>{title}</h1>
    <p>{text}</p>
    <p><a href="/{language}/">Stufenplan</a></p>
  </main>
</body>
</html>
"""
ALERT = """<div class="alert alert-danger" role="alert">
  <strong>{title}</strong>
  <span>{text}</span>
</div>
"""


def render_last_page(language: str, status: HTTPStatus, *, is_fragment: bool) -> str:
    """Return the HTML of a page that explains `status`, or with `is_fragment` of an alert that htmx puts into a page.

    `language` must be one of LANGUAGES.
    """
    default_texts = SERVER_ERROR_TEXTS if status >= HTTPStatus.INTERNAL_SERVER_ERROR else REFUSED_TEXTS
    title, text = TEXTS.get(status, default_texts)[language]
    return (ALERT if is_fragment else PAGE).format(language=language, title=title, text=text)


def detect_language(request: HttpRequest) -> str:
    """Return the language of the URL, else of the cookie, else the first accepted language that the site has."""
    accepted = request.META.get("HTTP_ACCEPT_LANGUAGE", "").split(",")
    candidates = [request.path_info.strip("/").partition("/")[0], request.COOKIES.get(LANGUAGE_COOKIE, "")]
    # "de-AT;q=0.8" → "de"; the quality is ignored, since browsers send their languages in order.
    candidates += [part.partition(";")[0].partition("-")[0].strip().lower() for part in accepted]
    return next((language for language in candidates if language in LANGUAGES), LANGUAGES[0])
