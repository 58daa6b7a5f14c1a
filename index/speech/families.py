"""Who speaks in all articles: the speakers of each article in, everyone once out, family by family.

A family is what may be one person or group by its name: all of one surname, or the groups of one name. Which of its
mentions are of one speaker depends on nothing outside it, so after a change only the families in changed articles are
merged anew. Nothing here changes once it is made.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from index.speech.fields import Fields
from index.speech.people import Name, also_called, from_json, is_same, read_name, strip_determiner, surname_key
from index.values import Speaker
from index.words import fold_letters

MAIN = 5  # times as many articles as the next of that surname
_NOBODY = Name((), (), "")  # a group has no name that could be read; all mentions in a family are of one

Key: TypeAlias = tuple[str, str]
Merged: TypeAlias = tuple[int, Speaker]


@dataclass(frozen=True)
class Family:
    """Those who may be one.

    `articles` has the ids of the articles that name any of them, in order; `merged` the speakers, each with the number
    of its mentions; `fields` what the articles say of their fields of work, if anyone has several.
    """

    articles: tuple[str, ...]
    merged: tuple[Merged, ...]
    fields: Fields | None


@dataclass(frozen=True)
class Families:
    """Everyone who speaks; `lines` has the speakers in each article as `index.speech.people.to_json` writes them, and
    `articles` has them as values, both by the article's id.
    """

    lines: Mapping[str, str] = field(default_factory=dict)
    articles: Mapping[str, Sequence[Speaker]] = field(default_factory=dict)
    by_key: Mapping[Key, Family] = field(default_factory=dict)

    @functools.cached_property
    def merged(self) -> list[Speaker]:
        """The speakers of all articles, each once, those in most articles first."""
        found = [pair for family in self.by_key.values() for pair in family.merged]
        return [who for _, who in sorted(found, key=lambda pair: (-pair[0], pair[1].name, pair[1].kind == "group"))]

    @functools.cached_property
    def fields(self) -> Fields:
        """The fields of work of all who have several."""
        found = Fields()
        for family in self.by_key.values():
            if family.fields:
                found.add(family.fields)
        return found

    def articles_of(self, name: str) -> list[str]:
        """The articles in which a name is a speaker's."""
        families = (self.by_key.get(_find_key(Speaker(name, kind=kind))) for kind in ("person", "group"))
        return [
            article
            for family in families
            if family
            for article in family.articles
            if any(speaker.name == name for speaker in self.articles[article])
        ]

    def follow(self, lines: Mapping[str, str]) -> Families:
        """The same for the articles with these `lines`; what they have in common with those here is not read again."""
        changed = {key for key in self.lines.keys() | lines.keys() if self.lines.get(key) != lines.get(key)}
        articles = {key: speakers for key, speakers in self.articles.items() if key not in changed}
        mentions: dict[Key, dict[str, list[Speaker]]] = {}
        for article_id in changed:
            for speaker in self.articles.get(article_id, ()):
                mentions.setdefault(_find_key(speaker), {})
            if article_id in lines:
                articles[article_id] = tuple(from_json(lines[article_id]))
                for speaker in articles[article_id]:
                    mentions.setdefault(_find_key(speaker), {}).setdefault(article_id, []).append(speaker)
        by_key = dict(self.by_key)
        for key, found in mentions.items():
            if family := by_key.pop(key, None):
                names = {(who.kind, name) for _, who in family.merged for name in who.names}
                for article_id in family.articles:
                    if article_id not in changed:
                        found[article_id] = [who for who in articles[article_id] if (who.kind, who.name) in names]
            if found:
                by_key[key] = _to_family(dict(sorted(found.items())))
        return Families(lines, articles, by_key)


def _find_key(speaker: Speaker) -> Key:
    if speaker.kind == "group":
        return "group", strip_determiner(fold_letters(speaker.name))
    return "person", surname_key(read_name(speaker.name))


def _to_family(mentions: Mapping[str, Sequence[Speaker]]) -> Family:
    fields = Fields()
    for article_id, speakers in mentions.items():
        fields.note(article_id, speakers)
    merged = _merge([speaker for speakers in mentions.values() for speaker in speakers])
    has_several = any(
        len({what for name in who.names for what in fields.articles.get(name, ())}) > 1 for _, who in merged
    )
    return Family(tuple(mentions), merged, fields if has_several else None)


@dataclass(eq=False)
class _Bearer:
    """One of a family: its first mention, the first letter of the given name, and all its forms."""

    name: Name
    initial: str
    forms: Counter[str] = field(default_factory=Counter)
    also: dict[str, None] = field(default_factory=dict)

    @property
    def mentions(self) -> int:
        return sum(self.forms.values())


def _merge(mentions: Sequence[Speaker]) -> tuple[Merged, ...]:
    """The speakers of one family, by all its mentions.

    A surname alone is merged with the only person of that surname, or with one who is in MAIN times as many articles as
    the next; otherwise it stays a speaker of its own.
    """
    bearers: list[_Bearer] = []
    known: dict[str, _Bearer] = {}  # by the name, which finds the same one again: others come after it
    kind = mentions[0].kind
    for speaker in mentions:
        if speaker.name not in known:
            known[speaker.name] = _find_bearer(bearers, read_name(speaker.name) if kind == "person" else _NOBODY)
        known[speaker.name].forms[speaker.name] += 1
        known[speaker.name].also.update(dict.fromkeys(speaker.also))
    full = sorted((bearer for bearer in bearers if bearer.name.given), key=lambda bearer: -bearer.mentions)
    if len(full) == 1 or (full and full[0].mentions >= MAIN * full[1].mentions):
        for bearer in bearers:
            if not bearer.name.given:
                full[0].forms.update(bearer.forms)
                full[0].also.update(bearer.also)
        bearers = full
    return tuple((bearer.mentions, _to_speaker(bearer, kind)) for bearer in bearers)


def _find_bearer(bearers: list[_Bearer], name: Name) -> _Bearer:
    """The first who may have this name; a new one is added if nobody may."""
    first = fold_letters(name.given[0]).rstrip(".") if name.given else ""
    letters = {first[:1], *(other[0] for other in also_called(first))}
    for bearer in bearers:
        # The letter, which nearly always differs, spares the comparison: of a common surname there may be hundreds.
        if bearer.initial in letters and (bearer.name == name or is_same(bearer.name, name)):
            return bearer
    bearers.append(_Bearer(name, first[:1]))
    return bearers[-1]


def _to_speaker(bearer: _Bearer, kind: str) -> Speaker:
    forms = bearer.forms
    best = max(forms, key=lambda form: (bool(read_name(form).given), forms[form]))
    others = tuple(dict.fromkeys(name for name in (*forms, *bearer.also) if name != best))
    return Speaker(best, others, kind, tuple(sorted(forms)))
