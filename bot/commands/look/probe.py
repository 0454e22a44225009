"""probe: one GET of a service or pod through the API server: status, latency, the beginning of the body."""

import re
from http import HTTPStatus
from typing import Annotated

from pydantic import Field, field_validator

from bot.commands import names
from bot.commands.look.columns import VIEW_OF
from bot.commands.look.named import near_misses
from bot.commands.names import Namespace, check_name, namespace_flag, resource_called
from bot.errors import BadArguments, NotFound
from bot.model.kube.pods import Pod
from bot.model.kube.services import Service
from bot.model.plan import Fact
from bot.model.probe import NoAnswer, ProbeAnswer, ProbeQuery
from bot.model.refs import ObjectRef
from bot.model.reply import Button, Buttons, Code, Facts, Part, Reply, Tone
from bot.model.resources import BY_NAME, POD, SERVICE
from bot.ports import Probes
from bot.spec import Access, Args, Context, Query, access, flag, positional

TARGET = re.compile(r"(?P<kind>[a-z]+)/(?P<name>[^:/]+)(?::(?P<port>[^/]*))?(?P<path>/.*)?", re.DOTALL)
EXAMPLE = "`probe service/instance-service:8003/health`"
HEAD_CHARACTERS, HEAD_LINES = 2_000, 30
"""Of the body: enough to tell a health report from an error page."""


class ProbeArgs(Args):
    """What is asked."""

    target: str = positional(
        "`service/NAME:PORT/PATH` or `pod/NAME:PORT/PATH`", metavar="KIND/NAME:PORT/PATH", completes="service"
    )
    https: bool = flag("speak HTTPS to the port", default=False)
    timeout: Annotated[int, Field(ge=1, le=25)] = flag("seconds to wait for the answer", default=10, metavar="SECONDS")
    namespace: Namespace = namespace_flag()

    @field_validator("target")
    @classmethod
    def _known(cls, target: str) -> str:
        kind, name, port, path = _split(target)
        resource = resource_called(kind, (SERVICE, POD))
        return f"{resource.singular}/{check_name(name)}{f':{port}' if port else ''}{path}"


def _split(target: str) -> tuple[str, str, str, str]:
    """Kind, name, port (may be empty) and path. Raises ValueError."""
    found = TARGET.fullmatch(target)
    if found is None:
        raise ValueError("KIND/NAME:PORT/PATH names a service or a pod, its port and a path")
    return found["kind"], found["name"], found["port"] or "", found["path"] or "/"


def needs(args: ProbeArgs) -> tuple[Access, ...]:
    """The way through the API server; the object too where its port has to be looked up."""
    kind, _, port, _ = _split(args.target)
    plural = BY_NAME[kind].plural
    return (
        access("", [f"{plural}/proxy"], ["get"]),
        *(() if port else (access("", [plural], ["get"]),)),
    )


async def run(args: ProbeArgs, ctx: Context) -> Reply:
    """Ask once, and say what came back. Raises NotFound, Denied, BadArguments."""
    kind, name, port, path = _split(args.target)
    target = ObjectRef(kind, name, args.namespace or ctx.namespace, ctx.on.cluster.name)
    try:
        query = ProbeQuery(
            target=target,
            port=port or await _only_port(target, ctx),
            path=path,
            scheme="https" if args.https else "http",
            timeout_s=args.timeout,
        )
        answer = await _probes(ctx).get(query)
    except NotFound:
        raise await _unknown(target, args.target.partition("/")[2].removeprefix(name), ctx) from None
    return told(query, answer)


def _probes(ctx: Context) -> Probes:
    if ctx.on.probes is None:
        raise NotFound("This bot cannot reach services. Nothing was asked.")
    return ctx.on.probes


async def _only_port(target: ObjectRef, ctx: Context) -> str:
    """The port of an object that has one. Raises BadArguments with those that it has."""
    if target.kind == SERVICE.singular:
        service = await ctx.on.cluster.get(Service, target.name, target.namespace)
        ports = [str(one.port) for one in service.spec.ports]
    else:
        pod = await ctx.on.cluster.get(Pod, target.name, target.namespace)
        ports = [str(one.container_port) for container in pod.spec.containers for one in container.ports]
    if len(ports) != 1:
        has = f"has the ports {', '.join(ports)}" if ports else "declares no port"
        raise BadArguments(f"{target} {has}. Nothing was asked.", hint=f"Name one: {EXAMPLE}.")
    return ports[0]


async def _unknown(target: ObjectRef, rest: str, ctx: Context) -> NotFound:
    """Say that there is none, and offer near misses with the same *rest*: port and path."""
    resource = BY_NAME[target.kind]
    near = await near_misses(ctx.on.cluster, VIEW_OF[resource], target.name, target.namespace)
    return NotFound(
        f"No {target.kind} “{target.name}” in {target.namespace}. Nothing was asked.",
        hint="" if near else f"`get {resource.plural}` lists those that exist.",
        suggestions=tuple(
            names.line("probe", f"{target.kind}/{one}{rest}", namespace=target.namespace) for one in near
        ),
    )


def told(query: ProbeQuery, answer: ProbeAnswer | NoAnswer) -> Reply:
    """The answer in one line, then what it consists of."""
    asked = f"{query.target}:{query.port}"
    if isinstance(answer, NoAnswer):
        line = names.line("describe", query.target.kind, query.target.name, namespace=query.target.namespace)
        return Reply(f"{asked} does not answer: {answer.why}", (Buttons((Button("Describe", line),)),), Tone.BAD)
    return Reply(
        f"{asked} answers {_status(answer.code)} in {answer.latency_s * 1000:.0f} ms",
        (_facts(query, answer), *_body(answer)),
        _tone(answer.code),
    )


def _status(code: int) -> str:
    """`404 Not Found`; a code that nobody knows stands alone."""
    known = {status.value: status.phrase for status in HTTPStatus}
    return f"{code} {known.get(code, '')}".rstrip()


def _tone(code: int) -> Tone:
    if code < 400:
        return Tone.GOOD
    return Tone.WARNING if code < 500 else Tone.BAD


def _facts(query: ProbeQuery, answer: ProbeAnswer) -> Facts:
    return Facts(
        (
            Fact("Asked", f"GET {query.path.partition('?')[0]} over {query.scheme.upper()}"),
            *([Fact("Leads to", answer.location)] if answer.location else []),
            *([Fact("Content", answer.content_type)] if answer.content_type else []),
        )
    )


def _body(answer: ProbeAnswer) -> list[Part]:
    head = "\n".join(answer.head.splitlines()[:HEAD_LINES])[:HEAD_CHARACTERS]
    if not head:
        return []
    is_whole = answer.is_whole and len(head) >= len(answer.head.rstrip())
    return [Code(head, title="Body" if is_whole else "The beginning of the body", file_name="body.txt")]


COMMAND = Query(
    name="probe",
    summary="Ask a service or pod over HTTP, from inside the cluster.",
    args=ProbeArgs,
    run=run,
    access=(
        access("", ["services/proxy", "pods/proxy"], ["get"]),
        access("", ["services", "pods"], ["get"]),
    ),
    needs=needs,
    reads=(access("", ["services", "pods"], ["list"]),),
    area="Look",
    examples=("probe service/instance-service:8003/health", "probe pod/postgres-0:8008/readiness --timeout 3"),
)
