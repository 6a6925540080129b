"""Show fontconfig the faces of the project, and none of the machine's own, so that two machines make the same pages."""

import hashlib
import os
from functools import cache
from html import escape

from studyguide.runtime.fonts import find_cache_folder, keep_files, list_face_folders

# Plex has no Greek and no Hebrew letters, its condensed sans no Cyrillic ones: the families after it have them.
# Signs of mathematics are those of the formulas.
_SIGNS = "STIX Two Math"
_SANS = ("IBM Plex Sans Condensed", "Fira Sans", "Frank Ruhl Libre", _SIGNS)
_FAMILIES = {
    "serif": ("IBM Plex Serif", "Noto Serif", "Frank Ruhl Libre", _SIGNS),
    "sans-serif": _SANS,
    "IBM Plex Sans": _SANS,
    "monospace": ("IBM Plex Mono", "Fira Sans", "Frank Ruhl Libre", _SIGNS),
}
"""Family in a stylesheet → the families that its letters are searched for in."""


@cache
def use_project_fonts() -> None:
    """Make this process and its children see the project's faces only. Call it before anything loads Pango.

    Raises ContentError if a package of faces is not installed.
    """
    folders = "".join(f"<dir>{escape(str(path), quote=False)}</dir>" for path in list_face_folders())
    matches = "".join(
        f'<match target="pattern"><test name="family"><string>{word}</string></test>'
        f'<edit name="family" mode="assign" binding="strong">'
        f"{''.join(f'<string>{family}</string>' for family in families)}</edit></match>"
        for word, families in _FAMILIES.items()
    )
    text = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"{folders}{matches}<cachedir>{escape(str(find_cache_folder()), quote=False)}</cachedir></fontconfig>"
    )
    name = f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.conf"
    os.environ["FONTCONFIG_FILE"] = str(keep_files({name: text.encode()}) / name)
