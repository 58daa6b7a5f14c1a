"""Checks on every request before it reaches Gradio: which page sent it, which path it wants, and how large it is.

A browser sends requests on behalf of any page it has open. Unchecked, any web site could use the server on its
visitor's own machine: fill the disk, ask questions, change the folder. Programs send no Origin, and may do everything
the page may.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ui.uploads import UploadLimit, Uploads, is_upload

LARGEST_BODY = 4 * 2**20  # bytes of a request that is not an upload; the mcp package has the same limit

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}

# The paths that the page, gradio_client and the documented HTTP calls use. Gradio has more: it would fetch files from
# other hosts, act as a proxy, store recordings, and wait for code to be reloaded.
_SERVED = frozenset({"assets", "config", "favicon.ico", "feeds", "mcp", "robots.txt", "static", "theme.css"})
_SERVED_BY_GRADIO = frozenset(
    {
        "app_id",
        "call",
        "cancel",
        "heartbeat",
        "info",
        "queue",
        "reset",
        "startup-events",
        "upload",
    }
)

# Gradio compiles its templates in the browser, which needs 'unsafe-eval', and starts from inline scripts.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]


def guards(host: str, *, uploads: Uploads | None) -> list[Any]:
    """Return the Starlette middleware for a server that listens on `host`, outermost first.

    If `uploads` is None, the server accepts no uploads.
    """
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    is_local = is_loopback(host)
    # Otherwise a web site could reach the server under its own name, by making that resolve to 127.0.0.1.
    hosts = [Middleware(TrustedHostMiddleware, allowed_hosts=[*_LOOPBACK, host])] if is_local else []
    limit = [Middleware(UploadLimit, uploads=uploads)] if uploads else []
    return [Middleware(Headers), *hosts, Middleware(Guard, is_local=is_local, accepts_uploads=bool(uploads)), *limit]


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without a port, is one that only this machine can reach."""
    try:
        return host in _LOOPBACK or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_foreign(method: str, headers: Mapping[str, str], *, is_local: bool) -> bool:
    """Whether a browser sent a request on behalf of another site's page; `headers` has lower-case names.

    A page is the server's own if its origin has the host and port of the request, or if the browser says so
    (Sec-Fetch-Site, https://www.w3.org/TR/fetch-metadata/), which also works behind a proxy that changes the host. If
    the server `is_local`, pages from any port of this machine count as its own. A request with neither header comes
    from a program. Following a link is always allowed.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    if origin is None:
        is_link = method in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate"
        return site not in ("same-origin", "none") and not is_link
    if origin == "null":  # a page opened from a file, or in a frame that hides its origin
        return True
    if site == "same-origin":
        return False
    host = headers.get("host", "").lower()
    try:
        parts = urlsplit(origin.lower())
        if is_local and is_loopback(parts.hostname or ""):
            return False
    except ValueError:
        return True
    port = _DEFAULT_PORTS.get(parts.scheme, "")
    return not parts.netloc or parts.netloc.removesuffix(port) != host.removesuffix(port)


def is_served(path: str) -> bool:
    """Whether the server has a use for a path."""
    first, _, rest = path.removeprefix("/").partition("/")
    if first == "gradio_api":
        return rest.partition("/")[0] in _SERVED_BY_GRADIO
    return path == "/" or first in _SERVED


class Guard:
    """ASGI middleware that refuses requests from other sites, for unused paths, and of unknown or excessive size."""

    def __init__(self, app: Any, *, is_local: bool, accepts_uploads: bool) -> None:
        self._app = app
        self._is_local = is_local
        self._accepts_uploads = accepts_uploads

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: D102
        from starlette.responses import PlainTextResponse

        refusal = self._refuse(scope) if scope["type"] == "http" else None
        if refusal:
            status, message = refusal
            await PlainTextResponse(message, status)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refuse(self, scope: Any) -> tuple[int, str] | None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
        if is_foreign(scope["method"], headers, is_local=self._is_local):
            return 403, "pages of other sites may not use this server"
        if not is_served(scope["path"]):
            return 404, "there is nothing here"
        if is_upload(scope) and not self._accepts_uploads:
            return 403, "this server accepts no uploads"
        if "transfer-encoding" in headers:  # its size is not known in advance
            return 411, "the request has no Content-Length"
        if not is_upload(scope) and int(headers.get("content-length", 0)) > LARGEST_BODY:
            return 413, f"the request is larger than {LARGEST_BODY:,} bytes"
        return None


class Headers:
    """ASGI middleware that confines the page: even if a text managed to alter it, it could contact no other host."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: D102
        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
