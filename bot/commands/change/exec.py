"""exec: run one program in a container, word by word as typed; no shell reads the words, and no terminal opens."""

from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from bot.commands import names
from bot.commands.change.program_end import OUTPUT_CHARACTERS, told
from bot.commands.names import Name, Namespace, check_name, namespace_flag
from bot.commands.workloads.named_pod import READS, find_pod
from bot.errors import BadArguments, Rejected, Throttled
from bot.model.execution import ExecQuery, shown
from bot.model.kube.pods import Pod
from bot.model.plan import Effect, Fact, Json, Mark, Observed, Phase, Plan, Progress, Step
from bot.model.pod_status import summary
from bot.model.refs import ObjectRef
from bot.ports import Backends, ReadOnly
from bot.spec import Access, Args, Change, Context, Risk, access, flag, positional

TIMEOUT_S = 30
"""For what a person waits for."""
COMMAND_CHARACTERS = 400
"""What a card shows whole: nobody approves what he cannot see."""
READ_BYTES = 256 << 10
"""Of each output; more than is kept, so that secrets are found before anything is cut."""
OF_PODS = access("", ["pods"], ["get"])
SHELLS = frozenset(("sh", "bash", "ash", "dash", "zsh"))
"""They wait for input, which nobody gives them, or run what stands in one word behind `-c`."""


class ExecArgs(Args):
    """Which program, where."""

    pod: Name = positional("pod to run it in", metavar="POD", completes="pod")
    command: tuple[str, ...] = positional("the program and its arguments", metavar="-- COMMAND", verbatim=True)
    container: str = flag(
        "container, where there are several", default="", short="c", metavar="NAME", completes="container"
    )
    timeout: Annotated[int, Field(ge=1, le=120)] = flag(
        "seconds until it is left", default=TIMEOUT_S, metavar="SECONDS"
    )
    namespace: Namespace = namespace_flag()
    it: bool = flag("a terminal, which a chat has not", default=False, short="it", hidden=True)
    stdin: bool = flag("input, which a chat has not", default=False, short="i", hidden=True)
    tty: bool = flag("a terminal, which a chat has not", default=False, short="t", hidden=True)

    @field_validator("pod", mode="before")
    @classmethod
    def _without_kind(cls, pod: str) -> str:
        return pod.removeprefix("pod/").removeprefix("pods/")

    @field_validator("container")
    @classmethod
    def _named(cls, container: str) -> str:
        return check_name(container) if container else ""

    @field_validator("command")
    @classmethod
    def _can_be_judged(cls, command: tuple[str, ...]) -> tuple[str, ...]:
        if not command[0]:
            raise ValueError("the first word after -- names a program")
        if (length := len(shown(command))) > COMMAND_CHARACTERS:
            raise ValueError(f"the command has {length} characters; a card shows {COMMAND_CHARACTERS} at most")
        return command

    @model_validator(mode="after")
    def _without_terminal(self) -> "ExecArgs":
        if self.it or self.stdin or self.tty:
            raise ValueError("No terminal opens in a chat: `exec POD -- COMMAND` runs one command at a time")
        return self


def needs(args: ExecArgs) -> tuple[Access, ...]:
    """Of the person what kubectl needs; the WebSocket of the bot's own account is asked for `get` as well."""
    del args
    return (OF_PODS, access("", ["pods/exec"], ["create"]))


async def plan(args: ExecArgs, ctx: Context) -> Plan:
    """Read the pod and say what would run where. Raises NotFound, BadArguments."""
    namespace = args.namespace or ctx.namespace
    pod = await find_pod(ctx.on.cluster, args.pod, namespace, lambda near: _line(args, near, namespace))
    container = _container(pod, args.container)
    ref = ObjectRef("pod", args.pod, namespace, ctx.on.cluster.name, pod.metadata.uid)
    seen = _fields(pod, container)
    if seen["state"] != "running":
        raise BadArguments(
            f"Container {container} of {ref} is {seen['state']}, and only a running one can be entered. "
            "Nothing was run.",
            hint=f"`{names.line('why', str(ref), namespace=namespace)}` says why.",
        )
    program = f"{shown(args.command[:1])} in {ref}"
    return Plan(
        command=COMMAND.name,
        line=_line(args, args.pod, namespace),
        namespace=namespace,
        steps=(Step(ref, seen, _desired(args, container)),),
        title=f"Run {program}",
        doing=f"Running {program}",
        done=f"Ran {program}",
        facts=(
            Fact("Command", f"`{shown(args.command)}`"),
            Fact("Container", f"{container} · image {seen['image']}"),
            Fact("Pod", f"{summary(pod).status} · node {pod.spec.node_name}"),
            Fact("Limits", f"{args.timeout} s, then it is left alone; {OUTPUT_CHARACTERS} characters of what it says"),
        ),
        warnings=tuple(_warnings(args.command)),
        program=args.command,
    )


