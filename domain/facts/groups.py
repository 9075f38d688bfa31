"""Target groups (doelgroepen) as data: what a group or a part of one may ask of a client besides being named."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from domain.facts.value import Value

GroupId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
"""A target group by its short name: one of those that come with the product, or one that a city's policy adds."""


class AgeRange(Value):
    """How old somebody may be, in whole years, both included: of a date of birth that is known only in part."""

    least: int = Field(ge=0, le=120)
    most: int = Field(ge=0, le=120)


class AgeBand(Value):
    """An age in whole years: at least the one, and younger than the other."""

    at_least: int | None = Field(default=None, ge=0, le=120)
    below: int | None = Field(default=None, ge=1, le=121)

    @model_validator(mode="after")
    def _some_age(self) -> Self:
        if self.at_least is None and self.below is None:
            raise ValueError("give an age: at_least, below, or both")
        if self.at_least is not None and self.below is not None and self.at_least >= self.below:
            raise ValueError(f"nobody is at least {self.at_least} and younger than {self.below}")
        return self

    def holds(self, ages: AgeRange | None) -> bool | None:
        """Tell whether somebody of one of these ages is of it; None when that is not certain, or no age is known."""
        if ages is None:
            return None
        at_least, below = self.at_least or 0, self.below or 1000
        if at_least <= ages.least and ages.most < below:
            return True
        return False if ages.most < at_least or below <= ages.least else None


class Trait(StrEnum):
    """What else may make a group: something that the referral tells of every client."""

    FAMILY = "family"
    """More than one person comes to live in the home."""
    ALONE = "alone"
    """The client comes to live alone."""
    HOUSING_FIRST = "housing_first"
    """The client goes the way of Housing First."""
    MUST_BE_SAFE = "must_be_safe"
    """Where the client comes to live can put the client in danger."""
    ACCESSIBLE_HOME = "accessible_home"
    """The client needs a home without stairs."""
