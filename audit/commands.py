"""Every command that today's code gives Temporal during a replay, to be compared with what was recorded.

Temporal's own replayer compares only the kinds of commands. It gets them from the workflow's instance, so they are
recorded there (`ListeningRunner`).
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from google.protobuf.message import Message
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

Told: TypeAlias = dict[str, Any]


class GivenCommand(NamedTuple):
    """A command, under the number by which the history knows it."""

    kind: str
    id: str


class Listener:
    """The commands that the code gave, by run."""

    def __init__(self) -> None:
        self.heard: defaultdict[str, dict[GivenCommand, Message]] = defaultdict(dict)

    def hear(self, run: str, completion: WorkflowActivationCompletion) -> None:
        """Note the commands of one step of a run."""
        # A copy: the codec replaces the contents of these messages by ciphertext.
        taken_down = WorkflowActivationCompletion.FromString(completion.SerializeToString())
        commands = [(one.WhichOneof("variant") or "", one) for one in taken_down.successful.commands]
        # A command that is given and cancelled in one step never reaches Temporal.
        undone = {GivenCommand("timer", str(one.cancel_timer.seq)) for kind, one in commands if kind == "cancel_timer"}
        undone |= {
            GivenCommand("activity", str(one.request_cancel_activity.seq))
            for kind, one in commands
            if kind == "request_cancel_activity"
        }
        fresh = {given: message for _, one in commands for given, message in _given(one)}
        self.heard[run].update({given: message for given, message in fresh.items() if given not in undone})


def _given(command: WorkflowCommand) -> Iterator[tuple[GivenCommand, Message]]:
    match command.WhichOneof("variant"):
        case "schedule_activity":
            yield GivenCommand("activity", command.schedule_activity.activity_id), command.schedule_activity
        case "start_timer":
            yield GivenCommand("timer", str(command.start_timer.seq)), command.start_timer
        case "update_response" if command.update_response.HasField("completed"):
            yield (
                GivenCommand("update", command.update_response.protocol_instance_id),
                command.update_response.completed,
            )
        case "complete_workflow_execution":
            yield GivenCommand("end", "completed"), command.complete_workflow_execution.result
        case "continue_as_new_workflow_execution":
            yield GivenCommand("end", "continued"), command.continue_as_new_workflow_execution
        case _:
            return


class ListeningRunner(SandboxedWorkflowRunner):
    """The sandbox that our workers use, with a listener to its commands."""

    def __init__(self, sandbox: SandboxedWorkflowRunner, listener: Listener) -> None:
        super().__init__(sandbox.restrictions, sandbox.runner_class)
        object.__setattr__(self, "_listener", listener)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """See the base class."""
        instance, run = super().create_instance(det), det.info.run_id
        listener: Listener = object.__getattribute__(self, "_listener")
        step = instance.activate

        def overheard(act: WorkflowActivation) -> WorkflowActivationCompletion:
            completion = step(act)
            listener.hear(run, completion)
            return completion

        instance.activate = overheard  # type: ignore[method-assign]
        return instance
