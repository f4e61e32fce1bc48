"""A :class:`thumbnails.storage.Storage` in memory."""

from __future__ import annotations

from thumbnails.images import Thumbnail


class MemoryStorage:
    def __init__(self, **pictures: bytes) -> None:
        self.pictures = pictures
        self.written: dict[str, Thumbnail] = {}
        #: What reading a key, or writing below it, raises.
        self.failing: dict[str, Exception] = {}

    def read(self, bucket: str, key: str) -> bytes | None:
        if key in self.failing:
            raise self.failing[key]
        return self.pictures.get(key)

    def write(self, bucket: str, key: str, thumbnail: Thumbnail) -> None:
        if key in self.failing:
            raise self.failing[key]
        self.written[key] = thumbnail
