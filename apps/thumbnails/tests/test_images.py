from __future__ import annotations

import struct
import unittest
import zlib
from unittest.mock import patch

from PIL import Image, ImageCms, ImageDraw

from tests.pictures import BLUE, RED, decode, encode, halves, near
from thumbnails import images
from thumbnails.images import UnusablePicture, make_thumbnails
from thumbnails.sizes import SIZES

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# The names of two tags exchanged: what this profile calls red is blue.
SWAPPED = SRGB.replace(b"rXYZ", b"@XYZ").replace(b"bXYZ", b"rXYZ").replace(b"@XYZ", b"bXYZ")


def thumbnail(body: bytes, size: int = 128) -> Image.Image:
    [made] = make_thumbnails(body, [size])
    picture = decode(made.body)
    assert (made.width, made.height) == picture.size
    return picture


class Sizes(unittest.TestCase):
    def test_keep_the_shape(self) -> None:
        made = make_thumbnails(encode(halves(2000, 1000), "JPEG"), SIZES)
        self.assertEqual([(each.width, each.height) for each in made], [(128, 64), (512, 256), (1024, 512)])
        self.assertEqual([decode(each.body).format for each in made], ["WEBP"] * 3)

    def test_do_not_enlarge(self) -> None:
        made = make_thumbnails(encode(halves(300, 200), "PNG"), SIZES)
        self.assertEqual([(each.width, each.height) for each in made], [(128, 85), (300, 200), (300, 200)])

    def test_of_a_line_have_a_pixel_at_least(self) -> None:
        self.assertEqual(thumbnail(encode(halves(4000, 1), "PNG")).size, (128, 1))

    def test_of_equal_bytes_are_equal(self) -> None:
        body = encode(halves(700, 500), "JPEG")
        self.assertEqual(make_thumbnails(body, SIZES), make_thumbnails(body, SIZES))


