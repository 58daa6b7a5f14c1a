"""An Atom feed for each watch: what is new in it, for feed readers, at /feeds/<id of the watch>.atom."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from index.errors import OnRecordError
from index.library import Library
from qa.news import NewsItem, find_news, list_news
from qa.watches import Watch, find_watch, read_watches
from ui.inert import is_web_link, plain_text
from ui.text.answer import describe_origin
from ui.text.news import describe_said

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

LISTED = 100  # items in a feed
_KINDS = {"new": "", "changed": "Changed: ", "removed": "Removed: "}
_TITLE = 120  # characters of an entry's title


def feed_routes(library: Library) -> list[Any]:
    """The route of the feeds, for Starlette."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import PlainTextResponse
    from starlette.responses import Response as Reply
    from starlette.routing import Route

    async def answer(request: Request) -> Response:
        def make() -> bytes:
            watched = find_watch(read_watches(library.settings.seeds), request.path_params["watch"])
            find_news(library)
            return make_feed(watched, list_news(library, [watched], limit=LISTED), str(request.url))

        try:
            return Reply(await run_in_threadpool(make), media_type="application/atom+xml")
        except OnRecordError as error:
            return PlainTextResponse(str(error), 404)

    return [Route("/feeds/{watch}.atom", answer, methods=["GET"])]


def make_feed(watched: Watch, items: list[NewsItem], address: str) -> bytes:
    """The feed of a watch with these items, the latest first; `address` is its own."""
    from feedgen.feed import FeedGenerator

    feed = FeedGenerator()
    feed.id(f"urn:onrecord:watch:{watched.id}")
    feed.title(_clean(f"On the Record: {watched.title}"))
    feed.link(href=address, rel="self")
    feed.updated(_when(items[0].found if items else 0.0))
    for item in items:
        sentence = item.sentence
        entry = feed.add_entry(order="append")
        entry.id(f"urn:onrecord:news:{watched.id}:{item.number}")
        said = describe_said(sentence)
        entry.title(_clean(_KINDS[item.kind] + (said if len(said) <= _TITLE else f"{said[:_TITLE].rstrip()}…")))
        before = f"\nBefore: {item.before}" if item.before else ""
        entry.content(_clean(f"{said}{before}\n{describe_origin(sentence)}"), type="text")
        entry.updated(_when(item.found))
        entry.author(name=_clean(sentence.source or "On the Record"))
        if sentence.url and is_web_link(sentence.url):
            entry.link(href=sentence.url, rel="alternate")
    return bytes(feed.atom_str(pretty=True))


def _when(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _clean(text: str) -> str:
    """The text without the characters that XML cannot have."""
    return plain_text(text).encode("utf-8", "replace").decode()
