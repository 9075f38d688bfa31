"""Where PostgreSQL's write-ahead log is archived, and the commands by which it goes there and comes back.

A segment appears in the archive whole or not at all. It is archived only once there is an archive: `mediation backup`
makes it. What a receiver has streamed beside it, up to the last commit, is read where the archive ends.
"""

from pathlib import Path
from shlex import quote

ARCHIVED = "archived"
"""Segments that PostgreSQL archived, compressed: each minute at the latest."""
RECEIVED = "received"
"""What `pg_receivewal` has streamed; the last segment is partial."""
LINK = "wal"
"""In the directory of a server: leads to the folder of backups, once there is one."""


def archive_command(server: Path) -> str:
    """Return the shell command by which a server with this directory archives a segment."""
    folder = server / LINK
    kept, part = _named(folder / ARCHIVED, "%f.gz"), _named(folder / ARCHIVED, "%f.part")
    again = f"gzip -dc {kept} 2>/dev/null | cmp -s - %p"
    new = f"test ! -f {kept} && gzip -1 -c %p > {part} && sync {part} && mv {part} {kept}"
    return f"test ! -d {_quoted(folder / ARCHIVED)} || {again} || {{ {new}; }}"


def restore_command(backups: Path) -> str:
    """Return the shell command by which a server that is put back gets a segment from a folder of backups."""
    archived = _named(backups / ARCHIVED, "%f.gz")
    received, partial = (_named(backups / RECEIVED, name) for name in ("%f", "%f.partial"))
    return (
        f"if test -f {archived}; then gzip -dc {archived} > %p; "
        f"elif test -f {received}; then cp {received} %p; else cp {partial} %p 2>/dev/null; fi"
    )


def _quoted(path: Path) -> str:
    return quote(str(path)).replace("%", "%%")


def _named(folder: Path, name: str) -> str:
    return f"{_quoted(folder)}/{name}"
