"""Answering without an account: a link shows what is asked, a code by mail opens the form, and one answer is recorded.

Looking changes nothing, however often a mail scanner does it. Nothing about a person is shown before the code was
entered. A link that does not work leads to the same page whether it is old, used up or was never made.
"""

import re
import secrets
from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import structlog
from fastapi import APIRouter, Request, Response

from api.auth import Caller, seen_by
from api.commands import ANY_COMMAND, TASK_ANSWER
from api.entity_tags import Conditions
from api.installation import Here, Installation
from api.order import Order, carry_out, given
from api.persons import TenantView, person_for
from api.problems import Away, Forbidden, Gone, Invalid, KeyReused, NotFound, Problem, RuleRefused
from api.secrecy import OF_ITSELF, hides_address
from api.sights.corporation import of_the_home
from api.web.code_post import CodeNotSent, CodeUndeliverable
from api.web.forms import (
    NO,
    WHOLE,
    YES,
    Filled,
    FormField,
    NotFilled,
    fields_of,
    option,
    question,
    read,
    spoken,
    whole_answers,
)
from api.web.hindrances import SAID_BEFORE, NotSaid, hindrance_form, read_hindrance
from api.web.own_homes import asked_by, completed
from api.web.pages import language_of, page
from domain.facts.conditions import Condition, unmet
from domain.facts.dwelling import Dwelling
from domain.facts.parties import Actor, Role
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.messages.commands import AnswerTask, ReportHindrance
from domain.stages.readiness import asked_for
from domain.state.mediation import OfferState
from runtime.directory import UnknownOrganisation
from runtime.link_keys import hashed, new_code, new_pass
from runtime.rates import TooOften
from store import journal
from store.database import UNAVAILABLE
from store.journal import Loaded
from store.links import (
    MAILS,
    TRIES,
    GivenAnswer,
    Link,
    answer_of,
    count_try,
    enter_code,
    find_link,
    keep_code,
    note_answered,
    pass_holds,
)
from store.personal_reads import PersonalData, ReadPurpose
from texts import Language, Texts, of
from texts.cases import fitting
from texts.conditions import condition_in_words
from texts.telling import called

LINKS = "/l/"
"""How the addresses of these pages begin."""
USER = "link"
"""Who acts in an organisation's name when somebody answers by link."""
OVER = frozenset({RuleName.TASK_CLOSED, RuleName.NO_SUCH_TASK, RuleName.CLOSED})
"""Rules that say that the task is no longer there: somebody may have answered meanwhile, or sent this form twice."""
LONGEST = 200
"""Characters of a token or code that are looked at."""

FORM = re.compile(r"[0-9a-f]{16}")
NO_DIGIT = re.compile(r"[^0-9]")
"""What people type within a code, such as the space in `123 456`."""

log = structlog.get_logger("api")
router = APIRouter(include_in_schema=False)


class Visit(NamedTuple):
    """Somebody at the page of a link that works."""

    request: Request
    here: Installation
    link: Link
    token: str
    language: Language
    filled: Filled
    now: datetime

    def field(self, name: str) -> str:
        """Return one value of what was sent."""
        return next(iter(self.filled.get(name, ())), "")[:LONGEST]

    @property
    def form(self) -> str:
        """Which form was sent: sent twice it is one answer, and shown again with what is to be mended another form."""
        sent = self.field("form")
        return sent if FORM.fullmatch(sent) else ""

    def show(self, name: str, status: int = 200, **facts: Any) -> Response:
        """Return a page about what is asked."""
        return page(
            name,
            self.language,
            status,
            token=self.token,
            asked=of(self.language).task[self.link.kind].ask,
            organisation=self.here.directory.get(self.link.organisation).name,
            due=self.link.due,
            test=self.link.test,
            **facts,
        )


class Refusal(NamedTuple):
    """Why an answer is not possible, which field of the form it is about, and what is not so of what the rule asks."""

    said: str
    field: str | None = None
    unmet: tuple[Condition, ...] = ()


def new_form() -> str:
    """Return what names one form that was shown."""
    return secrets.token_hex(8)


Step = Callable[[Visit], Awaitable[Response]]


def told(title: str, *lines: str, language: Language, status: int, seconds: int = 0) -> Response:
    """Return a page that only says something."""
    headers = {"Retry-After": str(seconds)} if seconds else {}
    return page("told", language, status, headers, title=title, lines=lines, seconds=seconds)


