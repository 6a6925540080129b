"""Judge a picture made of pixels by its first bytes, before anything unpacks it. The only file that imports Pillow."""

import io

# What Pillow may take a file for, by the end of its name. It knows sixty forms, and opens some of them in other programs.
FORMS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP"}
PICTURES = (".svg", *(f".{form}" for form in FORMS))
"""How the name of a figure ends."""


class BrokenPictureError(ValueError):
    """What is not the picture that its name says; says why."""


def pixels(data: bytes, ending: str) -> int:
    """How many pixels the picture has, those of one frame. Raises BrokenPictureError."""
    # Imported here because it takes 0.1 s, which a guide of drawings need not pay.
    from PIL import Image

    form = FORMS[ending]
    most, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None  # the answer may be any number
    try:
        with Image.open(io.BytesIO(data), formats=(form,)) as picture:
            width, height = picture.size
    except Exception as error:  # a broken file makes Pillow raise anything
        raise BrokenPictureError(f"it is not {form}, as its name says") from error
    finally:
        Image.MAX_IMAGE_PIXELS = most
    return int(width * height)
