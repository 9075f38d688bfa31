"""Becomes another program, after tying its life to its parent's and, for root, giving up root's rights.

Runs as a script, with the standard library only, between fork and exec: no code of ours then runs in a forked copy of
a process with threads. Linux ties the two lives together by ``PR_SET_PDEATHSIG``; elsewhere a parent that is killed
leaves its children behind.

    python launch.py PARENT-PID DEATH-SIGNAL ACCOUNT-OR-EMPTY REACH-OR-EMPTY PROGRAM [ARGUMENT ...]
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAP_SETPCAP = 8


def _prctl(option: int, first: int, second: int = 0) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(option, ctypes.c_ulong(first), ctypes.c_ulong(second), ctypes.c_ulong(0), ctypes.c_ulong(0)):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _keep_reach() -> None:
    """Keep, of all root's rights, only the one to enter directories that are closed to the account."""
    library = ctypes.CDLL(None, use_errno=True)
    header, sets = _Header(LINUX_CAPABILITY_VERSION_3, 0), (_Sets * 2)()
    library.capget(ctypes.byref(header), sets)
    permitted: int = sets[0].permitted
    # A container's root usually lacks the smaller of the two rights.
    reach = next((c for c in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if permitted & (1 << c)), None)
    if reach is None:
        sys.exit("root has no right here to enter closed directories")
    only = _Sets(1 << reach, 1 << reach, 1 << reach)
    if library.capset(ctypes.byref(header), (_Sets * 2)(only, _Sets(0, 0, 0))):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, reach)


def become_account(name: str, *, with_reach: bool) -> None:
    """Give up root for this account, for good; ``with_reach`` keeps the right to enter any directory."""
    account = pwd.getpwnam(name)
    if with_reach:
        # Rights then outlast the change of account, and access(2), by which PostgreSQL finds its programs, heeds them.
        _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
    if with_reach:
        _keep_reach()


def die_with_parent(parent: int, death_signal: int) -> None:
    """Have the kernel send ``death_signal`` to this process when its parent is gone, however that happens."""
    if sys.platform == "linux":
        _prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        sys.exit("the parent is gone already")


def main() -> None:
    """See the module's docstring."""
    parent, death_signal, account, reach, program, *arguments = sys.argv[1:]
    if account:
        become_account(account, with_reach=bool(reach))
    # Only now: a change of account clears the tie.
    die_with_parent(int(parent), int(death_signal))
    os.execv(program, [program, *arguments])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
