"""From the bytes of a picture to those of its thumbnails. Knows nothing of AWS."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

#: Bytes of a file, and pixels of a picture, that are not worth a function's memory. 40 megapixels take 160 MB decoded.
MAX_BYTES = 50_000_000
MAX_PIXELS = 40_000_000

#: What a browser can show. Pillow reads many more formats, and each one is a way in.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")

_SRGB = ImageCms.createProfile("sRGB")


class UnusablePicture(Exception):
    """No thumbnail will ever come of these bytes: trying again does not help."""


@dataclass(frozen=True)
class Thumbnail:
    """A WebP file: it holds transparency, so that what a picture is like does not decide about its address."""

    size: int
    width: int
    height: int
    body: bytes


def make_thumbnails(body: bytes, sizes: Sequence[int]) -> list[Thumbnail]:
    """
    Makes one thumbnail for each of ``sizes`` (pixels of the longer edge), in that order.

    Equal bytes give equal thumbnails. Of a moving picture the first frame is taken; it is turned upright, its
    colours are sRGB, and nothing that the camera wrote down (place, owner) is kept.

    :raises UnusablePicture: for what is no picture, is broken, or is too large
    """
    if len(body) > MAX_BYTES:
        raise UnusablePicture(f"{len(body):,} bytes are more than {MAX_BYTES:,}")
    with _open(body) as source:
        try:
            picture = _prepare(source, max(sizes))
        except (OSError, SyntaxError, ValueError, IndexError) as error:
            # Pillow's decoders tell a cut or spoilt file by any of these.
            raise UnusablePicture(f"a broken {source.format} file: {error}") from error
    return [_thumbnail(picture, size) for size in sizes]


def _open(body: bytes) -> Image.Image:
    """Reads the header only: the size is known before any memory is taken for it."""
    try:
        with warnings.catch_warnings():
            # A limit of our own stands below, so Pillow need not warn of its own in the log.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            source = Image.open(io.BytesIO(body), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise UnusablePicture(f"not one of {', '.join(FORMATS)}") from error
    except Image.DecompressionBombError as error:
        raise UnusablePicture(str(error)) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise UnusablePicture(f"a broken file: {error}") from error
    if source.width * source.height > MAX_PIXELS:
        raise UnusablePicture(f"{source.width} x {source.height} pixels are more than {MAX_PIXELS:,}")
    return source


def _prepare(source: Image.Image, largest: int) -> Image.Image:
    """The first frame, at most ``largest`` pixels long, upright, in RGB or RGBA."""
    profile = source.info.get("icc_profile")
    picture = _to_resizable(source)
    # Small before anything else: what follows makes copies. A JPEG is not even decoded at its full size.
    picture.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    return _to_srgb(ImageOps.exif_transpose(picture), profile)


def _to_resizable(source: Image.Image) -> Image.Image:
    """Resampling needs channels of eight bits: not a palette, nor one colour that stands for none, nor 16 bits."""
    if source.mode.startswith("I"):
        # A mere conversion would clip to white.
        return source.convert("I").point(lambda value: value / 256).convert("L")
    if source.mode in ("1", "P", "PA") or "transparency" in source.info:
        return _to_rgb(source)
    return source


def _to_rgb(picture: Image.Image) -> Image.Image:
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if picture.mode != "CMYK":
        picture = _to_rgb(picture)
    mode = "RGB" if picture.mode == "CMYK" else picture.mode
    if profile:
        # A profile that cannot be read, or is for grey, says nothing: the colours are taken as they are.
        with contextlib.suppress(ImageCms.PyCMSError, OSError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(picture, source, _SRGB, outputMode=mode) or picture.convert(mode)
    return picture.convert(mode)


def _thumbnail(picture: Image.Image, size: int) -> Thumbnail:
    small = picture.copy()
    small.thumbnail((size, size), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80, method=4)
    return Thumbnail(size, small.width, small.height, out.getvalue())
