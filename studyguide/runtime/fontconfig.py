"""Show fontconfig the faces of the project, and none of the machine's own, so that two machines make the same pages."""

import hashlib
import os
from functools import cache
from html import escape

from studyguide.runtime import fonts
from studyguide.scripts import Script, list_families

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


_BOLD_OF_SANS = (
    '<match target="pattern"><test name="family"><string>{}</string></test>'
    '<test name="weight" compare="more_eq"><const>demibold</const></test>'
    '<edit name="family" mode="assign" binding="strong"><string>{}</string></edit></match>'
)
"""The rule by which bold text of a family that has no bold is set in another family."""


def use_project_fonts(scripts: tuple[Script, ...] = ()) -> None:
    """Make this process and its children see the project's faces only, those of these scripts among them.

    What loads Pango's faces later sees them. Raises ContentError if a package of the basic faces is not installed.
    """
    os.environ["FONTCONFIG_FILE"] = _write_settings(tuple(filter(fonts.is_installed, scripts)))


@cache
def _write_settings(scripts: tuple[Script, ...]) -> str:
    """Return the path of fontconfig's settings for the faces of the basic set and of these scripts, which are installed."""
    paths = (*fonts.list_face_folders(), *map(fonts.keep_script_faces, scripts))
    folders = "".join(f"<dir>{escape(str(path), quote=False)}</dir>" for path in paths)
    matches = "".join(
        f'<match target="pattern"><test name="family"><string>{word}</string></test>'
        f'<edit name="family" mode="assign" binding="strong">'
        f"{''.join(f'<string>{family}</string>' for family in (*families, *list_families(scripts, word == 'serif')))}"
        "</edit></match>"
        for word, families in _FAMILIES.items()
    )
    matches += "".join(_BOLD_OF_SANS.format(script.text, script.sans) for script in scripts if not script.has_own_bold)
    text = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"{folders}{matches}<cachedir>{escape(str(fonts.find_cache_folder()), quote=False)}</cachedir></fontconfig>"
    )
    name = f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.conf"
    return str(fonts.keep_files({name: text.encode()}) / name)
