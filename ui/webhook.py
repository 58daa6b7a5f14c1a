"""What is new, sent to the address that the settings name: one POST of JSON at a time, never to a private address
unless the settings allow it.

The name is looked up once, every address that it has is checked, and the connection goes to one of these, so that a
name cannot lead somewhere else the second time. Redirects are not followed. What is sent is noted only once it was
accepted: after a failure, the same items are sent again with the next ones.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock

from index.errors import OnRecordError, in_one_line
from index.library import Library
from qa.news import find_mark, list_news, mark_seen
from qa.watches import read_watches
from ui.text.news import item_fields, watch_fields

TRIES = 3
_SECONDS = 10.0  # for a connection and for each of its answers
_WAIT_SECONDS = 1.0  # before the second try, and twice as long before the third
_AT_ONCE = 100  # items in a request
_MARK = "webhook"


def send_news(library: Library) -> int:
    """Send what has not been sent yet, if the settings name an address; return how many items were.

    Raises OnRecordError if the address cannot be used, or does not accept it.
    """
    address = library.settings.webhook
    if address is None:
        return 0
    with FileLock(library.settings.store / "webhook.lock"):  # else two processes could send the same
        return _send(library, address)


def _send(library: Library, address: str) -> int:
    known = read_watches(library.settings.seeds)
    watches = {watched.id: watch_fields(watched) for watched in known}
    items = list_news(library, known, after=find_mark(library, _MARK))[::-1]
    for i in range(0, len(items), _AT_ONCE):
        some = items[i : i + _AT_ONCE]
        body = {"news": [{**item_fields(item), "watch": watches[item.watch]} for item in some]}
        _post(address, json.dumps(body, ensure_ascii=False).encode(), is_private=library.settings.webhook_private)
        mark_seen(library, some[-1].number, _MARK)
    return len(items)


def _post(address: str, body: bytes, *, is_private: bool) -> None:
    """POST JSON to an address, TRIES times at most; raises OnRecordError."""
    fault = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(_WAIT_SECONDS * 2 ** (attempt - 1))
        try:
            status = _post_once(address, body, is_private=is_private)
        except (OSError, http.client.HTTPException) as error:
            fault = in_one_line(error)
            continue
        if 200 <= status < 300:
            return
        fault = f"it answers with status {status}"
        if 300 <= status < 500 and status not in (408, 429):  # it would answer so again
            break
    raise OnRecordError(f"the webhook {_shown(address)} does not accept what is new: {fault}. It is sent again later.")


def _post_once(address: str, body: bytes, *, is_private: bool) -> int:
    parts = urlsplit(address)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    found = _look_up(host, port, is_private=is_private)
    connection: Any = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    connection.sock = socket.create_connection((found, port), timeout=_SECONDS)
    if secure:
        connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
    try:
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        connection.request(
            "POST", path, body, {"Content-Type": "application/json; charset=utf-8", "Host": parts.netloc}
        )
        return int(connection.getresponse().status)
    finally:
        connection.close()


def _look_up(host: str, port: int, *, is_private: bool) -> str:
    """An IP address of a host; raises OnRecordError if any that it has is private and none may be."""
    found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        if not is_private and not ipaddress.ip_address(address.partition("%")[0]).is_global:
            raise OnRecordError(
                f"the webhook's host {host} is at {address}, which is private: set webhook_private "
                "(ONRECORD_WEBHOOK_PRIVATE=true) if it is yours."
            )
    return found[0]


def _shown(address: str) -> str:
    """An address without what may be secret in it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}"
