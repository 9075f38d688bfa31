"""A mediation as people see it: the JSON of `GET /v1/mediations/{id}`, read leniently."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.facts.calendar import Calendar
from domain.facts.clocks import ClockKind
from domain.facts.outcome import Stage
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.state.mediation import LIVE

View = Mapping[str, Any]


@dataclass(frozen=True)
class SeenTask:
    """An open task. Moments are in UTC."""

    id: str
    kind: TaskKind
    owner: str
    owner_role: Role
    about: str | None
    opened_at: datetime
    due: datetime

    @property
    def number(self) -> int:
        """Which task of its kind this is, from 1."""
        return int(self.id.rpartition("-")[2])


@dataclass(frozen=True)
class SeenOffer:
    """The last offer."""

    number: str | None
    state: str
    corporation: str
    complex: str
    dwelling: str
    district: str

    @property
    def live(self) -> bool:
        """Whether the dwelling is kept for the client."""
        return self.state in LIVE


class Seen:
    """What the page of a mediation tells."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.stage: str = view.get("stage", "")
        self.tasks = tuple(_task(task) for task in view.get("tasks") or ())
        self.offers = tuple(_offer(offer) for offer in view.get("offers") or ())
        self.candidates: tuple[View, ...] = tuple(one["dwelling"] for one in view.get("candidates") or ())
        self.decisions = view.get("decisions", [])
        """Decisions against the client with which the mediation goes on."""
        self.advised_to_grant = bool(_get(view, "advice", "support"))
        """Whether the advice on the urgency is to grant it."""
        self.delivering = bool(view.get("deliveriesWaiting"))
        """Whether something is still on its way to a partner's system."""

    @property
    def over(self) -> bool:
        """Whether it has ended for good: nothing is asked, and its end can be undone by nothing any more."""
        ends = (self.decision, self._view.get("undoableEnd"))
        return self.stage == Stage.CLOSED and not self.tasks and all(end is None or end["over"] for end in ends)

    @property
    def decision(self) -> View | None:
        """The decision with which it ended, if one may object to it."""
        found: View | None = self._view.get("decision")
        return found

    @property
    def taken_back(self) -> bool:
        """Whether the corporation's own system says that the last offer was taken back."""
        return bool(self.offer and self.offer.number in (self._view.get("takenBack") or ()))

    @property
    def offer(self) -> SeenOffer | None:
        """The last offer."""
        return self.offers[-1] if self.offers else None

    @property
    def objection_extended(self) -> bool:
        """Whether the decision on the objection takes longer already."""
        return bool((self._view.get("objection") or {}).get("extended"))

    @property
    def provider(self) -> str | None:
        """Who is asked to support the client now."""
        return _get(self._view, "support", "provider")

    @property
    def support_number(self) -> str | None:
        """Under which number the provider knows the request."""
        return _get(self._view, "support", "number")

    @property
    def support_starts_on(self) -> date | None:
        """When support is to start."""
        return _date(_get(self._view, "support", "startsOn"))

    @property
    def support_started(self) -> bool:
        """Whether the client has support now."""
        return _get(self._view, "support", "startedOn") is not None

    @property
    def keys_on(self) -> date | None:
        """The planned day of the keys."""
        return _date(_get(self._view, "lease", "keysOn"))

    @property
    def handed_over_on(self) -> date | None:
        """When the client got the keys."""
        return _date(_get(self._view, "lease", "handedOverOn"))

    def urgency_runs_at(self, now: datetime) -> bool:
        """Whether the urgency has not run out yet."""
        clocks = [clock for clock in self._view.get("clocks") or () if clock["kind"] == ClockKind.URGENCY]
        return any(clock.get("suspendedAt") or now < _moment(clock["endsAt"]) for clock in clocks)

    @property
    def signals(self) -> frozenset[str]:
        """The kinds of signals that are being worked on."""
        return frozenset(one["kind"] for one in self._view.get("signals") or () if one["state"] == "open")

    @property
    def absent_since(self) -> date | None:
        """Since when the client is elsewhere."""
        return _date(_get(self._view, "absence", "since"))

    @property
    def paused_on(self) -> date | None:
        """Since when the mediation is paused."""
        paused_at = self._view.get("pausedAt")
        return Calendar().today(_moment(paused_at)) if paused_at else None

    def about(self, kind: TaskKind) -> str | None:
        """What the open task of this kind is about; None when there is none."""
        return next((task.about for task in self.tasks if task.kind is kind), None)


def _task(view: View) -> SeenTask:
    return SeenTask(
        id=view["id"],
        kind=TaskKind(view["kind"]),
        owner=view["owner"],
        owner_role=Role(view["ownerRole"]),
        about=view.get("about"),
        opened_at=_moment(view["openedAt"]),
        due=_moment(view["due"]),
    )


def _offer(view: View) -> SeenOffer:
    dwelling = view.get("dwelling") or view["candidate"]["dwelling"]
    return SeenOffer(
        number=view.get("number"),
        state=view["state"],
        corporation=dwelling["corporation"],
        complex=dwelling.get("complex", ""),
        dwelling=dwelling["id"],
        district=dwelling.get("district", ""),
    )


def _get(view: View, part: str, field: str) -> str | None:
    value: str | None = (view.get(part) or {}).get(field)
    return value


def _moment(text: str | datetime) -> datetime:
    return text if isinstance(text, datetime) else datetime.fromisoformat(text)


def _date(text: str | date | None) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else text
