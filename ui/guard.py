"""What every request passes before Gradio sees it: which page sent it, what it asks for, and how much it brings.

A browser sends requests for any page that it has open. Without a check, every web site could use the server on its
visitor's own machine: fill its disk, ask it questions, change its folder. Programs send no Origin, and may do all that
the page may.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ui.uploads import UploadLimit, Uploads, is_upload

LARGEST_BODY = 4 * 2**20  # bytes of a request that is not an upload, as the package mcp has it for its own

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}

# What the page, gradio_client and the documented HTTP calls ask for. Gradio has more: it would fetch files of other
# hosts, proxy them, keep recordings, and watch for code to reload.
_SERVED = frozenset({"assets", "config", "favicon.ico", "mcp", "robots.txt", "static", "theme.css"})
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

# Gradio compiles its templates in the browser, hence 'unsafe-eval', and starts from inline scripts.
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
    """Return the middleware of a server that listens on `host`, outermost first, for Starlette.

    Without `uploads`, it takes none.
    """
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    is_local = is_loopback(host)
    # A web site could otherwise reach the server by a name of its own that it makes resolve to 127.0.0.1.
    hosts = [Middleware(TrustedHostMiddleware, allowed_hosts=[*_LOOPBACK, host])] if is_local else []
    limit = [Middleware(UploadLimit, uploads=uploads)] if uploads else []
    return [Middleware(Headers), *hosts, Middleware(Guard, is_local=is_local, takes_uploads=bool(uploads)), *limit]


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without a port, is this machine's own and reached from nowhere else."""
    try:
        return host in _LOOPBACK or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_foreign(method: str, headers: Mapping[str, str], *, is_local: bool) -> bool:
    """Whether a browser sent a request for a page of another site; `headers` has their names in lower case.

    A page is the server's own where its origin has the request's host and port, or where the browser says so itself
    (Sec-Fetch-Site, https://www.w3.org/TR/fetch-metadata/), which holds behind a proxy that changes the host too. A
    server that `is_local` takes pages of any port of this machine for its own. A request with neither header is a
    program's. A link may lead here from anywhere.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    if origin is None:
        is_link = method in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate"
        return site not in ("same-origin", "none") and not is_link
    if origin == "null":  # a page from a file, or in a frame that hides where it is from
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
    """Whether anything that uses the server asks for a path."""
    first, _, rest = path.removeprefix("/").partition("/")
    if first == "gradio_api":
        return rest.partition("/")[0] in _SERVED_BY_GRADIO
    return path == "/" or first in _SERVED


class Guard:
    """ASGI middleware that refuses what no page of this server, and no program, has a reason to send."""

    def __init__(self, app: Any, *, is_local: bool, takes_uploads: bool) -> None:
        self._app = app
        self._is_local = is_local
        self._takes_uploads = takes_uploads

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
            return 403, "a page of another site may not use this server"
        if not is_served(scope["path"]):
            return 404, "there is nothing here"
        if is_upload(scope) and not self._takes_uploads:
            return 403, "this server takes no uploads"
        if "transfer-encoding" in headers:  # its size is not known before it is here
            return 411, "a request needs a Content-Length"
        if not is_upload(scope) and int(headers.get("content-length", 0)) > LARGEST_BODY:
            return 413, f"a request may have at most {LARGEST_BODY:,} bytes"
        return None


class Headers:
    """ASGI middleware: a page that some text managed to alter could still reach no other host."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: D102
        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
