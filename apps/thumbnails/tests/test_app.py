from __future__ import annotations

import contextlib
import io
import json
import unittest
from types import SimpleNamespace
from unittest.mock import patch
from urllib.parse import quote_plus

from tests.memory_storage import MemoryStorage
from tests.pictures import encode, halves
from thumbnails import app

PICTURE = encode(halves(40, 30), "PNG")


def event(*keys: str, name: str = "ObjectCreated:Put") -> dict:
    def record(key: str) -> dict:
        return {"eventName": name, "s3": {"bucket": {"name": "b"}, "object": {"key": quote_plus(key, safe="/")}}}

    return {"Records": [record(key) for key in keys]}


class Handler(unittest.TestCase):
    def setUp(self) -> None:
        self.storage = MemoryStorage()
        self.printed = io.StringIO()
        self.enterContext(patch.object(app, "s3_storage", lambda: self.storage))
        self.enterContext(contextlib.redirect_stdout(self.printed))

    def enterContext(self, manager):
        """As from Python 3.11 on."""
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value

    def send(self, given: dict) -> dict[str, int]:
        return app.lambda_handler(given, SimpleNamespace(aws_request_id="r-1"))

    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.printed.getvalue().splitlines()]

    def test_makes_three_sizes_beside_the_uploads(self) -> None:
        self.storage.pictures = {"uploads/cat.png": PICTURE}
        self.assertEqual(self.send(event("uploads/cat.png")), {"made": 1, "skipped": 0})
        self.assertEqual(list(self.storage.written), [f"thumbnails/cat.png/{size}.webp" for size in (128, 512, 1024)])
        [line] = self.lines()
        self.assertEqual(
            {key: line[key] for key in ("level", "message", "bucket", "key", "requestId", "bytes", "sizes")},
            {
                "level": "INFO",
                "message": "made",
                "bucket": "b",
                "key": "uploads/cat.png",
                "requestId": "r-1",
                "bytes": len(PICTURE),
                "sizes": ["40x30", "40x30", "40x30"],
            },
        )

    def test_understands_how_keys_are_written_in_events(self) -> None:
        for key in ("uploads/my cat.png", "uploads/größe +1%.png", "uploads/猫/a&b=c.png", "uploads/uploads/x.png"):
            with self.subTest(key):
                self.storage.pictures = {key: PICTURE}
                self.assertEqual(self.send(event(key)), {"made": 1, "skipped": 0})
                expected = f"thumbnails/{key.removeprefix('uploads/')}/128.webp"
                self.assertIn(expected, self.storage.written)

    def test_does_it_again_with_the_same_result(self) -> None:
        self.storage.pictures = {"uploads/cat.png": PICTURE}
        self.send(event("uploads/cat.png"))
        first = dict(self.storage.written)
        self.send(event("uploads/cat.png", "uploads/cat.png"))
        self.assertEqual(self.storage.written, first)

    def test_skips_what_no_retry_can_help(self) -> None:
        self.storage.pictures = {"uploads/no.png": b"no picture", "thumbnails/cat.png/128.webp": PICTURE}
        self.storage.failing = {"uploads/huge.png": app.UnusablePicture("too large")}
        keys = ("uploads/no.png", "uploads/gone.png", "uploads/huge.png", "thumbnails/cat.png/128.webp", "uploads/")
        self.assertEqual(self.send(event(*keys)), {"made": 0, "skipped": 5})
        self.assertEqual(self.storage.written, {})
        self.assertEqual([line["level"] for line in self.lines()], ["WARN"] * 5)
        reasons = [line["reason"] for line in self.lines()]
        self.assertEqual(reasons[1:3], ["it is gone", "too large"])
        self.assertIn("not one of", reasons[0])

    def test_skips_keys_that_leave_no_room(self) -> None:
        fits = "uploads/" + "é" * 501 + "x"
        self.storage.pictures = {fits: PICTURE, fits + "x": PICTURE}
        self.assertEqual(self.send(event(fits, fits + "x")), {"made": 1, "skipped": 1})
        self.assertEqual(max(len(key.encode()) for key in self.storage.written), 1024)

    def test_never_answers_its_own_writing(self) -> None:
        self.storage.pictures = {"uploads/cat.png": PICTURE}
        self.send(event("uploads/cat.png"))
        written = list(self.storage.written)
        self.assertEqual(self.send(event(*written)), {"made": 0, "skipped": 3})

    def test_has_an_event_sent_again_once_everything_else_is_done(self) -> None:
        self.storage.pictures = {"uploads/a.png": PICTURE, "uploads/c.png": PICTURE}
        self.storage.failing = {"uploads/b.png": ConnectionError("S3 is out of reach")}
        with self.assertRaisesRegex(ConnectionError, "out of reach"):
            self.send(event("uploads/a.png", "uploads/b.png", "uploads/c.png"))
        self.assertEqual(len(self.storage.written), 6)
        failed = [line for line in self.lines() if line["level"] == "ERROR"]
        self.assertEqual([(line["key"], line["error"]) for line in failed], [("uploads/b.png", "ConnectionError")])

    def test_takes_a_failed_write_for_a_failure(self) -> None:
        self.storage.pictures = {"uploads/a.png": PICTURE}
        self.storage.failing = {"thumbnails/a.png/512.webp": PermissionError("denied")}
        with self.assertRaises(PermissionError):
            self.send(event("uploads/a.png"))

    def test_has_nothing_to_do_for_other_events(self) -> None:
        self.storage.pictures = {"uploads/a.png": PICTURE}
        test_event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}
        for given in (test_event, {"Records": []}, event("uploads/a.png", name="ObjectRemoved:Delete")):
            self.assertEqual(self.send(given), {"made": 0, "skipped": 0})
