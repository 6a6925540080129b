"""Find the time that a guide's files bear: guide.toml, environment, git → datetime.

The clock is never read, or no two builds would have the same bytes.
"""

import os
import re
import resource
import stat
from contextlib import suppress
from datetime import UTC, date, datetime, time
from pathlib import Path

from studyguide.model import Source
from studyguide.problems import ContentError, Place, Problem
from studyguide.toml_text import parse_toml

FIRST_YEAR = 1000
"""The first year that an EPUB can bear, which writes four digits."""
EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"
"""The environment variable with a date in seconds since 1970 (reproducible-builds.org)."""

# A repository may be a stranger's: `rev-list` starts no program that its settings name, and fetches nothing with these.
# Its owner makes no difference, or another user would get other bytes. Where its settings would include other files, or where one
# of the files that git reads first is no plain file, git is not asked.
_GIT = ("git", "-c", "safe.directory=*", "--literal-pathspecs")
_GIT_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
_GIT_SECONDS = 10
"""The most seconds that git may take; in a repository of a million commits it takes one or two."""
_GIT_MEMORY = 1_000_000_000  # bytes; an object of a stranger's may unpack to any number
_MAX_SETTINGS_SIZE = 100_000  # bytes
_WORK_TREE = re.compile(rb"^\s*worktree\s*=\s*(.+?)\s*$", re.MULTILINE | re.IGNORECASE)
_INCLUDE = re.compile(rb"\[\s*include", re.IGNORECASE)


def find_moment(config: Source | None, content: Path) -> datetime | None:
    """Return the beginning of the `date` of guide.toml, else SOURCE_DATE_EPOCH, else the time of the content's newest commit, in UTC.

    Changes that are not committed have the time of the commit before them. Raises ContentError if SOURCE_DATE_EPOCH is wrong.
    """
    day = read_config_date(config)
    return datetime.combine(day, time(), UTC) if day else _read_epoch() or _find_commit_time(content)


def read_config_date(config: Source | None) -> date | None:
    """Return the `date` of guide.toml; None if it has none or a wrong one, which ``reading.config`` reports."""
    try:
        found = parse_toml(config.text).get("date") if config else None
    except ValueError:  # as in ``reading.config``, which reports it
        return None
    return found if isinstance(found, date) and not isinstance(found, datetime) else None


def _read_epoch() -> datetime | None:
    value = os.environ.get(EPOCH_VARIABLE, "")
    if not value:
        return None
    try:
        moment = _read_seconds(value)
        if moment.year < FIRST_YEAR:
            raise ValueError(f"the year {moment.year}")
        return moment
    except (ValueError, OverflowError, OSError) as error:
        found, fix = f"`{value}` is no time in seconds", "write what `date +%s` prints, or unset it"
        raise ContentError([Problem(Place(EPOCH_VARIABLE), "wrong-value", found, fix)]) from error


def _find_commit_time(content: Path) -> datetime | None:
    """Return the time of the newest commit that changed this folder or file, or None without git or commits.

    In a shallow clone, the oldest commit there is counts as one that changed everything.
    """
    import subprocess  # it takes 10 ms, which a guide with a date need not pay

    folder, name = (content, ".") if content.is_dir() else (content.parent, content.name)
    found = _find_repository(folder.resolve())
    if found is None:
        return None
    tree, repository = found
    places = ["-C", str(folder), f"--git-dir={repository}", f"--work-tree={tree}"]
    command = [*_GIT, *places, "rev-list", "-1", "--timestamp", "HEAD", "--", name]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        done = subprocess.run(
            command,
            env={**environment, **_GIT_ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_GIT_SECONDS,
            preexec_fn=_limit_memory,
        )
    except (OSError, subprocess.TimeoutExpired):  # a machine without git; a pipe among the files of the repository
        return None
    if done.returncode or not done.stdout:
        return None
    try:
        return _read_seconds(done.stdout.split()[0])
    except (ValueError, OverflowError, OSError):  # a commit of the year 10,000
        return None


def _limit_memory() -> None:
    """Let this process, which becomes git, take no more memory than git may."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = _GIT_MEMORY if hard == resource.RLIM_INFINITY else min(_GIT_MEMORY, hard)
    with suppress(ValueError, OSError):  # a system that knows no such limit
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _find_repository(folder: Path) -> tuple[Path, Path] | None:
    """Return the folder of the files and the folder of the repository that a folder is part of; None if git is not to be asked.

    A repository that is not called `.git` is not found: it may lie in a stranger's guide as if it were part of it.
    """
    for tree in (folder, *folder.parents):
        path = tree / ".git"
        if not os.path.lexists(path):
            continue
        if path.is_symlink():
            return None
        repository = path if path.is_dir() else _read_link(path, "gitdir:")
        if repository is None or not (repository == path or _belongs_to_tree(repository, path)):
            return None
        # A working tree of its own has a folder inside that of the repository, and the settings are in that one.
        common = _read_link(repository / "commondir") or repository
        if common.resolve() not in (repository.resolve(), repository.resolve().parent.parent):
            return None
        settings = [common / "config", *(each / "config.worktree" for each in {common, repository})]
        is_plain = all(map(_is_harmless, settings)) and _read_small(repository / "HEAD") is not None
        return (tree, repository) if is_plain else None
    return None


def _belongs_to_tree(repository: Path, path: Path) -> bool:
    """Return True if the repository of a working tree or a submodule says that it belongs to the `.git` file at ``path``.

    A repository that does not say so may be another one on this machine, which a stranger's guide points to.
    """
    tree = _WORK_TREE.search(_read_small(repository / "config") or b"")
    folder = repository / os.fsdecode(tree[1]) if tree else None
    file = _read_link(repository / "gitdir")
    try:
        return (file is not None and file.resolve() == path.resolve()) or (
            folder is not None and folder.resolve() == path.parent.resolve()
        )
    except (OSError, ValueError, RuntimeError):  # a ring of links, or a character that no name has
        return False


def _read_link(path: Path, before: str = "") -> Path | None:
    """Return the folder that a file of git names, after these words, relative to its own; None if it names none."""
    text = (_read_small(path) or b"").decode("utf-8", "surrogateescape").strip("\n")
    name = text.removeprefix(before).strip()
    return path.parent / name if name and text.startswith(before) and "\0" not in name else None


def _is_harmless(settings: Path) -> bool:
    """Return True if a file of git's settings is not there, or is a plain small file that includes no other."""
    if not os.path.lexists(settings):
        return True
    text = _read_small(settings)
    return text is not None and not _INCLUDE.search(text)


def _read_small(path: Path) -> bytes | None:
    """Return the bytes of a small plain file; None for a link, a pipe, or anything else."""
    try:
        status = path.lstat()
        is_small_file = stat.S_ISREG(status.st_mode) and status.st_size <= _MAX_SETTINGS_SIZE
        return path.read_bytes() if is_small_file else None
    except (OSError, ValueError):
        return None


def _read_seconds(text: str) -> datetime:
    return datetime.fromtimestamp(int(text), UTC)
