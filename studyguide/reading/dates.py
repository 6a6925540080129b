"""The day with which the files of a guide are dated: by guide.toml, the environment or git.

Nobody asks the clock, or no two builds would have the same bytes.
"""

import os
import subprocess
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

from studyguide.model import Source
from studyguide.problems import ContentError, Place, Problem

EPOCH = "SOURCE_DATE_EPOCH"

# A repository may be a stranger's: `rev-list` starts no program that its settings name, and fetches nothing with these.
# Whose it is makes no difference, or another user would get other bytes.
GIT = ("git", "-c", "safe.directory=*", "--literal-pathspecs")
ALONE = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1"}


def dated(config: Source | None, content: Path) -> date | None:
    """The book's own `date`; else the day of SOURCE_DATE_EPOCH; else that of the newest commit of the content, in UTC.

    Raises ContentError.
    """
    return written(config) or given() or committed(content)


def written(config: Source | None) -> date | None:
    """The `date` of guide.toml; one that is wrong is told by ``config``."""
    try:
        found = tomllib.loads(config.text).get("date") if config else None
    except (ValueError, RecursionError):  # as in ``config``, which tells of it
        return None
    return found if isinstance(found, date) else None


def given() -> date | None:
    value = os.environ.get(EPOCH, "")
    if not value:
        return None
    try:
        return day(value)
    except (ValueError, OverflowError, OSError) as error:
        found, fix = f"`{value}` is no time in seconds", "write what `date +%s` prints, or unset it"
        raise ContentError([Problem(Place(EPOCH), "wrong-value", found, fix)]) from error


def committed(content: Path) -> date | None:
    """The day of the newest commit that changed this folder or file; in a shallow clone the oldest one counts as all before it."""
    folder, name = (content, ".") if content.is_dir() else (content.parent, content.name)
    command = [*GIT, "-C", str(folder), "rev-list", "-1", "--timestamp", "HEAD", "--", name]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        done = subprocess.run(command, env={**environment, **ALONE}, capture_output=True, text=True, check=False)
    except OSError:  # a machine without git
        return None
    return day(done.stdout.split()[0]) if done.returncode == 0 and done.stdout else None


def day(seconds: str) -> date:
    return datetime.fromtimestamp(int(seconds), UTC).date()
