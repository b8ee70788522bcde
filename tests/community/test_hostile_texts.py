"""Hostile texts through the real page: the reader's browser gets text, never elements that run, load or pretend."""

import re
import uuid

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from community.discussion import comments as discussion
from community.discussion.comments import Subject
from community.models import Comment
from tests.community.hostile_texts import HOSTILE
from tests.community.suggestions.world import World

pytestmark = pytest.mark.django_db
ALLOWED = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")  # as browsers read one; anything else is a path of this site
SAFE_SCHEMES = {"http:", "https:", "mailto:"}


def test_there_are_enough_of_them() -> None:
    assert len(set(HOSTILE)) >= 150


def test_nothing_of_it_becomes_more_than_text(client: Client, world: World) -> None:
    kept = [text for text in HOSTILE if text.strip()]
    for start in range(0, len(kept), 30):
        Comment.objects.all().delete()
        for text in kept[start : start + 30]:
            discussion.post(world.reviewer, Subject(world.skill), text, key=uuid.uuid4())
        page = BeautifulSoup(client.get(f"/en/skills/{world.skill.slug}/comments/").content, "html.parser")
        comments = page.select(".comment")
        assert len(comments) == len(kept[start : start + 30])
        for comment, text in zip(comments, kept[start : start + 30], strict=True):
            for element in comment.select(".text *"):
                assert element.name in ALLOWED, text
                assert set(element.attrs) <= {"href", "rel", "title", "start"}, text
                if element.name == "a" and "href" in element.attrs:
                    scheme = SCHEME.match(str(element["href"]))
                    assert scheme is None or scheme[0] in SAFE_SCHEMES, text
                    assert element["rel"] == ["nofollow", "ugc", "noopener"], text
