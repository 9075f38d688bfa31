"""The form of a corporation that is to choose a home: it picks one of its own, and need not say whose they are."""

from collections.abc import Mapping
from typing import NamedTuple

from api.sights.corporation import choices_of
from api.web.forms import Filled, FormField, fields_of
from domain.facts.dwelling import Candidate
from domain.facts.tasks import TaskKind
from domain.state.mediation import Mediation
from store.links import Link
from texts import Texts


class FormOfLink(NamedTuple):
    """What the form of a link asks, and by which words its dwellings are known."""

    fields: tuple[FormField, ...]
    homes: Mapping[str, str]


def asked_by(link: Link, state: Mediation, texts: Texts) -> FormOfLink:
    """Return the questions of a link's form as its organisation is asked them now."""
    fields = fields_of(link.kind)
    if link.kind is not TaskKind.MAKE_OFFER:
        return FormOfLink(fields, {})
    homes = {one.dwelling.id: _told(one, texts) for one in choices_of(state, link.organisation)}
    own = (field for field in fields if field.name != "corporation")
    return FormOfLink(
        tuple(_chosen(field, tuple(homes)) if field.name == "dwelling" else field for field in own), homes
    )


def completed(link: Link, filled: Filled) -> Filled:
    """Return what was filled in, with whose dwelling it is."""
    return {**filled, "corporation": [link.organisation]} if link.kind is TaskKind.MAKE_OFFER else filled


def _chosen(field: FormField, homes: tuple[str, ...]) -> FormField:
    return field._replace(shape="choice", options=homes, values=None, required=True)


def _told(candidate: Candidate, texts: Texts) -> str:
    home = candidate.dwelling
    return texts.page.phrase["own_home"].format(
        number=home.id,
        complex=home.complex,
        district=texts.place(home.district),
        rooms=home.rooms,
        rent=texts.euros(home.rent_cents),
    )
