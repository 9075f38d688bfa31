"""Entity tags and what callers say with them: which version they have, and whether it must still be that one.

RFC 9110, 8.8.3 and 13.1. A tag of ours is the version of what is shown, if it has one, then a digest of what is sent:
`"12.0d3f…"`. A command may name the version alone (`"12"`), as it stands in `version` and after a command in `ETag`.
"""

import re
from hashlib import blake2b
from typing import Annotated, NamedTuple

from fastapi import Depends, Header, Request
from starlette.datastructures import Headers

from api.problems import Invalid, MovedOn

TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
LIST = re.compile(rf"[\t ,]*{TAG.pattern}(?:[\t ]*,[\t ,]*{TAG.pattern})*[\t ,]*")
GZIP = "-gzip"
"""What follows the digest of a compressed answer: it is another representation."""


class Tags(NamedTuple):
    """What `If-Match` or `If-None-Match` lists."""

    anything: bool
    """It is `*`."""
    strong: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()

    def has(self, tag: str) -> bool:
        """Compare strongly: weak tags match nothing."""
        return self.anything or tag in self.strong

    def may_have(self, tag: str) -> bool:
        """Compare weakly."""
        return self.anything or tag in self.strong | self.weak

    @property
    def versions(self) -> frozenset[str]:
        """The versions that the strong tags are of."""
        return frozenset(tag.partition(".")[0] for tag in self.strong)


def read_tags(headers: Headers, name: str) -> Tags | None:
    """Return what a header lists, None when it is not there; raises `Invalid` when it is no list of entity tags."""
    lines = headers.getlist(name)
    if not lines:
        return None
    text = ",".join(lines)
    if text.strip() == "*":
        return Tags(anything=True)
    if len(text) > 8192 or not LIST.fullmatch(text):
        raise Invalid([(name, 'give `*`, or one or more entity tags such as "12", in quotes, separated by commas')])
    found = [(weak, opaque.removesuffix(GZIP)) for weak, opaque in TAG.findall(text)]
    strong, weak = ({opaque for is_weak, opaque in found if bool(is_weak) is kind} for kind in (False, True))
    return Tags(anything=False, strong=frozenset(strong), weak=frozenset(weak))


def tag_of(content: bytes, version: str | None = None) -> str:
    """Return the tag, without its quotes, of what is sent."""
    digest = blake2b(content, digest_size=8).hexdigest()
    return f"{version}.{digest}" if version else digest


class Conditions(NamedTuple):
    """Under which conditions a request that changes something is to be carried out."""

    if_match: Tags | None = None
    if_none_match: Tags | None = None

    def hold(self, version: int | None) -> bool:
        """Tell whether they hold for what is at this version; None for what is not there."""
        if self.if_match is not None:
            there = version is not None
            if not (there and (self.if_match.anything or str(version) in self.if_match.versions)):
                return False
        if self.if_none_match is None or version is None:
            return True
        known = self.if_none_match._replace(strong=self.if_none_match.strong | self.if_none_match.weak).versions
        return not (self.if_none_match.anything or str(version) in known)

    def check(self, version: int | None) -> None:
        """Raise `MovedOn` unless they hold."""
        if not self.hold(version):
            raise MovedOn(f"it is at version {version} now: look again before you decide")


async def conditions(
    request: Request,
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="The version or versions you have seen, as their ETags, or `*`; 412 when it is another by now. "
            "A weak tag matches nothing",
            examples=['"12"'],
        ),
    ] = None,
    if_none_match: Annotated[
        str | None, Header(alias="If-None-Match", description="Versions that it must not have; `*`: it must be new")
    ] = None,
) -> Conditions:
    """Return the conditions of a request; raises `Invalid`."""
    del if_match, if_none_match  # they are described here, and read where all lines of a header are seen
    return Conditions(read_tags(request.headers, "If-Match"), read_tags(request.headers, "If-None-Match"))


Conditional = Annotated[Conditions, Depends(conditions)]
