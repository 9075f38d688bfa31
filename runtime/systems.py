"""How a partner is asked: which adapter calls its system, where that is, and how we log in there.

This is configuration of the partner, never of a mediation. A partner without a system gets tasks, which its people
answer by hand.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic.alias_generators import to_camel

WebUrl = Annotated[str, Field(pattern=r"^https?://[^\s/]+")]


class Setting(BaseModel):
    """Part of the configuration of a partner. Secrets never show in errors. In JSON its names are in camelCase."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        loc_by_alias=False,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )


class ByHand(Setting):
    """No system: a person there does the work and records it."""

    kind: Literal["by_hand"] = "by_hand"


class Plain(Setting):
    """Our own JSON over HTTP, for what no national standard covers (assessment, notice of a move)."""

    kind: Literal["plain"]
    url: WebUrl
    token: SecretStr | None = None


class ClientCredentials(Setting):
    """OAuth 2.0 client credentials."""

    token_url: WebUrl
    client_id: str = Field(min_length=1)
    client_secret: SecretStr
    scope: str | None = None


class Vera(Setting):
    """VERA 4.3 REST, as corporations have it: the address up to and including `/v4`."""

    kind: Literal["vera"]
    url: WebUrl
    api_key: SecretStr | None = None
    oauth: ClientCredentials | None = None
    districts: dict[str, str] = {}
    """Our district by the corporation's `wijk.code`. A code that is not here is used as it is."""
    filters: dict[str, str] = {}
    """How to narrow `/eenheden`, where the system can, such as `detailStatus = "NIB"`. What comes back is checked
    anyway."""
    complex_cluster: str = "VEX"
    """Which kind of cluster (CLUSTERSOORT) is a complex."""

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.api_key and self.oauth:
            raise ValueError("either api_key or oauth, not both")
        return self


class HttpTransport(Setting):
    """Messages posted to an address, one by one."""

    kind: Literal["http"]
    url: WebUrl
    token: SecretStr | None = None


class FolderTransport(Setting):
    """Messages as files: ours are put in one folder, theirs are taken from another."""

    kind: Literal["folder"]
    outgoing: Path
    incoming: Path


class Iwmo(Setting):
    """iWmo 3.2 messages, as care providers exchange them with municipalities."""

    kind: Literal["iwmo"]
    agb: str = Field(pattern=r"^\d{8}$")
    """The provider's AGB code."""
    transport: Annotated[HttpTransport | FolderTransport, Field(discriminator="kind")]


System = Annotated[ByHand | Plain | Vera | Iwmo, Field(discriminator="kind")]
