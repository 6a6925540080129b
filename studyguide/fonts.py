"""Pin the faces: Fontconfig is shown the fonts that the project depends on, and nothing of the machine's own.

With them, two machines make the same pages. Must run before anything loads Pango.
"""

import os
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape

# The packages that carry whole static TrueType files; a variable font or a split web font prints wrong letters.
# Fira Sans stands in for the Greek letters that Plex has not.
PACKAGES = ("fontpkg_ibm_plex_serif", "fontpkg_ibm_plex_sans_condensed", "fontpkg_ibm_plex_mono", "fontpkg_fira_sans")

ALIASES = {
    "serif": "IBM Plex Serif",
    "sans-serif": "IBM Plex Sans Condensed",
    "IBM Plex Sans": "IBM Plex Sans Condensed",
    "monospace": "IBM Plex Mono",
}


def pin(folder: Path) -> None:
    """Write Fontconfig's configuration to the folder, with its cache, and make this process use it."""
    folders = "".join(f"<dir>{escape(str(files(name) / 'files'))}</dir>" for name in PACKAGES)
    aliases = "".join(
        f'<match target="pattern"><test name="family"><string>{word}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{family}</string></edit></match>'
        for word, family in ALIASES.items()
    )
    text = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"{folders}{aliases}<cachedir>{escape(str(folder))}</cachedir></fontconfig>"
    )
    path = folder / "fonts.conf"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    os.environ["FONTCONFIG_FILE"] = str(path)
