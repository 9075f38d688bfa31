"""Another provider after support has started: lease and support are apart, so nothing else changes.

Source: scheiden van wonen en zorg; care is moved, not the client. The new provider is asked what the former had not yet
done, with a whole term for each. Before support has started another provider is found with the task to bridge it.
"""

from domain.facts.parties import OrganisationId
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.commands import ChangeProvider
from domain.messages.effects import Audience, CancelSupport, Letter
from domain.stages.support import request_support
from domain.state import events as e
from domain.state.draft import Draft, RuleBroken


def change_provider(d: Draft, command: ChangeProvider) -> None:
    """Let another provider take over."""
    former = d.m.support
    if former is None or former.started_on is None:
        raise RuleBroken(RuleName.SUPPORT_NOT_STARTED)
    d.require(former.provider != command.provider, RuleName.SAME_PROVIDER, field="provider")
    waiting = d.m.open_of(TaskKind.START_SUPPORT) or d.m.open_of(TaskKind.BRIDGE_SUPPORT)
    d.require(waiting is None, RuleName.SUPPORT_NOT_STARTED)
    d.emit(e.ProviderChanged(provider=command.provider, note=command.note))
    for task in d.m.tasks:
        if task.kind is TaskKind.AWAIT_RETOUR:
            d.emit(e.TaskCancelled(task=task.id))
        elif task.owner == former.provider:
            _pass_on(d, task, command.provider)
    if former.number:
        d.do(CancelSupport(provider=former.provider, number=former.number, ended_on=d.today))
    d.open(TaskKind.START_SUPPORT)
    request_support(d, command.provider)
    d.letter(Letter.PROVIDER_CHANGED, Audience.CLIENT, Audience.GUIDE)
    d.letter(Letter.PROVIDER_CHANGED, organisation=former.provider)


def _pass_on(d: Draft, task: Task, provider: OrganisationId) -> None:
    passed = replace(task, owner=provider)
    term = d.policy.calendar.deadline(d.now, d.policy.tasks[task.kind].due)
    d.give_time(passed, max(task.due, term))
    d.letter(Letter.TASK_OPENED, task=d.open_task(task.id))
