"""Writes the digest of every image of others behind its tag, in docker-compose.yml and the Dockerfile.

python deploy/digests.py           ask the registry, by `docker buildx imagetools inspect`, and write what it says
python deploy/digests.py --check   only say which images have no digest; ends with 1 when there are any

A tag can be given to another image tomorrow; a digest cannot. Digests that stand there already are asked again, so the
same command takes over what was mended under a tag.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FILES = ("docker-compose.yml", "Dockerfile")
IMAGE = re.compile(
    r"^(?P<before>\s*image: |FROM )(?P<name>[\w./-]+:[\w.-]+)(?P<digest>@sha256:[0-9a-f]{64})?", re.MULTILINE
)
OURS = "direct-mediation:"
"""How the image begins that is built here."""
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class NotTold(Exception):
    """The registry did not say which digest an image has."""


def images(folder: Path) -> Iterator[tuple[str, bool]]:
    """Yield every image of others, with whether it has a digest."""
    for name in FILES:
        for found in IMAGE.finditer((folder / name).read_text(encoding="utf-8")):
            if not found["name"].startswith(OURS):
                yield found["name"], bool(found["digest"])


def asked(image: str) -> str:
    """Return the digest of an image as the registry tells it, for all its platforms together."""
    command = ["docker", "buildx", "imagetools", "inspect", image, "--format", "{{json .Manifest}}"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        digest = str(json.loads(told.stdout)["digest"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        raise NotTold(f"{image}: {type(error).__name__}") from None
    if not DIGEST.fullmatch(digest):
        raise NotTold(f"{image}: no digest in the answer")
    return digest


def write(folder: Path, digests: dict[str, str]) -> None:
    """Write each image with its digest."""

    def pinned(found: re.Match[str]) -> str:
        digest = digests.get(found["name"])
        return f"{found['before']}{found['name']}@{digest}" if digest else found[0]

    for name in FILES:
        file = folder / name
        file.write_text(IMAGE.sub(pinned, file.read_text(encoding="utf-8")), encoding="utf-8")


def main() -> int:
    """See the module."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="only say which images have no digest")
    options.add_argument("--folder", type=Path, default=Path(__file__).parents[1], help="where the two files are")
    given = options.parse_args()
    found = dict(images(given.folder))
    if given.check:
        missing = [image for image, has in found.items() if not has]
        sys.stdout.write("".join(f"no digest: {image}\n" for image in missing))
        return 1 if missing else 0
    try:
        digests = {image: asked(image) for image in found}
    except NotTold as error:
        sys.stderr.write(f"Nothing was changed: the registry did not tell the digest of {error}\n")
        return 1
    write(given.folder, digests)
    sys.stdout.write("".join(f"{image}@{digest}\n" for image, digest in digests.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
