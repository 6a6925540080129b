"""Judge a picture made of pixels: from its first bytes before anything unpacks it, then from all of them.

The only module that imports Pillow.
"""

import io
from typing import Any

from studyguide.model import PICTURE_FORMATS

_JPEG_SCAN = b"\xff\xda"
"""The mark at the beginning of a scan (ITU-T T.81, B.1.1.3)."""


class BrokenPictureError(ValueError):
    """The bytes are not a picture of the kind that the file's name says; the message says why."""


def count_pixels(data: bytes, ending: str) -> int:
    """Return width × height of the first frame, read from the picture's first bytes. Raises BrokenPictureError."""
    with _open_picture(data, ending) as picture:
        width, height = picture.size
    return int(width * height)


def count_scans(data: bytes, ending: str) -> int:
    """Return how often a JPEG file, at the most, goes over all pixels; 1 for a file of another kind."""
    return max(1, data.count(_JPEG_SCAN)) if PICTURE_FORMATS[ending] == "JPEG" else 1


def unpack_picture(data: bytes, ending: str) -> None:
    """Read the picture to its last pixel. Call it once the number of pixels is known to be small. Raises BrokenPictureError."""
    from PIL import ImageFile

    with _open_picture(data, ending) as picture:
        # WeasyPrint makes Pillow accept pictures that are cut short, in every process that has imported it.
        accepts_truncated, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            picture.load()
        except MemoryError:
            raise
        except Exception as error:  # a broken file makes Pillow raise anything
            raise BrokenPictureError("it is cut short or damaged") from error
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = accepts_truncated


def count_bits(data: bytes, ending: str) -> int:
    """Return how many bits each value of a pixel has: 8, or more in a picture that print cannot show. Raises BrokenPictureError."""
    with _open_picture(data, ending) as picture:
        mode = picture.mode
    return 16 if mode.startswith("I;16") else 32 if mode in ("I", "F") else 8


def _open_picture(data: bytes, ending: str) -> Any:
    """Return Pillow's picture, of which only the first bytes have been read."""
    # Imported here because it takes 0.1 s, which a guide without such pictures need not pay.
    from PIL import Image

    form = PICTURE_FORMATS[ending]
    most, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None  # `count_pixels` may find any number
    try:
        return Image.open(io.BytesIO(data), formats=(form,))
    except MemoryError:
        raise
    except Exception as error:  # a broken file makes Pillow raise anything
        raise BrokenPictureError(f"it is not {form}, as its name says") from error
    finally:
        Image.MAX_IMAGE_PIXELS = most
