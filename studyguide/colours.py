"""Colours such as ``#0c4a63``: their contrast, mixtures of two, and one that is light enough for a ground."""

import re
from colorsys import hls_to_rgb, rgb_to_hls

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
_STEPS = 100
"""The number of lightnesses that are tried."""


def is_colour(text: str) -> bool:
    """Return True for a text such as ``#0c4a63``; those of other forms, such as ``black``, cannot be mixed here."""
    return _COLOUR.fullmatch(text) is not None


def measure_contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted(map(_measure_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix_colours(one: str, other: str, share: float) -> str:
    """Return a mixture of two colours, with a share from 0 to 1 of the second."""
    pairs = zip(_read_channels(one), _read_channels(other), strict=True)
    return _write_channels(*(first + (second - first) * share for first, second in pairs))


def lighten_colour(colour: str, ground: str, contrast: float) -> str:
    """Return the darkest colour of the same hue, no darker than this one, with a contrast to a dark ground; white if none has it."""
    hue, lightness, saturation = rgb_to_hls(*_read_channels(colour))
    for step in range(_STEPS):
        lighter = _write_channels(*hls_to_rgb(hue, lightness + (1 - lightness) * step / _STEPS, saturation))
        if measure_contrast(lighter, ground) >= contrast:
            return lighter
    return "#ffffff"


def _measure_luminance(colour: str) -> float:
    """Return the relative luminance of a colour, from 0 to 1 (WCAG 2.2)."""
    linear = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in _read_channels(colour))
    return sum(share * each for share, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _read_channels(colour: str) -> tuple[float, ...]:
    """Return red, green and blue, each from 0 to 1."""
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def _write_channels(*channels: float) -> str:
    return "#" + "".join(f"{round(255 * each):02x}" for each in channels)
