"""The walls around students' code: what bubblewrap shows it, and which system calls Linux refuses it."""

import errno
import os
import platform
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 2**20

#: The folders and links that a Python needs of a system, bound as they are where they are there.
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives")

#: What root keeps, to become another user and to end that user's processes.
CAPABILITIES = ("SETUID", "SETGID", "KILL", "CHOWN", "DAC_OVERRIDE")

#: By machine: how Linux calls it; the system call that makes a process; and those that are refused,
#: which are shmget, semget, msgget, unshare, and clone3, in whose place Python then takes the first.
CALLS = {
    "x86_64": (0xC000003E, 56, (29, 64, 68, 272, 435)),
    "aarch64": (0xC00000B7, 220, (194, 190, 186, 97, 435)),
}
CLONE_NEWUSER = 0x10000000

#: What a line of a filter does. A jump has two lengths, for yes and for no.
LOAD = 0x20
JUMP_IF_EQUAL = 0x15
JUMP_IF_AT_LEAST = 0x35
JUMP_IF_BIT = 0x45
RETURN = 0x06

#: Where a filter finds what it asks about: in bytes from the beginning of Linux' report of a call.
CALL = 0
MACHINE = 4
FIRST_ARGUMENT = 16

#: What a filter may return.
ALLOW = 0x7FFF0000
REFUSE = 0x00050000 | errno.ENOSYS


def refusals() -> bytes:
    """Return the program by which Linux refuses some system calls (a "seccomp filter").

    They are those for memory that outlives its process and counts for nobody's limit, and for user
    namespaces, in which memory disks of any size could be made. On another machine it is empty.
    """
    if platform.machine() not in CALLS:
        return b""
    machine, clone, refused = CALLS[platform.machine()]
    # The line that refuses; each jump is counted from the line after its own.
    end = 8 + len(refused)
    lines = [
        (LOAD, 0, 0, MACHINE),
        (JUMP_IF_EQUAL, 0, end - 2, machine),
        (LOAD, 0, 0, CALL),
        (JUMP_IF_AT_LEAST, end - 4, 0, 0x40000000),  # numbers of yet another machine
        *((JUMP_IF_EQUAL, end - place, 0, call) for place, call in enumerate(refused, 5)),
        (JUMP_IF_EQUAL, 0, 2, clone),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (JUMP_IF_BIT, 1, 0, CLONE_NEWUSER),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def walls(user: int | None, disk: int, filter_file: int) -> list[str]:
    """Return the command that puts the rest of a command line behind bubblewrap's walls.

    Inside there is the system and our Python, the course and its data, to be read only; memory disks to
    write on; and nothing else: no network, no other process, no shared memory of others. All that
    runs inside ends with it.

    Args:
        user: as whom answers will run; None if that is who we are.
        disk: how many megabytes each memory disk holds.
        filter_file: the descriptor of an open file with what :func:`refusals` returns.
    """
    pythons = {Path(place).resolve() for place in (sys.prefix, sys.base_prefix)}
    data = Path(os.environ.get("MNISTLIB_DATA") or ROOT / "data").resolve()
    bound = [*pythons, ROOT / "mnistlib", ROOT / "course", data]
    command = ["bwrap", "--die-with-parent", "--new-session", "--as-pid-1", "--unshare-pid"]
    if platform.machine() in CALLS:
        command += ["--seccomp", str(filter_file)]
    command += ["--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if user is None:
        command += ["--unshare-user", "--disable-userns"]
    else:
        command += ["--cap-drop", "ALL"]
        for capability in CAPABILITIES:
            command += ["--cap-add", f"CAP_{capability}"]
    command += ["--proc", "/proc", "--dev", "/dev", "--setenv", "TMPDIR", "/tmp"]
    for folder in ("/tmp", "/dev/shm"):
        command += ["--size", str(disk * MEGABYTE), "--perms", "1777", "--tmpfs", folder]
    above = {folder for path in bound for folder in path.parents} - {Path("/"), Path("/tmp")}
    for folder in sorted(above):
        command += ["--perms", "0755", "--dir", str(folder)]
    for path in SYSTEM:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        else:
            command += ["--ro-bind-try", path, path]
    for path in map(str, bound):
        command += ["--ro-bind", path, path]
    return [*command, "--remount-ro", "/", "--remount-ro", "/dev", "--chdir", "/tmp"]
