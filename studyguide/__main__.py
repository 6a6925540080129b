"""Start the program: `studyguide`, `python -m studyguide`, and build.py in a checkout.

Each worker process imports this file, so it imports the command line where it runs it.
"""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from studyguide import CHECKOUT_FOLDER, COMMAND

_ALLOCATIONS_PER_COLLECTION = 100_000
"""Python's own 700 makes a build of one edit 7 % slower: what imports and the cache make is no garbage."""
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
"""Name and mode of each standard stream, in the order of their descriptors."""
_STOPPED = 130
"""Exit code after Ctrl-C."""


def run(command: str = COMMAND) -> int:
    """Run the command line of this process, whatever its streams are, and return the exit code.

    ``command`` is the name that messages call the program by.
    """
    _open_closed_streams()
    try:
        code = main(sys.argv[1:], command)
    except KeyboardInterrupt:  # before the command line could answer it
        code = _STOPPED
    _empty_streams()
    return code


def main(args: Sequence[str], command: str = COMMAND) -> int:
    """Run the command line and return the exit code. Raises SystemExit with a message if a package is missing."""
    gc.set_threshold(_ALLOCATIONS_PER_COLLECTION)
    try:
        from studyguide import cli

        return cli.main(args, command)
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "studyguide", *sys.stdlib_module_names):
            raise  # a fault of the program or of Python
        sys.exit(f"{command}: {error}; {_advise_setup()}")


def _advise_setup() -> str:
    """Say what to do about a package that is missing, or that is another version than the program needs."""
    if not CHECKOUT_FOLDER:
        return "install the program anew"
    own, foreign = CHECKOUT_FOLDER / ".venv", os.environ.get("VIRTUAL_ENV", "")
    if foreign and own.exists() and os.path.realpath(foreign) != os.path.realpath(own):
        return f"run `deactivate` to leave {foreign}"
    return f"run `make setup` in {CHECKOUT_FOLDER}"


def _open_closed_streams() -> None:
    """Open a way to nowhere in place of each standard stream that is closed; other files would take its descriptor."""
    for descriptor, (name, mode) in enumerate(_STREAMS):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free descriptor
            os.set_inheritable(descriptor, True)
            setattr(sys, name, os.fdopen(descriptor, mode))


def _empty_streams() -> None:
    """Write what Python holds back; give up what cannot be written, which would change the exit code to 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(run())
