"""Which licences a package may have, and which one it has."""

from importlib import metadata

from license_expression import ExpressionError, ExpressionParseError, get_spdx_licensing

OURS = "AGPL-3.0-or-later"
"""The licence of the program."""

# A licence that may be part of a program under ``OURS``: it asks for nothing that ``OURS`` does not ask for or allow.
COMPATIBLE = frozenset(
    {
        "AGPL-3.0-or-later", "GPL-2.0-or-later", "GPL-3.0-or-later", "LGPL-2.0-or-later", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later",
        "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "FTL", "HPND", "HPND-sell-variant", "ICU", "IJG", "ISC", "MIT", "MIT-0",
        "MIT-CMU", "MIT-Modern-Variant", "MPL-2.0", "PSF-2.0", "Unicode-3.0", "Zlib", "libpng-2.0", "libtiff",
    }
)  # fmt: skip
# A typeface stands beside the program, and the terms of this licence let a document embed it.
COMPATIBLE_TYPEFACES = COMPATIBLE | {"OFL-1.1"}

# Packages whose metadata does not say the licence clearly ("BSD License" may be any of four). A person has read the text
# that comes with this version; another version has to be read again.
READ_BY_A_PERSON = {
    "cached-property 2.0.1": "BSD-3-Clause",
    "chunspell 2.0.5": "MIT AND (GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1)",  # its own code, and Hunspell
    "cssselect2 0.10.1": "BSD-3-Clause",
    "distro 1.9.0": "Apache-2.0",
    "jinja2 3.1.6": "BSD-3-Clause",
    "justmytype-intl-cjk 0.1.0": "MIT AND OFL-1.1",  # its own code, and the fonts
    "partd 1.4.2": "BSD-3-Clause",
    "protobuf 7.36.2": "BSD-3-Clause",
    "pydyf 0.13.0": "BSD-3-Clause",
    "pyphen 0.18.1": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
    "pylopdf-fonts-hi 0.1.1": "OFL-1.1",
    "pylopdf-fonts-jp 0.1.1": "OFL-1.1",
    "pylopdf-fonts-ko 0.1.1": "OFL-1.1",
    "pylopdf-fonts-zh-cn 0.1.1": "OFL-1.1",
    "pylopdf-fonts-zh-tw 0.1.1": "OFL-1.1",
    # Its own code, PDFium, and what is built into that; the wheel has the texts.
    "pypdfium2 5.15.2": (
        "(Apache-2.0 OR BSD-3-Clause) AND Apache-2.0 AND BSD-2-Clause AND BSD-3-Clause AND BSL-1.0 AND FTL AND HPND"
        " AND IJG AND MIT AND Unicode-3.0 AND Zlib AND libpng-2.0 AND libtiff"
    ),
    "pysocks 1.7.1": "BSD-3-Clause",
    "tinycss2 1.5.1": "BSD-3-Clause",
    "uharfbuzz 0.57.0": "Apache-2.0 AND MIT-Modern-Variant",  # its own code, and HarfBuzz
    "weasyprint 70.0": "BSD-3-Clause",
    "webencodings 0.6.1": "BSD-3-Clause",
    "zict 3.0.0": "BSD-3-Clause",
}

# Classifiers that mean exactly one licence.
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "MIT License": "MIT",
}

_SPDX = get_spdx_licensing()


def is_allowed(expression: str, allowed: frozenset[str] = COMPATIBLE) -> bool:
    """Return True if all licences of an AND and at least one of an OR are allowed; False for what is not SPDX."""
    try:
        parsed = _SPDX.parse(expression, validate=True, strict=True)
    except (ExpressionError, ExpressionParseError):
        return False
    if parsed is None:
        return False
    verdicts = {each: _SPDX.TRUE if each.render() in allowed else _SPDX.FALSE for each in parsed.symbols}
    return bool(parsed.subs(verdicts).simplify() == _SPDX.TRUE)


def is_spdx(expression: str) -> bool:
    """Return True if the text is an expression of licences that SPDX knows."""
    return not _SPDX.validate(expression).errors


def read_licence(name: str, distribution: metadata.Distribution) -> str:
    """Return the SPDX expression of a package's licence, or the package's own words if they are not clear."""
    if stated := READ_BY_A_PERSON.get(f"{name} {distribution.version}"):
        return stated
    about = distribution.metadata.json
    if expression := about.get("license_expression"):
        return str(expression)
    words = str(about.get("license", "")).strip().partition("\n")[0]
    if words and is_spdx(words):
        return words
    classifiers = [each.rpartition(" :: ")[2] for each in about.get("classifier", []) if each.startswith("License ::")]
    return " AND ".join(CLASSIFIERS.get(each, each) for each in classifiers) or words
