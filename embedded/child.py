"""Becomes a program that dies with whoever started it.

Run as a script, with one argument in JSON: it takes on the account, asks the kernel for a signal when the thread
that started it ends, and is then replaced by the program. A script of its own instead of a `preexec_fn`, which is
not safe in a process with threads; it imports nothing of Vicino, so that it starts in a few milliseconds.
"""

import ctypes
import json
import os
import signal
import sys
from typing import Any

# The folder named in the order is open under this number, so that a program can reach it even where its account
# may not enter the folders above.
FOLDER_DESCRIPTOR = 9
FOLDER = f"/proc/self/fd/{FOLDER_DESCRIPTOR}"

NOT_STARTED = 127
_PR_SET_PDEATHSIG = 1


def become(order: dict[str, Any]) -> None:
    """Replace this process by the program `order["argv"]`.

    `parent` is the process id of whoever gave the order, `death_signal` what is sent when it ends; `uid` and
    `gid`, `folder` and `cwd` may be null. Raises `OSError` if a step is not possible.
    """
    os.umask(0o077)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    if order["folder"] is not None:
        descriptor = os.open(order["folder"], os.O_RDONLY | os.O_DIRECTORY)
        os.dup2(descriptor, FOLDER_DESCRIPTOR, inheritable=True)
    if order["cwd"] is not None:
        os.chdir(order["cwd"])
    if order["uid"] is not None:
        os.setgroups([])
        os.setgid(order["gid"])
        os.setuid(order["uid"])
    # After the change of account, which would undo it.
    if sys.platform == "linux":
        library = ctypes.CDLL(None, use_errno=True)
        if library.prctl(_PR_SET_PDEATHSIG, order["death_signal"], 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != order["parent"]:
        sys.exit(NOT_STARTED)
    os.execvp(order["argv"][0], order["argv"])  # noqa: S606 - replacing this process is its purpose


if __name__ == "__main__":
    try:
        become(json.loads(sys.argv[1]))
    except OSError as error:
        sys.stderr.write(f"The program could not be started: {error}\n")
        sys.exit(NOT_STARTED)