def _line(args: ExecArgs, pod: str, namespace: str) -> str:
    container = ["-c", args.container] if args.container else []
    timeout = [f"--timeout={args.timeout}"] if args.timeout != TIMEOUT_S else []
    return names.line("exec", pod, "-n", namespace, *container, *timeout, "--", *args.command)


def _desired(args: ExecArgs, container: str) -> dict[str, Json]:
    return {"container": container, "command": list(args.command), "timeout_s": args.timeout}


def _container(pod: Pod, wanted: str) -> str:
    """The container that is meant. Raises BadArguments with those that there are."""
    existing = [container.name for container in (*pod.spec.containers, *pod.spec.init_containers)]
    if wanted and wanted not in existing:
        raise BadArguments(
            f"pod/{pod.metadata.name} has no container “{wanted}”. Nothing was run.",
            hint=f"It has {', '.join(existing)}.",
        )
    return wanted or pod.default_container


def _fields(pod: Pod, container: str) -> dict[str, Json]:
    """What must still be so: that very pod, and in it that program's surroundings."""
    statuses = (*pod.status.container_statuses, *pod.status.init_container_statuses)
    state = next((status.state for status in statuses if status.name == container), None)
    images = {one.name: one.image for one in (*pod.spec.containers, *pod.spec.init_containers)}
    is_running = state is not None and state.running is not None
    return {
        "uid": pod.metadata.uid,
        "image": images.get(container, ""),
        "state": "running" if is_running else "not running",
    }


def _warnings(command: tuple[str, ...]) -> list[str]:
    program = PurePosixPath(command[0]).name
    is_given_reason = any(word.partition("=")[0] == "--reason" for word in command)
    surprises = {
        "A shell reads what follows `-c`: it can do several things at once": _is_script(program, command),
        "It gets no input, so it ends at once": program in SHELLS and len(command) == 1,
        "`--reason` stands behind the program, which gets it": is_given_reason,
    }
    return [warning for warning, is_so in surprises.items() if is_so]


def _is_script(program: str, command: tuple[str, ...]) -> bool:
    return program in SHELLS and any(word.startswith("-") and "c" in word for word in command[1:])


async def observe(step: Step, on: ReadOnly) -> Observed:
    """The pod and its container now. Raises NotFound."""
    pod = await on.cluster.get(Pod, step.target.name, step.target.namespace)
    return Observed(_fields(pod, step.desired["container"]), pod.metadata.resource_version)


async def apply(step: Step, on: Backends, mark: Mark) -> Progress:
    """Run it and give what came of it. Raises Rejected when it did not start, Unreachable when that is not known."""
    if on.exec is None:
        raise Rejected("This bot cannot run commands in containers.")
    query = ExecQuery(
        namespace=step.target.namespace,
        pod=step.target.name,
        container=step.desired["container"],
        command=tuple(step.desired["command"]),
        time=timedelta(seconds=step.desired["timeout_s"]),
        size_bytes=READ_BYTES,
        audit_id=mark.audit_id,
    )
    try:
        return told(query, await on.exec.run(query))
    except Throttled as error:  # it has not started; tried again later, it might run unexpectedly late
        raise Rejected("The API server is too busy for it.") from error


async def effect(step: Step, on: ReadOnly, mark: Mark) -> Effect:
    """A program leaves no mark on its pod: whether one that got no answer ran, only a person can find out."""
    del step, on, mark
    return Effect.UNCLEAR


async def progress(step: Step, on: ReadOnly, now: datetime) -> Progress:
    """Nothing is left to be seen of one that a person says has run: `apply` alone hears what a program says."""
    del step, on, now
    return Progress(Phase.DONE, "what it said was not heard")


COMMAND = Change(
    name="exec",
    summary="Run one command in a container and show what it says.",
    args=ExecArgs,
    plan=plan,
    observe=observe,
    apply=apply,
    effect=effect,
    progress=progress,
    access=(OF_PODS, access("", ["pods/exec"], ["get", "create"])),
    needs=needs,
    reads=READS,
    risk=Risk.CHANGE,
    area="Change",
    examples=("exec postgres-0 -- df -h", "exec instance-worker-7c9-x2x -c app --timeout 60 -- ls -l /app"),
)
