"""Judge a picture made of pixels: by its first bytes, before anything unpacks it, then by all of them. The only file that imports Pillow."""

import io
from typing import Any

# What Pillow may take a file for, by the end of its name. It knows sixty forms, and opens some of them in other programs.
FORMS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP"}
PICTURES = (".svg", *(f".{form}" for form in FORMS))
"""How the name of a figure ends."""


class BrokenPictureError(ValueError):
    """What is not the picture that its name says; says why."""


def pixels(data: bytes, ending: str) -> int:
    """How many pixels the picture has, those of one frame, as its first bytes say. Raises BrokenPictureError."""
    with opened(data, ending) as picture:
        width, height = picture.size
    return int(width * height)


def unpack(data: bytes, ending: str) -> None:
    """Read the picture to its last pixel, once its size is known. Raises BrokenPictureError where that is missing."""
    with opened(data, ending) as picture:
        try:
            picture.load()
        except Exception as error:  # a broken file makes Pillow raise anything
            raise BrokenPictureError("it is cut short or damaged") from error


def opened(data: bytes, ending: str) -> Any:
    """The picture, of which the first bytes are read."""
    # Imported here because it takes 0.1 s, which a guide of drawings need not pay.
    from PIL import Image

    form = FORMS[ending]
    most, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None  # the answer may be any number
    try:
        return Image.open(io.BytesIO(data), formats=(form,))
    except Exception as error:  # a broken file makes Pillow raise anything
        raise BrokenPictureError(f"it is not {form}, as its name says") from error
    finally:
        Image.MAX_IMAGE_PIXELS = most