def guarded(step: Step) -> Callable[..., Awaitable[Response]]:
    """Make a step the handler of its route: find the link, and tell in words what goes wrong."""

    async def handle(request: Request, here: Here, token: str) -> Response:
        filled = await _filled(request)
        asked = next(iter(filled.get("lang", ())), None) or request.query_params.get("lang")
        language, now, hash = language_of(asked), await here.clock.now(), hashed(token[:LONGEST])
        try:
            if request.method == "POST" and step not in {_answer, _hinder}:
                await count_try(here.pool, hash, MAILS if step is _send else TRIES, now)
            link = await find_link(here.pool, hash)
            if link is None or of(language).task[link.kind].ask is None:
                return _gone(language)
            return await step(Visit(request, here, link, token, language, filled, now))
        except TooOften as often:
            return told("too_often", language=language, status=429, seconds=often.seconds)
        except UnknownOrganisation:
            return _gone(language)
        except (*UNAVAILABLE, Away, CodeNotSent):
            return told("away", "away_do", language=language, status=503, seconds=60)

    handle.__name__ = step.__name__.lstrip("_")
    return handle


async def _look(visit: Visit) -> Response:
    """Show what is asked and by when; it changes nothing."""
    if visit.link.answered_at:
        return _done(visit, visit.link.answered_at)
    return visit.show("asked") if visit.link.opens(visit.now) else _gone(visit.language)


async def _send(visit: Visit) -> Response:
    """Mail a code to the organisation, or to the one that stands in for it."""
    link, here = visit.link, visit.here
    if not link.opens(visit.now):
        return _gone(visit.language)
    code = new_code()
    await keep_code(here.pool, link.hash, here.link_keys.code_hash(code, link.hash), visit.now)
    address = here.directory.acting_for(link.organisation, here.directory.today()).mail
    try:
        await here.code_post.send(address, code, visit.now, trial=link.test)
    except CodeUndeliverable as never:
        log.warning("a code cannot be delivered", organisation=link.organisation, code=never.code)
        lines = ("undeliverable_why", "undeliverable_do")
        return told("undeliverable", *lines, language=visit.language, status=409)
    return visit.show("code", wrong=None)


async def _open(visit: Visit) -> Response:
    """Let in whoever enters the code."""
    link, here = visit.link, visit.here
    code, new = NO_DIGIT.sub("", visit.field("code")), new_pass()
    code_hash = here.link_keys.code_hash(code, link.hash)
    if not link.opens(visit.now):
        return _gone(visit.language)
    if not await enter_code(here.pool, link.hash, code_hash, hashed(new), visit.now):
        return visit.show("code", 403, wrong="wrong_code")
    loaded = await journal.load(here.pool, link.mediation)
    return await _form(visit, loaded, new, {}) if loaded else _gone(visit.language)


async def _hinder(visit: Visit) -> Response:
    """Tell the municipality what hinders who has the task; whoever sends it again reads that we know."""
    link, here = visit.link, visit.here
    loaded = await _let_in(visit)
    if isinstance(loaded, Response):
        return loaded
    given_pass, caller, wrong = visit.field("pass"), caller_of(here, link), None
    try:
        body = read_hindrance(link.task, visit.filled)
        command = given(body, ANY_COMMAND, by=caller.actor, type=ReportHindrance.__name__)
        key = f"link-{link.hash.hex()}-hindrance-{visit.form or loaded.state.sequence}"
        await carry_out(here, Response(), Order(visit.request, caller, loaded, key, body, Conditions()), command)
        log.info("hindrance by link", mediation=link.mediation, task=link.task, organisation=link.organisation)
    except NotSaid as mend:
        status, wrong = 400, of(visit.language).page.phrase[mend.phrase]
    except (RuleRefused, Forbidden, NotFound, Invalid) as no:
        if no.members.get("rule") in OVER:
            return await _answered(visit)
        if no.members.get("rule") not in SAID_BEFORE:
            status, wrong = no.status, _refusal(no, visit).said
    except KeyReused:
        pass  # this form was sent before: what it said then counts
    if wrong:
        return await _form(visit, loaded, given_pass, visit.filled, status=status, hindered=wrong)
    return told("hindered", "hindered_do", language=visit.language, status=200)


