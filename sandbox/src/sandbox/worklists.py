"""What the partners' own people see in their systems: every record, read as staff, whom no fault strikes."""

from typing import Any

import httpx

Record = dict[str, Any]


async def worklist(http: httpx.AsyncClient, url: str, organisation: str, path: str) -> list[Record]:
    """Return every record of one kind in an organisation's own system."""
    found: list[Record] = []
    after: str | None = ""
    while after is not None:
        answer = await http.get(f"{url}/{organisation}{path}", params={"after": after})
        page = answer.raise_for_status().json()
        found += page["records"]
        after = page["next"]
    return found
