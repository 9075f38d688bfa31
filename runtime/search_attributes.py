"""What a mediation can be found by in Temporal. These bypass encryption: never personal data."""

import asyncio
from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from runtime import RuntimeFault

MUNICIPALITY = SearchAttributeKey.for_keyword("Municipality")
POLICY_VERSION = SearchAttributeKey.for_keyword("PolicyVersion")
STAGE = SearchAttributeKey.for_keyword("Stage")
KEYS = (MUNICIPALITY, POLICY_VERSION, STAGE)


class SearchAttributesNotReady(RuntimeFault):
    """The Temporal server does not list the search attributes it was asked to add."""


async def register(client: Client, patience: timedelta = timedelta(seconds=20)) -> None:
    """Add the missing search attributes to the client's namespace and wait until the server lists them.

    Any number of processes may do this at once. The virtual-clock test server adds them but cannot list them: there,
    adding is enough. Raises `SearchAttributesNotReady` after `patience`.
    """
    deadline = asyncio.get_running_loop().time() + patience.total_seconds()
    names = [key.name for key in KEYS]
    while True:
        listed = await _listed(client)
        missing = names if listed is None else [name for name in names if name not in listed]
        if missing:
            await _add(client, missing)
        if listed is None or not missing:
            return
        if asyncio.get_running_loop().time() > deadline:
            raise SearchAttributesNotReady(", ".join(missing))
        await asyncio.sleep(0.1)


async def _listed(client: Client) -> set[str] | None:
    """The names of the attributes the server has; None when it cannot tell."""
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        return set((await client.operator_service.list_search_attributes(request)).custom_attributes)
    except RPCError as error:
        if error.status == RPCStatusCode.UNIMPLEMENTED:
            return None
        raise


async def _add(client: Client, names: list[str]) -> None:
    keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
    request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes=dict.fromkeys(names, keyword))
    try:
        await client.operator_service.add_search_attributes(request)
    except RPCError as error:
        if error.status != RPCStatusCode.ALREADY_EXISTS:  # another process was quicker
            raise
