"""Find out about the person who starts the program: name and language; and where the program was installed from."""

import getpass
import json
import os
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

_DISTRIBUTION = "studyguide"
_NOBODYS_LOGINS = frozenset({
    "admin", "administrator", "app", "build", "builder", "circleci", "codespace", "debian", "default", "docker", "ec2-user", "gitlab-runner",
    "gitpod", "guest", "jenkins", "jovyan", "node", "nobody", "pi", "root", "runner", "test", "ubuntu", "user", "vagrant", "vscode",
})  # fmt: skip
"""The logins that systems, containers and services give to everybody."""
_GIT_SECONDS = 10
"""The most seconds that git may take."""
_LONGEST_NAME = 100
"""Characters of a name; a longer one is none."""
_LANGUAGE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The variables for the language of messages, of which the first that is set counts (POSIX 8.2)."""


def find_author() -> str:
    """Return the name that git signs commits with, else the name of the login; empty if there is neither, or if everybody has that login.

    The settings of a repository are not read: it may be a stranger's.
    """
    name = _ask_git("config", "--global", "user.name")
    if not name:
        try:
            name = getpass.getuser()
        except (OSError, KeyError, ImportError):  # a user without a name, as in a container
            return ""
        if name.casefold() in _NOBODYS_LOGINS:
            return ""
    return name if name.isprintable() and len(name) <= _LONGEST_NAME else ""


def find_language_tag() -> str:
    """Return the tag of the person's language: ``de-AT`` for ``LANG=de_AT.UTF-8``; empty if the environment names none."""
    value = next((os.environ[name] for name in _LANGUAGE_VARIABLES if os.environ.get(name)), "")
    tag = value.partition(".")[0].partition("@")[0].replace("_", "-")
    return "" if tag in ("C", "POSIX") else tag


def find_program_address(checkout: Path | None) -> str:
    """Return what pip installs this program from on another machine; empty if that cannot be said.

    ``checkout`` is the folder of a program that is not installed, whose git remote counts.
    """
    if checkout:
        return _find_remote(checkout)
    try:
        installed = distribution(_DISTRIBUTION)
    except PackageNotFoundError:
        return ""
    text = installed.read_text("direct_url.json")  # PEP 610
    if not text:
        return f"{_DISTRIBUTION}=={installed.version}"
    origin = json.loads(text)
    url = urlsplit(origin["url"])
    if url.scheme == "file":
        return _find_remote(Path(unquote(url.path)))
    address = _hide_login(origin["url"])
    commit = origin.get("vcs_info", {}).get("commit_id", "")
    return f"git+{address}@{commit}" if commit else address


def _find_remote(folder: Path) -> str:
    """Return the address of the git remote of a folder if everybody can reach it; empty if not."""
    if not (folder / ".git").exists():
        return ""
    address = _ask_git("-C", str(folder), "remote", "get-url", "origin")
    return f"git+{_hide_login(address)}" if address.startswith("https://") else ""


def _hide_login(address: str) -> str:
    """Return an address without the user's name and password."""
    url = urlsplit(address)
    return url._replace(netloc=url.netloc.rpartition("@")[2]).geturl()


def _ask_git(*words: str) -> str:
    """Return what a command of git prints; empty if there is no git, or if it says nothing."""
    try:
        done = subprocess.run(
            ["git", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_GIT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return "" if done.returncode else done.stdout.strip()
