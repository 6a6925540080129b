"""Find the date of a guide's files: guide.toml, environment, git → date.

The clock is never read, or no two builds would have the same bytes.
"""

import os
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

from studyguide.model import Source
from studyguide.problems import ContentError, Place, Problem

FIRST_YEAR = 1000
"""The first year that an EPUB can bear, which writes four digits."""
EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"
"""The environment variable with a date in seconds since 1970 (reproducible-builds.org)."""

# A repository may be a stranger's: `rev-list` starts no program that its settings name, and fetches nothing with these.
# Its owner makes no difference, or another user would get other bytes.
_GIT = ("git", "-c", "safe.directory=*", "--literal-pathspecs")
_GIT_ENVIRONMENT = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1"}


def find_date(config: Source | None, content: Path) -> date | None:
    """Return the `date` of guide.toml, else the day of SOURCE_DATE_EPOCH, else that of the content's newest commit, in UTC.

    Raises ContentError if SOURCE_DATE_EPOCH is wrong.
    """
    return read_config_date(config) or _read_epoch() or _find_commit_date(content)


def read_config_date(config: Source | None) -> date | None:
    """Return the `date` of guide.toml; None if it has none or a wrong one, which ``reading.config`` reports."""
    try:
        found = tomllib.loads(config.text).get("date") if config else None
    except (ValueError, RecursionError):  # as in ``reading.config``, which reports it
        return None
    return found if isinstance(found, date) and not isinstance(found, datetime) else None


def _read_epoch() -> date | None:
    value = os.environ.get(EPOCH_VARIABLE, "")
    if not value:
        return None
    try:
        day = _to_date(value)
        if day.year < FIRST_YEAR:
            raise ValueError(f"the year {day.year}")
        return day
    except (ValueError, OverflowError, OSError) as error:
        found, fix = f"`{value}` is no time in seconds", "write what `date +%s` prints, or unset it"
        raise ContentError([Problem(Place(EPOCH_VARIABLE), "wrong-value", found, fix)]) from error


def _find_commit_date(content: Path) -> date | None:
    """Return the day of the newest commit that changed this folder or file, or None without git or commits.

    In a shallow clone, the oldest commit there is counts as one that changed everything.
    """
    import subprocess  # it takes 10 ms, which a guide with a date need not pay

    folder, name = (content, ".") if content.is_dir() else (content.parent, content.name)
    command = [*_GIT, "-C", str(folder), "rev-list", "-1", "--timestamp", "HEAD", "--", name]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        done = subprocess.run(
            command, env={**environment, **_GIT_ENVIRONMENT}, capture_output=True, text=True, check=False
        )
    except OSError:  # a machine without git
        return None
    return _to_date(done.stdout.split()[0]) if done.returncode == 0 and done.stdout else None


def _to_date(seconds: str) -> date:
    return datetime.fromtimestamp(int(seconds), UTC).date()
