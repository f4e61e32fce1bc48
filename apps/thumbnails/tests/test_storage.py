from __future__ import annotations

import io
import unittest
from types import SimpleNamespace
from unittest.mock import Mock

from thumbnails.images import MAX_BYTES, Thumbnail, UnusablePicture
from thumbnails.storage import S3Storage


class NoSuchKey(Exception):
    pass


def client(**methods: object) -> Mock:
    """boto3's client, as far as it is used: its outer edge."""
    return Mock(exceptions=SimpleNamespace(NoSuchKey=NoSuchKey), **methods)


class S3(unittest.TestCase):
    def test_reads_an_object(self) -> None:
        answer = {"ContentLength": 3, "Body": io.BytesIO(b"abc")}
        s3 = client(get_object=Mock(return_value=answer))
        self.assertEqual(S3Storage(s3).read("b", "k é"), b"abc")
        s3.get_object.assert_called_once_with(Bucket="b", Key="k é")
        self.assertTrue(answer["Body"].closed)

    def test_tells_what_is_gone(self) -> None:
        self.assertIsNone(S3Storage(client(get_object=Mock(side_effect=NoSuchKey))).read("b", "k"))

    def test_does_not_take_another_failure_for_gone(self) -> None:
        with self.assertRaises(PermissionError):
            S3Storage(client(get_object=Mock(side_effect=PermissionError))).read("b", "k")

    def test_does_not_read_what_is_too_large(self) -> None:
        body = Mock(__enter__=lambda it: it, __exit__=lambda *_: None)
        s3 = client(get_object=Mock(return_value={"ContentLength": MAX_BYTES + 1, "Body": body}))
        with self.assertRaisesRegex(UnusablePicture, "50,000,001 bytes"):
            S3Storage(s3).read("b", "k")
        body.read.assert_not_called()

    def test_writes_what_a_browser_may_keep(self) -> None:
        s3 = client()
        S3Storage(s3).write("b", "k", Thumbnail(128, 1, 1, b"webp"))
        s3.put_object.assert_called_once_with(
            Bucket="b", Key="k", Body=b"webp", ContentType="image/webp", CacheControl="public, max-age=3600"
        )
