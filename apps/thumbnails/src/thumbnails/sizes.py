"""Which thumbnails there are, and where they are kept."""

from __future__ import annotations

#: Pixels of the longer edge. A smaller picture keeps its size: nothing is enlarged.
SIZES = (128, 512, 1024)

#: Pictures arrive under the first prefix, thumbnails go under the second one: the function never hears of its own
#: writing.
UPLOADS = "uploads/"
THUMBNAILS = "thumbnails/"


def is_upload(key: str) -> bool:
    """Whether ``key`` is a picture to look at, and not one that the function has made."""
    return key.startswith(UPLOADS)


#: Bytes of a key in UTF-8 (S3 User Guide, "Naming Amazon S3 objects").
MAX_KEY = 1024


def has_room(key: str) -> bool:
    """Whether the thumbnails of ``key`` have keys that S3 takes."""
    return len(thumbnail_key(key, max(SIZES)).encode()) <= MAX_KEY


def thumbnail_key(key: str, size: int) -> str:
    """``uploads/cats/a.png`` at 128 is ``thumbnails/cats/a.png/128.webp``."""
    return f"{THUMBNAILS}{key.removeprefix(UPLOADS)}/{size}.webp"
