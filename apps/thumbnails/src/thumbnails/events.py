"""What Amazon S3 sends (S3 User Guide, "Event message structure")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus


@dataclass(frozen=True)
class Upload:
    bucket: str
    key: str


def uploads_of(event: Mapping[str, Any]) -> Iterator[Upload]:
    """The objects that an event speaks of. S3's test event, which has no records, speaks of none."""
    for record in event.get("Records", ()):
        if record["eventName"].startswith("ObjectCreated:"):
            s3 = record["s3"]
            # Keys come as in a query string: `a+b%C3%A9.png` is `a bé.png`.
            yield Upload(s3["bucket"]["name"], unquote_plus(s3["object"]["key"]))
