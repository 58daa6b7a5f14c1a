"""The command `onrecord watch`."""

from __future__ import annotations

import argparse
import json
import sys

from index.library import Library
from qa.news import count_unread, find_mark, find_news, list_news, mark_seen, unwatch, watch
from qa.watches import Watch, find_watch, read_watches
from ui.text.news import item_fields, news_text, watch_fields, watches_text
from ui.text.report import printable
from ui.webhook import send_news

PRINTED = "printed"  # the mark of the news that `onrecord watch run` has printed


def run_watch(library: Library, options: argparse.Namespace) -> None:
    """Do what the options of `onrecord watch` say; see `ui.arguments`."""
    if options.do == "run":
        _print_news(library, as_json=options.json)
        return
    watches = read_watches(library.settings.seeds)
    if options.do == "list":
        if not options.json:
            find_news(library)
            print(watches_text(watches, count_unread(library)))
        for watched in watches if options.json else ():
            print(json.dumps(watch_fields(watched), ensure_ascii=False))
        return
    if options.do == "add":
        watched = watch(library, Watch(options.question, options.speaker, options.about, options.source))
    else:
        watched = find_watch(watches, options.id)
        unwatch(library, watched)
    done = "No longer watching" if options.do == "remove" else "Watching"
    line = printable(f"{done}: {watched.title} ({watched.id})")
    print(json.dumps(watch_fields(watched), ensure_ascii=False) if options.json else line)


def _print_news(library: Library, *, as_json: bool) -> None:
    """Print what is new since the last run, then note that it was printed, and send it to the webhook."""
    find_news(library)
    watches = read_watches(library.settings.seeds)
    items = list_news(library, watches, after=find_mark(library, PRINTED))[::-1]
    if as_json:
        for item in items:
            print(json.dumps(item_fields(item), ensure_ascii=False))
    else:
        print(news_text(items, watches))
    sys.stdout.flush()
    if items:
        mark_seen(library, items[-1].number, PRINTED)
    send_news(library)
