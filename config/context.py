"""What every template knows of the site and of the page's twin in the other language."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

# Parameters that choose a view of the same thing; the canonical address is without them.
_CANONICAL_PARAMETERS = frozenset({"q", "page", "framework", "domain", "group"})


@dataclass(frozen=True)
class LanguageLink:
    """The present page in one of the site's languages; `url` keeps the query, `absolute` is the canonical one."""

    code: str
    name: str
    url: str
    canonical_url: str
    is_current: bool


class Site:
    """What templates know as `here`. Nothing is worked out before it is asked for."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _path_below_language(self) -> str:
        """The path below the language; an address without a language leads to the start page."""
        _slash, _language, rest = ("/" + self._request.path_info.lstrip("/") + "//").split("/", 2)
        return rest[:-2] if _language in dict(settings.LANGUAGES) else ""

    @cached_property
    def section(self) -> str:
        """The first word of the path, "skills" or "roles" for example, '' on the start page."""
        return self._path_below_language.partition("/")[0]

    @cached_property
    def base_url(self) -> str:
        """Scheme and host, without a trailing slash."""
        return settings.SITE_URL or f"{self._request.scheme}://{self._request.get_host()}"

    @cached_property
    def canonical_url(self) -> str:
        """The one address of this page."""
        return self._build_canonical_url(get_language() or settings.LANGUAGE_CODE)

    @cached_property
    def default_language_url(self) -> str:
        """The address for readers of any other language."""
        return self._build_canonical_url("en")

    @cached_property
    def languages(self) -> list[LanguageLink]:
        """This page in every language of the site."""
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
        kept = sorted(
            (name, value)
            for name, values in self._request.GET.lists()
            if name in _CANONICAL_PARAMETERS
            for value in values
            if value
        )
        return f"{self.base_url}/{language}/{self._path_below_language}" + (f"?{urlencode(kept)}" if kept else "")


def site(request: HttpRequest) -> dict[str, object]:
    """Return `here` for the template; `site` is a word of allauth's."""
    return {"here": Site(request)}
