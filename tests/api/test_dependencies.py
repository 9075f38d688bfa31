"""What is looked up before a route runs: every dependency costs every request."""

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api import mediations, tasks


def solved(dependant: Dependant) -> int:
    """How many dependencies are solved, those of dependencies too: FastAPI goes through the same one each time."""
    return sum(1 + solved(one) for one in dependant.dependencies)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/v1/tasks", 2),
        ("/v1/mediations", 2),
        ("/v1/mediations/{mediation}", 3),
        ("/v1/mediations/{mediation}/events", 4),
    ],
)
def test_a_reading_route_looks_up_the_installation_and_the_caller_and_little_else(path: str, most: int) -> None:
    (route,) = [
        one
        for one in (*tasks.router.routes, *mediations.router.routes)
        if isinstance(one, APIRoute) and one.path == path
    ]
    assert 0 < solved(route.dependant) <= most
