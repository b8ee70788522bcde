"""Context of every template: the site, the current page and the same page in the other languages."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

# Parameters that choose the content of a page. All others choose a view of the same content, so that the
# canonical URL is without them.
_CANONICAL_PARAMETERS = frozenset({"q", "page", "framework", "domain", "group"})


@dataclass(frozen=True)
class LanguageLink:
    """The current page in one of the site's languages. `url` is a path with the whole query string."""

    code: str
    name: str
    url: str
    canonical_url: str
    is_current: bool


class Site:
    """The variable `here` of templates. Each value is computed only when a template uses it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _path_below_language(self) -> str:
        """The path after the language, '' (the start page) for a path without a language."""
        # "/de/skills/" + "//" → "", "de", "skills///": the extra slashes give three parts for every path.
        _slash, language, rest = ("/" + self._request.path_info.lstrip("/") + "//").split("/", 2)
        return rest[:-2] if language in dict(settings.LANGUAGES) else ""

    @cached_property
    def section(self) -> str:
        """The first part of the path, for example "skills" or "roles"; '' on the start page."""
        return self._path_below_language.partition("/")[0]

    @cached_property
    def base_url(self) -> str:
        """Scheme and host, without a trailing slash."""
        return settings.SITE_URL or f"{self._request.scheme}://{self._request.get_host()}"

    @cached_property
    def canonical_url(self) -> str:
        """The canonical URL of the page in the current language."""
        return self._build_canonical_url(get_language() or settings.LANGUAGE_CODE)

    @cached_property
    def default_language_url(self) -> str:
        """The canonical URL for readers whose language the site does not have (`x-default`)."""
        return self._build_canonical_url("en")

    @cached_property
    def languages(self) -> list[LanguageLink]:
        """The current page in every language of the site."""
        query = self._request.META.get("QUERY_STRING", "")
        return [
            LanguageLink(
                code=code,
                name=get_language_info(code)["name_local"].capitalize(),
                url=f"/{code}/{self._path_below_language}" + (f"?{query}" if query else ""),
                canonical_url=self._build_canonical_url(code),
                is_current=code == get_language(),
            )
            for code, _name in settings.LANGUAGES
        ]

    def _build_canonical_url(self, language: str) -> str:
        # Sorted, so that the order of the parameters in the request makes no second URL.
        query = sorted(
            (name, value)
            for name, values in self._request.GET.lists()
            if name in _CANONICAL_PARAMETERS
            for value in values
            if value
        )
        return f"{self.base_url}/{language}/{self._path_below_language}" + (f"?{urlencode(query)}" if query else "")


def site(request: HttpRequest) -> dict[str, object]:
    """Return the variable `here` for templates; allauth uses the name `site` already."""
    return {"here": Site(request)}
