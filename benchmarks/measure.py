"""Run a command and write what it took as JSON: `measure.py RESULT LOG COMMAND...`.

A process of its own that imports little, because Linux counts the memory of the starting process for the started one until that
begins its own program. It waits for all processes that the command leaves behind, and counts them. Ctrl-C is passed on.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
LINGER = 15.0  # seconds in which the processes that a command leaves behind may end


def main(result: str, log: str, command: list[str]) -> int:
    """Run the command; return its exit code. Its output goes to the file ``log``.

    The result has the seconds until the command ended, the seconds of processor time of all its processes, the kilobytes of memory
    of the largest of them, and how many had to be killed because they went on.
    """
    if sys.platform == "linux":
        # A process whose parent has ended becomes our child, so that its time is counted too.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    process: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, _frame: object) -> None:
        if process:
            os.killpg(process.pid, number)

    # Also where the shell lets background processes ignore Ctrl-C: what is started does not inherit a handler.
    signal.signal(signal.SIGINT, pass_on)
    with open(log, "ab") as file:  # noqa: PTH123 - pathlib would double the memory of this process
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    seconds, end, cpu, memory, killed = 0.0, float("inf"), 0.0, 0, 0
    while True:
        try:
            pid, status, usage = os.wait4(-1, 0 if process.returncode is None else os.WNOHANG)
        except ChildProcessError:
            break
        if pid == 0:
            if time.perf_counter() > end:
                killed += _kill_session(process.pid)
            time.sleep(0.01)
            continue
        if pid == process.pid:
            seconds = time.perf_counter() - start
            end = time.perf_counter() + LINGER
            process.returncode = os.waitstatus_to_exitcode(status)
        cpu += usage.ru_utime + usage.ru_stime
        memory = max(memory, usage.ru_maxrss // (1 if sys.platform == "linux" else 1024))
    with open(result, "w") as report:  # noqa: PTH123
        json.dump({"seconds": seconds, "cpu": cpu, "kilobytes": memory, "killed": killed}, report)
    return process.returncode


def _kill_session(session: int) -> int:
    try:
        os.killpg(session, signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
