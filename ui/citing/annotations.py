"""Records in, W3C Web Annotations out, as JSON-LD: https://www.w3.org/TR/annotation-model."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from ui.citing.links import to_address
from ui.citing.records import Record
from ui.inert import plain_text
from ui.wording import describe_speech, describe_voice


def to_annotations(records: Sequence[Record]) -> str:
    """A list with an annotation for each sentence; both its selectors select the sentence in the article's text.

    The target's source is the article's address or, without one, its id as a relative IRI. Positions count code
    points.
    """
    return json.dumps([_make_annotation(record) for record in records], ensure_ascii=False, indent=2) + "\n"


def _make_annotation(record: Record) -> dict[str, Any]:
    cited = record.cited
    bodies: list[dict[str, str]] = []
    if voice := describe_voice(cited):
        said = f"{plain_text(voice)}, {describe_speech(cited.speech)}"
        bodies.append({"type": "TextualBody", "value": said, "format": "text/plain", "purpose": "describing"})
    if record.link:
        bodies.append({"type": "SpecificResource", "source": record.link, "purpose": "linking"})
    quoted = {"type": "TextQuoteSelector", "exact": cited.text, "prefix": record.prefix, "suffix": record.suffix}
    # The same sentence has the same name in every export.
    name = json.dumps([cited.article_id, cited.start, cited.end, cited.text])
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": uuid.uuid5(uuid.NAMESPACE_URL, name).urn,
        "type": "Annotation",
        "motivation": "highlighting",
        **({"body": bodies} if bodies else {}),
        "target": {
            "source": to_address(cited.url) or quote(cited.article_id, errors="replace"),
            "selector": [
                {"type": "TextPositionSelector", "start": cited.start, "end": cited.end},
                {name: value for name, value in quoted.items() if value},
            ],
        },
    }
