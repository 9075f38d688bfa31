"""The account PostgreSQL runs as when the sandbox is started by root, which PostgreSQL refuses to run as."""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sandbox.embedded.errors import DirectoryUnreachable, NoUnprivilegedAccount
from sandbox.embedded.launch import CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SETPCAP
from sandbox.embedded.process import Account

ACCOUNT_NAME = "mediation-postgres"
FALLBACK_NAME = "nobody"


def unprivileged_account(must_reach: Sequence[Path]) -> Account | None:
    """The account to run as, able to enter the directories given; ``None`` when we are an ordinary user ourselves.

    A clone under /root is closed to other accounts. Rather than open it to everyone, the child keeps root's right to
    enter directories, and no other. Raises ``NoUnprivilegedAccount`` and ``DirectoryUnreachable``.
    """
    if os.geteuid() != 0:
        return None
    name = _ensure_account()
    closed = next((path for path in must_reach if not _open_to_everyone(path)), None)
    if closed is None:
        return Account(name)
    if not _root_may_pass_on_reach():
        raise DirectoryUnreachable(account=name, directory=closed)
    return Account(name, with_reach=True)


def user_id(account: Account | None) -> int:
    """The numeric user the account's files belong to."""
    return os.geteuid() if account is None else pwd.getpwnam(account.name).pw_uid


def hand_over(path: Path, account: Account | None) -> None:
    """Make the account the owner of a file or directory."""
    if account is not None:
        entry = pwd.getpwnam(account.name)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def _ensure_account() -> str:
    if not _exists(ACCOUNT_NAME) and (useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")):
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT_NAME]
        # It fails when another program is adding an account at this moment: what counts is whether it exists after.
        subprocess.run(command, check=False, capture_output=True)
    for name in (ACCOUNT_NAME, FALLBACK_NAME):
        if _exists(name):
            return name
    raise NoUnprivilegedAccount


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _open_to_everyone(path: Path) -> bool:
    whole = path.resolve()
    return all(step.stat().st_mode & stat.S_IXOTH for step in (whole, *whole.parents) if step.is_dir())


def _root_may_pass_on_reach() -> bool:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return False
    permitted = next((int(line.split()[1], 16) for line in lines if line.startswith("CapPrm:")), 0)
    return bool(permitted & 1 << CAP_SETPCAP and permitted & (1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH))
