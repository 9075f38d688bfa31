"""The link in a letter about a task, by which the task's owner can answer without an account."""

from datetime import timedelta

from activities.moment import moment
from domain.facts.parties import Role
from domain.messages.effects import SendLetter
from domain.steps.still_so import CHASING
from runtime.directory import Directory
from runtime.link_keys import LinkKeys, hashed
from runtime.settings import Settings
from store.database import Pool
from store.links import keep_link
from texts import Language, of

LINKED = CHASING
"""Letters that ask their reader to do something. Who reads that another is too late has no task, and no link."""
PARTNERS = frozenset({Role.INSTITUTION, Role.DISTRICT_TEAM, Role.CORPORATION, Role.CARE_PROVIDER, Role.COMMITTEE})
"""Roles that may answer without an account. For what a municipality or its desk decides, somebody must have logged
in; a committee only advises."""


class TaskLinks:
    """Makes links, each from the key of its letter, so that a letter that is sent again has the same link."""

    def __init__(self, pool: Pool, directory: Directory, settings: Settings, keys: LinkKeys) -> None:
        self._pool = pool
        self._directory = directory
        self._keys = keys
        self._pages = settings.public_url
        self._lasts = timedelta(days=settings.link_days)

    async def link_for(self, mediation: str, effect: SendLetter) -> str | None:
        """Return the link for a letter to the owner of an open task; None for any other letter."""
        owner, task = effect.organisation, effect.task
        if effect.letter not in LINKED or owner is None or task is None:
            return None
        if self._directory.get(owner).role not in PARTNERS:
            return None
        token = self._keys.token(effect.key)
        kept = await keep_link(self._pool, hashed(token), mediation, task, owner, moment(), self._lasts)
        return f"{self._pages}/l/{token}" if kept else None


def with_link(body: str, link: str, language: Language) -> str:
    """Return a letter's text with the link added, and what the link is for."""
    phrases = of(language).letter_phrase
    return f"{body}\n{phrases.answer_here}\n{link}\n{phrases.link_is_yours}\n"
