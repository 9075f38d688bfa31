"""The base of everything the domain talks about."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value that grows but never breaks: fields unknown to this release are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
