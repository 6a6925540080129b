"""Read the files of a guide that lie over the program's: templates, styles and words.

A file in ``templates/``, ``styles/`` or ``locale/`` of a guide takes the place of the program's of that path; of the words only those
that it has.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from studyguide.html_text import find_sources, find_style_sources, make_file_address
from studyguide.limits import check_limit
from studyguide.model import IMAGE_ENDINGS, Figure, Source
from studyguide.problems import Place, Problem, suggest_names

OWN_FOLDERS = {"templates": (".html", ".xhtml"), "styles": (".css",), "locale": (".toml",)}
"""Folder of a guide → the endings of the files that are read in it."""

ADDED_STYLES = ("print.css", "ebook.css", "web.css", "cards.css")
"""Styles of a guide that follow the program's, and take the place of none."""
_PAGE = re.compile(r"pages/[\w.-]+\.css")


def read_own_files(
    guide: Path,
    folders: Mapping[str, Sequence[Path]],
    read_text: Callable[[Path], Source | None],
    problems: list[Problem],
) -> dict[str, tuple[Source, ...]]:
    """Return the files of each folder, with paths relative to it; ``folders`` has the files that are there.

    ``read_text`` returns the text of a file, or None if that is a problem. Too many files are added to the problems, and none is read.
    """
    wanted = {
        name: [
            path for path in folders[name] if path.suffix.lower() in endings and not _is_hidden(path.relative_to(guide))
        ]
        for name, endings in OWN_FOLDERS.items()
    }
    excess = list(check_limit("own-files", sum(map(len, wanted.values())), "the guide", Place(str(guide))))
    if excess:
        problems += excess
        return dict.fromkeys(OWN_FOLDERS, ())
    return {
        name: tuple(
            replace(source, path=path.relative_to(guide / name).as_posix(), origin=source.path)
            for path in paths
            if (source := read_text(path))
        )
        for name, paths in wanted.items()
    }


def find_unread_files(own: Iterable[Source], program: Iterable[Source], folder: str) -> Iterator[Problem]:
    """Yield a warning for each of the guide's own templates or styles that no book uses: most have a misspelt name.

    A template may be a part of another of the guide's own.
    """
    own, known = tuple(own), {source.path for source in program}
    names = {path.rpartition("/")[2] for path in known}
    for source in own:
        name = source.path.rpartition("/")[2]
        if folder == "styles":
            is_used = source.path in {*known, *ADDED_STYLES} or bool(_PAGE.fullmatch(source.path))
        else:
            is_used = name in names or any(name in other.text for other in own if other is not source)
        if not is_used:
            found = f"no book uses a file of the name `{folder}/{source.path}`"
            fix = suggest_names(source.path, [*known, *(ADDED_STYLES if folder == "styles" else ())])
            yield Problem(Place(source.origin), "unread-file", found, fix, severity="warning")


def find_figures(templates: Iterable[Source], styles: Iterable[Source]) -> Iterator[Figure]:
    """Yield the figures that the guide's own templates and styles name, at their first place."""
    for sources, find in ((templates, find_sources), (styles, find_style_sources)):
        for source in sources:
            for path in sorted(find(source.text)) if source.origin else ():
                if (
                    path.lower().endswith(IMAGE_ENDINGS)
                    and not path.startswith((".", "/"))
                    and not {":", "{"} & set(path)
                ):
                    place = source.at(1, make_file_address(path))
                    yield Figure(path, "a part of the look", replace(place, path=source.origin))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
