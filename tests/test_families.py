"""Who speaks in all articles, after any changes, is as if it were worked out anew."""

from __future__ import annotations

import random

import pytest

from index.speech.families import Families
from index.speech.people import to_json
from index.values import Speaker

GIVEN = ["Ann", "John", "Jack", "J.", "William", "Bill", "B.", "John Q.", "John R.", "Mr.", ""]
SURNAMES = ["Hale", "al-Hale", "Roe", "Smith", "Smith Jr.", "de Roe"]
GROUPS = ["the Coast Guard", "Coast Guard", "coast guard", "Hale", "Roe"]
ROLES = ["mayor", "striker", "Liverpool striker", "former mayor", "senator", "professor", "judge"]


def speak(random_: random.Random) -> str:
    """Who speaks in some article, with names that many have in common."""
    speakers = []
    for _ in range(random_.randrange(5)):
        if random_.random() < 0.2:
            speakers.append(Speaker(random_.choice(GROUPS), kind="group"))
        else:
            name = f"{random_.choice(GIVEN)} {random_.choice(SURNAMES)}".strip()
            speakers.append(Speaker(name, tuple(random_.sample(ROLES, random_.choice([0, 0, 1, 2])))))
    return to_json(speakers)


@pytest.mark.parametrize("seed", range(20))
def test_after_changes_all_is_as_if_made_anew(seed: int) -> None:
    random_ = random.Random(seed)
    lines: dict[str, str] = {}
    families = Families()
    for _ in range(30):
        before, merged = families, list(families.merged)
        lines = dict(lines)
        for article_id in random_.choices([f"{i}.txt" for i in range(40)], k=random_.choice([0, 1, 1, 5])):
            if article_id in lines and random_.random() < 0.4:
                del lines[article_id]
            else:
                lines[article_id] = speak(random_)
        families, anew = families.follow(lines), Families().follow(dict(sorted(lines.items())))
        assert families == anew
        assert families.merged == anew.merged
        assert families.fields == anew.fields
        assert Families(before.lines, before.articles, before.by_key).merged == merged  # readers may still have it


def test_only_families_in_changed_articles_are_merged_again() -> None:
    lines = {"a.txt": to_json([Speaker("Ann Hale"), Speaker("Roe")]), "b.txt": to_json([Speaker("Bill Roe")])}
    before = Families().follow(lines)
    after = before.follow({**lines, "c.txt": to_json([Speaker("Roe")])})
    assert [(who.name, who.names) for who in after.merged] == [
        ("Bill Roe", ("Bill Roe", "Roe")),
        ("Ann Hale", ("Ann Hale",)),
    ]
    assert after.by_key["person", "hale"] is before.by_key["person", "hale"]
    assert after.articles["a.txt"] is before.articles["a.txt"]
    assert after.articles_of("Roe") == ["a.txt", "c.txt"]
    assert after.articles_of("Nobody") == []
