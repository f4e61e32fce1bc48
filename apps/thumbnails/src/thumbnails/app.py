"""The function: an upload comes in, thumbnails go out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from thumbnails.events import Upload, uploads_of
from thumbnails.images import UnusablePicture, make_thumbnails
from thumbnails.log import log
from thumbnails.sizes import SIZES, has_room, is_upload, thumbnail_key
from thumbnails.storage import Storage, s3_storage


def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """
    Handles an event of Amazon S3.

    What no retry can help is logged and done with. Anything else is raised once all records were tried: Lambda then
    sends the whole event again, and whatever was done is done again with the same result.
    """
    storage = s3_storage()
    request_id = getattr(context, "aws_request_id", None)
    outcomes = {"made": 0, "skipped": 0}
    failures: list[Exception] = []
    for upload in uploads_of(event):
        fields = {"bucket": upload.bucket, "key": upload.key, "requestId": request_id}
        try:
            outcomes[handle(upload, storage, fields)] += 1
        except Exception as error:
            log("ERROR", "failed", **fields, error=type(error).__name__, reason=str(error))
            failures.append(error)
    if failures:
        raise failures[0]
    return outcomes


def handle(upload: Upload, storage: Storage, fields: Mapping[str, Any]) -> str:
    """Makes the thumbnails of one picture; gives ``made`` or ``skipped``."""
    if not is_upload(upload.key):
        log("WARN", "skipped", **fields, reason="not an upload: see the notification's prefix")
        return "skipped"
    if not has_room(upload.key):
        log("WARN", "skipped", **fields, reason="its thumbnails' keys would be too long")
        return "skipped"
    started = time.monotonic()
    try:
        body = storage.read(upload.bucket, upload.key)
        if body is None:
            log("WARN", "skipped", **fields, reason="it is gone")
            return "skipped"
        thumbnails = make_thumbnails(body, SIZES)
    except UnusablePicture as error:
        log("WARN", "skipped", **fields, reason=str(error))
        return "skipped"
    for each in thumbnails:
        storage.write(upload.bucket, thumbnail_key(upload.key, each.size), each)
    made = [f"{each.width}x{each.height}" for each in thumbnails]
    milliseconds = round((time.monotonic() - started) * 1000)
    log("INFO", "made", **fields, bytes=len(body), sizes=made, milliseconds=milliseconds)
    return "made"
