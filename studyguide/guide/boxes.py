"""Boxes as an extension of Python-Markdown: ``!!! note``, with a title in the language of the text."""

import re
from collections.abc import Mapping

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions.admonition import AdmonitionExtension, AdmonitionProcessor

_PRIORITY = 105  # that of Python-Markdown's own processor


class Boxes(AdmonitionExtension):
    """Turns ``!!! note`` into a box; ``titles`` has the title of each kind, for authors who give none."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        super().__init__()
        self._titles = titles

    def extendMarkdown(self, md: Markdown) -> None:
        super().extendMarkdown(md)
        md.parser.blockprocessors.register(_TitledBoxProcessor(md.parser, self._titles), "admonition", _PRIORITY)


class _TitledBoxProcessor(AdmonitionProcessor):
    def __init__(self, parser: BlockParser, titles: Mapping[str, str]) -> None:
        super().__init__(parser)
        self._titles = titles

    def get_class_and_title(self, match: re.Match[str]) -> tuple[str, str | None]:
        kinds, title = super().get_class_and_title(match)
        return kinds, self._titles.get(kinds.split(" ")[0], title) if match[2] is None else title