async def _let_in(visit: Visit) -> Loaded | Response:
    """Return the mediation for who entered the code, or the page that tells why not."""
    link, here = visit.link, visit.here
    if not await pass_holds(here.pool, link.hash, hashed(visit.field("pass")), visit.now):
        await count_try(here.pool, link.hash, TRIES, visit.now)
        usable = link.opens(visit.now) and not link.answered_at
        return visit.show("code", 403, wrong="time_over") if usable else _gone(visit.language)
    loaded = await journal.load(here.pool, link.mediation)
    if loaded is None or loaded.state.task(link.task) is None:
        return await _answered(visit)
    return loaded if link.opens(visit.now) else _gone(visit.language)


async def _answer(visit: Visit) -> Response:
    """Give the answer, once; whoever sends it again sees what was answered."""
    link, here = visit.link, visit.here
    given_pass = visit.field("pass")
    loaded = await _let_in(visit)
    if isinstance(loaded, Response):
        return loaded
    try:
        body = read(link.kind, completed(link, visit.filled))
        answer = given(body, TASK_ANSWER)
        caller = caller_of(here, link)
        command = AnswerTask(by=caller.actor, task=link.task, answer=answer)
        key = f"link-{link.hash.hex()}-{visit.form or loaded.state.sequence}"
        await carry_out(here, Response(), Order(visit.request, caller, loaded, key, body, Conditions()), command)
    except NotFilled as mend:
        return await _form(visit, loaded, given_pass, visit.filled, status=400, wrong=mend.in_words(of(visit.language)))
    except KeyReused:
        # this form was sent before, with another answer, which counts
        return await _answered(visit, recorded=True)
    except (RuleRefused, Forbidden, NotFound, Invalid) as no:
        if no.members.get("rule") in OVER:
            return await _answered(visit)
        return await _form(visit, loaded, given_pass, visit.filled, status=no.status, refused=_refusal(no, visit))
    await note_answered(here.pool, link, visit.now)
    log.info("answered by link", mediation=link.mediation, task=link.task, organisation=link.organisation)
    return await _answered(visit, recorded=True, fresh=True)


router.add_api_route(f"{LINKS}{{token}}", guarded(_look), methods=["GET", "HEAD"])
router.add_api_route(f"{LINKS}{{token}}/code", guarded(_send), methods=["POST"])
router.add_api_route(f"{LINKS}{{token}}/open", guarded(_open), methods=["POST"])
router.add_api_route(f"{LINKS}{{token}}/answer", guarded(_answer), methods=["POST"])
router.add_api_route(f"{LINKS}{{token}}/hindrance", guarded(_hinder), methods=["POST"])


def caller_of(here: Installation, link: Link) -> Caller:
    """Return who acts by a link: its organisation, with who stands in for it noted."""
    owner = here.directory.get(link.organisation)
    acting = here.directory.acting_for(owner.id, here.directory.today()).id
    substitute = acting if acting != owner.id else None
    actor = Actor(role=owner.role, organisation=owner.id, user=USER, substitute=substitute)
    return Caller(actor, owner.municipalities)


async def _form(
    visit: Visit,
    loaded: Loaded,
    given_pass: str,
    filled: Filled,
    status: int = 200,
    wrong: dict[str, str] | None = None,
    refused: Refusal | None = None,
    hindered: str | None = None,
) -> Response:
    texts, state = of(visit.language), loaded.state
    task = state.task(visit.link.task)
    asked = asked_by(visit.link, loaded.state, texts)
    return visit.show(
        "answer",
        status,
        **{"pass": given_pass},
        **spoken(visit.link.kind, texts, asked.homes),
        form=new_form(),
        mediation=visit.link.mediation,
        person=await _person(visit, loaded),
        home=_home(visit, loaded),
        judged=_in_sentences(visit, loaded, _judged(visit, loaded)),
        lacks=[texts.value.document[one] for one in asked_for(task)] if visit.link.kind is TaskKind.SUPPLEMENT else [],
        fields=asked.fields,
        filled=filled,
        wrong=wrong or {},
        refused=refused,
        unmet=_in_sentences(visit, loaded, refused.unmet) if refused else [],
        hinders=hindrance_form(texts, visit.here.directory, state, task, visit.filled, hindered),
    )


def _refusal(no: Problem, visit: Visit) -> Refusal:
    """Return why an answer is not possible, in words of the page's language, with the field that it is about."""
    words, refused = of(visit.language), no.refused
    if refused is None:
        return Refusal(words.page.phrase["rule"])
    said = words.refusal(refused.rule, words.in_words(refused.day) or None) or words.page.phrase["rule"]
    names = {field.key for field in fields_of(visit.link.kind)}
    about = refused.field if refused.field in names else WHOLE if refused.field and WHOLE in names else None
    return Refusal(said, about, unmet(refused.conditions))


