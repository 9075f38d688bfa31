"""Who belongs to which target group: the groups that come with the product, those a city adds, and what they ask.

A client is of a group that the referral names. A group that is `within` others is a part of them: who is named of it
counts as one of theirs. A part that asks an age or a trait needs no naming: who is of one of those groups, and of that
age, is of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from pydantic import Field

from domain.facts.capacity import SubTarget
from domain.facts.groups import AgeBand, GroupId, Trait
from domain.facts.referral import Referral, Track
from domain.facts.value import Value

REGIE = "Wet versterking regie volkshuisvesting"


class GroupWords(Value):
    """What people call a group, to stand within a sentence."""

    nl: str = Field(min_length=2, max_length=120)
    en: str = Field(min_length=2, max_length=120)


class Group(Value):
    """A target group (doelgroep)."""

    words: GroupWords | None = None
    """None for a group that comes with the product: its words are in `texts/`."""
    statutory: str | None = Field(default=None, min_length=3, max_length=200)
    """The law by which this group has a right to urgency, if one gives it."""
    age: AgeBand | None = None
    trait: Trait | None = None
    within: tuple[GroupId, ...] = ()
    """Of which groups this is a part."""

    @property
    def asks(self) -> bool:
        """Whether it asks more than to be named."""
        return self.age is not None or self.trait is not None


Groups = Mapping[GroupId, Group]

SHIPPED: Groups = MappingProxyType(
    {
        "sheltered_living": Group(statutory=REGIE),
        "shelter": Group(statutory=REGIE),
        "womens_shelter": Group(statutory="Huisvestingswet 2014 art. 12 lid 3"),
        "youth_care": Group(statutory=REGIE),
        "clinical_care": Group(statutory=REGIE),
        "disability_care": Group(),
        "leaving_detention": Group(statutory=REGIE),
        "violence": Group(statutory=REGIE),
        "human_trafficking": Group(statutory=REGIE),
        "leaving_sex_work": Group(statutory=REGIE),
        "informal_carer": Group(statutory="Huisvestingswet 2014 art. 12 lid 3"),
        "seriously_ill": Group(statutory=REGIE),
        "homeless": Group(),
        "young_asylum_seeker": Group(),
    }
)
"""The groups that come with the product: every city may name them. Recorded policies mean them as they stand here, so
none is ever changed or taken away. Which law gives urgency is told, and decides nothing.
"""

SIX: tuple[GroupId, ...] = (
    "sheltered_living",
    "shelter",
    "womens_shelter",
    "youth_care",
    "clinical_care",
    "disability_care",
)
"""Who is eligible where a policy does not say it: people who leave a care institution."""


def leaves_institution(one: GroupId, own: Groups) -> bool:
    """Tell whether everybody of a group leaves a care institution: it is one of the six, or a part of those alone."""
    within = own[one].within if one in own else ()
    return one in SIX or (bool(within) and all(leaves_institution(each, own) for each in within))


HAS: Mapping[Trait, Callable[[Referral], bool]] = {
    Trait.FAMILY: lambda referral: referral.household_size > 1,
    Trait.ALONE: lambda referral: referral.household_size == 1,
    Trait.HOUSING_FIRST: lambda referral: referral.track is Track.HOUSING_FIRST,
    Trait.MUST_BE_SAFE: lambda referral: referral.must_be_safe,
    Trait.ACCESSIBLE_HOME: lambda referral: referral.needs.accessible,
}


def known_groups(own: Groups) -> Groups:
    """Return every group that a policy knows: those that come with the product, and its own."""
    return {**SHIPPED, **own} if own else SHIPPED


def is_of(referral: Referral, wanted: Iterable[GroupId], own: Groups) -> bool | None:
    """Tell whether a client is of one of these groups; None when that hangs on an age that is not known."""
    known = known_groups(own)
    found = [_belongs(referral, one, known) for one in wanted]
    return True if True in found else None if None in found else False


def counts_for(referral: Referral, part: SubTarget, own: Groups) -> bool:
    """Tell whether a client counts for a sub-target. Whose age is not certain does not count where one is asked."""
    named = is_of(referral, part.groups, own) if part.groups else True
    return named is True and _fits(referral, part.age, part.trait) is True


def _belongs(referral: Referral, wanted: GroupId, known: Groups) -> bool | None:
    """Tell whether a client is of a group: named of it or of a part of it, or of the age or trait that it asks."""
    group = known.get(wanted)
    if group is None:
        return False
    named = any(_is_part(one, wanted, known) and _fits_own(referral, one, known) for one in referral.groups)
    if not named and group.asks:
        named = any(_belongs(referral, one, known) is True for one in group.within)
    return named and _fits(referral, group.age, group.trait)


def _fits_own(referral: Referral, one: GroupId, known: Groups) -> bool:
    """Tell whether a client may be of a group that the referral names, as far as is known."""
    return one not in known or _fits(referral, known[one].age, known[one].trait) is not False


def _is_part(one: GroupId, whole: GroupId, known: Groups) -> bool:
    """Tell whether everybody of a group is of another: it is the same, or all that it is within are parts of that."""
    if one == whole:
        return True
    wider = known[one].within if one in known else ()
    return bool(wider) and all(_is_part(each, whole, known) for each in wider)


def _fits(referral: Referral, age: AgeBand | None, trait: Trait | None) -> bool | None:
    if trait and not HAS[trait](referral):
        return False
    return age.holds(referral.ages) if age else True


def can_be(
    wanted: tuple[GroupId, ...],
    own: Groups,
    ages: tuple[AgeBand | None, ...] = (),
    traits: tuple[Trait | None, ...] = (),
) -> bool:
    """Tell whether there can be anybody of one of these groups (of any, where none is named) who is of all these ages,
    and has all these traits.
    """
    least, below = max((one.at_least or 0 for one in ages if one), default=0), [one.below for one in ages if one]
    if any(most is not None and most <= least for most in below) or {Trait.FAMILY, Trait.ALONE} <= set(traits):
        return False
    for one in wanted:
        group = own.get(one)
        if group is None:
            return True
        others = {name: each for name, each in own.items() if name != one}
        asked = (*ages, group.age), (*traits, group.trait)
        if can_be(group.within, others, *asked):
            return True
    return not wanted


def wrong_groups(own: Groups, named: Mapping[str, Iterable[GroupId]]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a policy's groups, each with its path. `named` are those that it names, by path."""
    known = known_groups(own)
    listed = ", ".join(sorted(known))
    for name, group in own.items():
        path = f"groups.{name}"
        if group.words is None and name not in SHIPPED:
            yield f"{path}.words", "say what people call this group: words = { nl = ..., en = ... }"
        if name in SHIPPED and (group.asks or group.within):
            yield path, "this group comes with the product and keeps its meaning: give yours another name"
        if _within_itself(name, own):
            yield f"{path}.within", "this group would be within itself"
    for path, groups in {**named, **{f"groups.{name}.within": one.within for name, one in own.items()}}.items():
        for place, one in enumerate(groups):
            if one not in known:
                meant = get_close_matches(one, known, 1)
                hint = f"did you mean {meant[0]}?" if meant else f"or add it as [groups.{one}]"
                yield f"{path}.{place}", f"no target group is called '{one}'; known here: {listed}; {hint}"


def _within_itself(one: GroupId, own: Groups) -> bool:
    seen: set[GroupId] = set()
    wider = [*own[one].within]
    while wider:
        if (other := wider.pop()) == one:
            return True
        if other not in seen and other in own:
            seen.add(other)
            wider += own[other].within
    return False
