"""Pictures that the tests draw themselves: no file lies about."""

from __future__ import annotations

import io

from PIL import Image

RED, BLUE = (255, 0, 0), (0, 0, 255)


def encode(picture: Image.Image, image_format: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, image_format, **options)
    return out.getvalue()


def decode(body: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(body))
    picture.load()
    return picture


def halves(width: int, height: int) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    return picture


def near(color: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    """Whether two colours are the same but for what compressing does."""
    return all(abs(a - b) <= 24 for a, b in zip(color, expected, strict=True))