async def _person(visit: Visit, loaded: Loaded) -> TenantView | None:
    """Return the client, when this organisation must know who it is."""
    caller = caller_of(visit.here, visit.link)
    seen = await seen_by(visit.here, caller, loaded.state.id)
    if seen is None:
        return None
    try:
        return await person_for(visit.here, caller, seen, ReadPurpose.DECIDE, most=PersonalData.CLIENT)
    except (Forbidden, Gone):
        return None


def _home(visit: Visit, loaded: Loaded) -> Dwelling | None:
    """Return the dwelling that is offered or let, as far as this organisation may know which it is."""
    caller, offer = caller_of(visit.here, visit.link), loaded.state.live_offer
    if offer is None or hides_address(loaded.state, loaded.policy, caller):
        return None
    home = offer.candidate.dwelling
    return home if caller.role is not Role.CORPORATION or home.corporation == caller.organisation else None


def _judged(visit: Visit, loaded: Loaded) -> tuple[Condition, ...]:
    """Return by which conditions the dwelling suits, while it is offered, for who may know which it is."""
    offer = loaded.state.live_offer
    offered = offer is not None and offer.state in {OfferState.PREPARED, OfferState.PLACED}
    return offer.candidate.conditions if offer and offered and _home(visit, loaded) else ()


def _in_sentences(visit: Visit, loaded: Loaded, conditions: Iterable[Condition]) -> list[str]:
    """Say conditions to the organisation of a link: to a corporation those of its home, and to who may not know where
    the home is those that tell nothing of that.
    """
    caller, texts = caller_of(visit.here, visit.link), of(visit.language)
    groups = called(loaded.policy.groups, visit.language)
    if caller.role is Role.CORPORATION:
        conditions = of_the_home(tuple(conditions))
    elif hides_address(loaded.state, loaded.policy, caller):
        conditions = (one for one in conditions if one.name in OF_ITSELF)
    return [condition_in_words(one, texts, groups) for one in conditions]


async def _answered(visit: Visit, *, recorded: bool = False, fresh: bool = False) -> Response:
    """Show what was answered, to who was let in and only when their organisation did.

    A task may end without an answer: then its link works no longer, and nobody reads that it was answered.
    """
    answer = await answer_of(visit.here.pool, visit.link)
    if answer is None:
        return _done(visit, None, fresh=fresh) if recorded else _gone(visit.language)
    if answer.organisation != visit.link.organisation:
        return _done(visit, answer.at)
    return _done(visit, answer.at, _said(visit, answer), fresh=fresh)


def _said(visit: Visit, answer: GivenAnswer) -> list[tuple[str, list[str]]]:
    """Return question and answer in words, without the note."""
    said, texts, kind = [], of(visit.language), visit.link.kind
    if whole_answers(kind):
        sentences = fitting(texts.task[kind].choice, TASK_ANSWER.validate_python(answer.answer))
        said.append((texts.page.phrase["answer"], [sentence.partition(" | ")[0] for sentence in sentences]))
    for field in fields_of(kind):
        value: Any = answer.answer
        for part in field.name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if (value not in (None, [], False) and field.name != "note") or (field.required and value is False):
            each = value if isinstance(value, list) else [value]
            said.append((question(field, kind, texts), [_in_words(one, field, kind, texts) for one in each]))
    return said


def _in_words(value: Any, field: FormField, kind: TaskKind, texts: Texts) -> str:
    """Return what was answered to a question: a choice as it was offered, else as it was written."""
    if field.shape == "day":
        return texts.in_words(date.fromisoformat(value))
    spelled = (YES if value else NO) if isinstance(value, bool) else str(value)
    if field.values:
        spelled = field.values(spelled).value  # the journal has another word for some
    return option(field, spelled, kind, texts) if field.options else spelled


def _done(
    visit: Visit, at: datetime | None, said: list[tuple[str, list[str]]] | None = None, *, fresh: bool = False
) -> Response:
    asked = of(visit.language).task[visit.link.kind].ask
    return page("done", visit.language, asked=asked, answered_at=at, said=said or [], fresh=fresh, test=visit.link.test)


def _gone(language: Language) -> Response:
    return told("gone", "gone_why", "gone_do", language=language, status=404)


async def _filled(request: Request) -> Filled:
    """Return what a form sent."""
    if request.method != "POST":
        return {}
    try:
        return parse_qs((await request.body()).decode("utf-8"), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return {}
