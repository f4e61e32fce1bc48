"""The bucket, as far as the function needs it."""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol

from thumbnails.images import MAX_BYTES, Thumbnail, UnusablePicture

#: A picture that is uploaded anew under the same key has new thumbnails within the hour.
CACHE_CONTROL = "public, max-age=3600"


class Storage(Protocol):
    """What reads pictures and keeps thumbnails."""

    def read(self, bucket: str, key: str) -> bytes | None:
        """
        The object's bytes, or ``None`` when there is none any more.

        :raises UnusablePicture: when it is larger than ``MAX_BYTES``, before any byte is read
        """
        ...

    def write(self, bucket: str, key: str, thumbnail: Thumbnail) -> None:
        """Puts ``thumbnail`` there, over what was there before."""
        ...


class S3Storage:
    """:class:`Storage` in Amazon S3. Needs s3:GetObject, s3:PutObject and, to tell gone from denied, s3:ListBucket."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def read(self, bucket: str, key: str) -> bytes | None:
        try:
            answer = self._client.get_object(Bucket=bucket, Key=key)
        except self._client.exceptions.NoSuchKey:
            return None
        with answer["Body"] as body:
            if answer["ContentLength"] > MAX_BYTES:
                raise UnusablePicture(f"{answer['ContentLength']:,} bytes are more than {MAX_BYTES:,}")
            return bytes(body.read())

    def write(self, bucket: str, key: str, thumbnail: Thumbnail) -> None:
        self._client.put_object(
            Bucket=bucket,
            Key=key,
            Body=thumbnail.body,
            ContentType="image/webp",
            CacheControl=CACHE_CONTROL,
        )


@cache
def s3_storage() -> Storage:
    """Made by the first event and then kept, so that loading this code needs neither region nor credentials."""
    import boto3

    return S3Storage(boto3.client("s3"))