class Formats(unittest.TestCase):
    def assert_halves(self, picture: Image.Image) -> None:
        left, right = picture.getpixel((10, 10)), picture.getpixel((picture.width - 10, 10))
        self.assertTrue(near(left[:3], RED) and near(right[:3], BLUE), (left, right))

    def test_every_format(self) -> None:
        for image_format in ("JPEG", "PNG", "GIF", "WEBP"):
            with self.subTest(image_format):
                self.assert_halves(thumbnail(encode(halves(400, 300), image_format)))

    def test_orientation_of_the_camera(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6  # Turn by 90 degrees clockwise to see it upright.
        sideways = halves(400, 300).rotate(90, expand=True)
        for image_format in ("JPEG", "PNG", "WEBP"):
            with self.subTest(image_format):
                picture = thumbnail(encode(sideways, image_format, exif=exif))
                self.assertEqual(picture.size, (128, 96))
                self.assert_halves(picture)

    def test_nothing_of_the_camera_is_kept(self) -> None:
        exif = Image.Exif()
        exif[0x010F] = "Maker of a camera"
        body = encode(halves(400, 300), "JPEG", exif=exif, comment=b"at home")
        [made] = make_thumbnails(body, [128])
        self.assertEqual(dict(decode(made.body).getexif()), {})
        self.assertNotIn(b"Maker", made.body)

    def test_transparency(self) -> None:
        drawn = Image.new("RGBA", (400, 400))
        ImageDraw.Draw(drawn).ellipse((100, 100, 300, 300), fill=(*BLUE, 255))
        palette = drawn.convert("RGB").quantize(8)
        transparent = palette.getpixel((0, 0))
        for name, body in (
            ("RGBA", encode(drawn, "PNG")),
            ("palette", encode(palette, "PNG", transparency=transparent)),
            ("GIF", encode(palette, "GIF", transparency=transparent)),
            ("grey", encode(drawn.convert("LA"), "PNG")),
            ("WebP", encode(drawn, "WEBP", lossless=True)),
            ("one colour", encode(drawn.convert("RGB"), "PNG", transparency=(0, 0, 0))),
            ("with a profile", encode(drawn, "PNG", icc_profile=SRGB)),
        ):
            with self.subTest(name):
                picture = thumbnail(body)
                self.assertEqual(picture.mode, "RGBA")
                self.assertEqual([picture.getpixel(at)[3] for at in ((2, 2), (64, 64))], [0, 255])

    def test_one_transparent_colour_leaves_no_fringe(self) -> None:
        drawn = Image.new("RGB", (400, 400))
        ImageDraw.Draw(drawn).ellipse((100, 100, 300, 300), fill=BLUE)
        alpha = thumbnail(encode(drawn, "PNG", transparency=(0, 0, 0))).getchannel("A")
        self.assertGreater(sum(alpha.histogram()[32:224]), 20)

    def test_a_moving_picture_gives_its_first_frame(self) -> None:
        frames = [Image.new("RGB", (200, 100), color) for color in (RED, BLUE)]
        for image_format in ("GIF", "WEBP", "PNG"):
            with self.subTest(image_format):
                body = encode(frames[0], image_format, save_all=True, append_images=frames[1:])
                self.assertGreater(decode(body).n_frames, 1)
                picture = thumbnail(body)
                self.assertEqual(getattr(picture, "n_frames", 1), 1)
                self.assertTrue(near(picture.getpixel((60, 30))[:3], RED))

    def test_colours_of_a_printing_press(self) -> None:
        picture = thumbnail(encode(halves(400, 300).convert("CMYK"), "JPEG"))
        self.assertEqual(picture.mode, "RGB")
        self.assert_halves(picture)

    def test_colours_of_another_profile_become_those_of_a_browser(self) -> None:
        mirrored = halves(400, 300).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        for picture in (mirrored, mirrored.convert("RGBA"), mirrored.quantize(4)):
            with self.subTest(picture.mode):
                self.assert_halves(thumbnail(encode(picture, "PNG", icc_profile=SWAPPED)))

    def test_a_profile_that_does_not_fit_is_passed_over(self) -> None:
        self.assert_halves(thumbnail(encode(halves(400, 300), "JPEG", icc_profile=b"no profile")))
        self.assert_halves(thumbnail(encode(halves(400, 300).convert("CMYK"), "JPEG", icc_profile=SWAPPED)))

    def test_grey_of_sixteen_bits_is_not_clipped(self) -> None:
        picture = thumbnail(encode(Image.new("I;16", (64, 64), 128 * 256), "PNG"))
        self.assertTrue(near(picture.getpixel((9, 9)), (128, 128, 128)), picture.getpixel((9, 9)))

    def test_black_and_white(self) -> None:
        self.assertTrue(near(thumbnail(encode(Image.new("1", (64, 64), 1), "PNG")).getpixel((9, 9)), (255,) * 3))


class Refusals(unittest.TestCase):
    def assert_refused(self, body: bytes, reason: str) -> None:
        with self.assertRaisesRegex(UnusablePicture, reason):
            make_thumbnails(body, [128])

    def test_no_picture(self) -> None:
        for body in (b"", b"hello", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>"):
            with self.subTest(body):
                self.assert_refused(body, "not one of|broken")

    def test_formats_that_no_browser_shows(self) -> None:
        self.assert_refused(encode(halves(9, 9), "TIFF"), "not one of JPEG, PNG, GIF, WEBP")
        self.assert_refused(encode(halves(9, 9), "EPS"), "not one of")

    def test_cut_files(self) -> None:
        for image_format in ("JPEG", "PNG", "GIF", "WEBP"):
            # Noise, so that there is something to cut in every format.
            body = encode(Image.effect_noise((300, 200), 90).convert("RGB"), image_format)
            with self.subTest(image_format):
                self.assert_refused(body[: len(body) // 2], "broken")

    def test_more_pixels_than_fit_into_memory(self) -> None:
        # 60 kB of file that would take 15 GB.
        bomb = bytearray(encode(Image.new("1", (8, 8)), "PNG"))
        for width, height, reason in ((8000, 8000, "pixels"), (120_000, 120_000, "exceeds limit|pixels")):
            with self.subTest(width):
                self.assert_refused(with_size(bomb, width, height), reason)

    def test_more_bytes_than_fit_into_memory(self) -> None:
        with patch.object(images, "MAX_BYTES", 100):
            self.assert_refused(encode(halves(400, 300), "PNG"), "bytes are more than 100")


def with_size(png: bytes, width: int, height: int) -> bytes:
    """The same PNG with another size in its header (W3C PNG, 11.2.2)."""
    header = b"IHDR" + struct.pack(">II", width, height) + png[24:29]
    return bytes(png[:12]) + header + struct.pack(">I", zlib.crc32(header)) + bytes(png[33:])
