"""A client's name in its parts, as the BRP has them: first names, prefix (voorvoegsel) and surname (geslachtsnaam).

Nothing here takes a name apart: of "Juan García Márquez" only somebody who knows can say what the surname is.
"""

from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from api.bodies import one_line
from domain.facts.value import unsaid

LONGEST, LONGEST_PREFIX = 200, 10
"""Characters that the BRP has for first names and a surname, and for a prefix (Logisch Ontwerp, 02.10 to 02.40)."""
Part = Annotated[str, Field(max_length=1000), AfterValidator(one_line(LONGEST))]
FirstNames = Annotated[
    Part | None,
    Field(
        default=None,
        exclude_if=unsaid,
        description="All first names, as the BRP has them (voornamen)",
        examples=["Noor Jasmijn"],
    ),
]
Prefix = Annotated[
    Annotated[str, Field(max_length=100), AfterValidator(one_line(LONGEST_PREFIX))] | None,
    Field(
        default=None,
        exclude_if=unsaid,
        description="What stands before the surname (voorvoegsel), at most 10 characters",
        examples=["van der"],
    ),
]
Surname = Annotated[
    Part | None,
    Field(
        default=None,
        exclude_if=unsaid,
        description="The surname without its prefix (geslachtsnaam). Messages to care providers need it",
        examples=["Wit"],
    ),
]


class Parts(NamedTuple):
    """A name in its parts."""

    first_names: str | None = None
    prefix: str | None = None
    surname: str | None = None

    def check(self) -> None:
        """Raise ValueError for parts without a surname: somebody with one name only has that as surname."""
        if self.surname is None and any(self):
            raise ValueError("give surname too: somebody with a single name has it as surname")

    @property
    def written(self) -> str:
        """Return the name as people write it."""
        return " ".join(filter(None, self))
