"""Runs the benchmarks, all or those named, and prints each figure beside its baseline and its aim."""

import asyncio
import os
import sys
import time
from collections.abc import Callable

from benchmarks.alerts import alert_figures
from benchmarks.demo import bolt_figures, bot_figures, page_bytes, start_s
from benchmarks.figures import latency_ms, ours_reading, ours_watching, typed_reading, typed_watching
from benchmarks.gauge import in_own_process
from benchmarks.incidents import alert_ms, storm_s
from benchmarks.server import serving


def watching(server: str) -> None:
    """CPU for one change of a pod, from the socket to the detector."""
    ours_events, typed_events = 40_000, 1_500
    ours = in_own_process(ours_watching, server, ours_events).cpu_s / ours_events
    typed = in_own_process(typed_watching, server, typed_events).cpu_s / typed_events
    say("watch event, ours", f"{ours * 1e6:,.1f} µs CPU, {1 / ours:,.0f} events/s/core", "≥ 40,000")
    say("watch event, kubernetes_asyncio Watch", f"{typed * 1e6:,.0f} µs CPU, {1 / typed:,.0f} events/s/core")
    say("ratio", f"{typed / ours:,.0f}×", "≥ 40×")


def reading(server: str) -> None:
    """Reading everything: CPU, memory and how long the event loop is held up."""
    for name, stream in (("streamed", True), ("paged", False)):
        cost = in_own_process(ours_reading, server, 10_000, stream)
        say(
            f"10,000 pods {name}, ours",
            f"{cost.cpu_s:.2f} s CPU, +{cost.growth_mb:.1f} MB peak, {cost.stall_ms:.1f} ms longest stall",
            "≤ 10 MB, ≤ 10 ms",
        )
    ours = in_own_process(ours_reading, server, 2_000, False)
    typed = in_own_process(typed_reading, server, 2_000)
    say(
        "2,000 pods paged, kubernetes_asyncio",
        f"{typed.cpu_s:.2f} s CPU, +{typed.growth_mb:.1f} MB peak, {typed.stall_ms:.0f} ms longest stall",
    )
    say("ratio of CPU", f"{typed.cpu_s / ours.cpu_s:,.0f}×")


def latency(server: str) -> None:
    """From the server's send to the detector, at a steady 2,000 changes a second."""
    taken = in_own_process(latency_ms, server, 10_000, 2_000)
    p50, p99 = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
    say("send to detector at 2,000/s", f"p50 {p50:.2f} ms, p99 {p99:.2f} ms", "p99 < 5 ms")


def scale(server: str) -> None:
    """A large cluster in one process."""
    cost = in_own_process(ours_reading, server, 100_000, True)
    say(
        "100,000 pods",
        f"{cost.resident_mb:.0f} MB resident (+{cost.growth_mb:.1f} MB), {cost.cpu_s:.1f} s CPU, {cost.wall_s:.1f} s",
        "< 250 MB",
    )


def demo(_server: str) -> None:
    """The demo's start, the bot's acknowledgements beside those of a bare slack_bolt app, and what they weigh."""
    start_s()  # the first one compiles and warms the disk's cache
    say("second start of the demo, to a connected bot", f"{min(start_s() for _ in range(3)):.1f} s", "≤ 5 s")
    acks, waiting, memory_mb = asyncio.run(bot_figures())
    for name, taken in (("ours", acks), ("bare slack_bolt", asyncio.run(bolt_figures()))):
        p50, p99 = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
        say(f"ack of 1,000 commands, {name}", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", "p99 < 300 ms")
    say(f"ack of {len(waiting)} while the database hangs", f"longest {waiting[-1]:.0f} ms", "< 500 ms, always")
    say("idle bot", f"{memory_mb:.0f} MB resident")
    assets, page = asyncio.run(page_bytes())
    say("practice page", f"script and style {assets / 1024:.1f} KB, page {page / 1024:.1f} KB, compressed", "≤ 16 KB")


def incidents(_server: str) -> None:
    """From a pod's new state to the committed row in the outbox, diagnosis included; and a storm of pods."""
    taken = asyncio.run(alert_ms())
    p50, p99 = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
    say("state change to outbox row, diagnosed", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", "p50 ≤ 25 ms, p99 < 250 ms")
    known, counted, messages = asyncio.run(storm_s())
    figure = f"{known:.2f} s to the last card, {counted:.1f} s to the last count, {messages} messages"
    say("1,000 pods of 5 workloads fail", figure, "< 3 s, 5 messages")


def alerts(_server: str) -> None:
    """From a pod's state to Slack, and what watching weighs."""
    taken, idle_mb, full_mb = asyncio.run(alert_figures())
    p50, p99 = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
    say("pod's state to chat.postMessage", f"p50 {p50:.0f} ms, p99 {p99:.0f} ms over {len(taken)}", "p99 < 250 ms")
    say("bot that watches 1,000 pods more", f"{full_mb:.0f} MB resident, {idle_mb:.0f} MB before")


BENCHMARKS: dict[str, Callable[[str], None]] = {
    "watching": watching,
    "reading": reading,
    "latency": latency,
    "scale": scale,
    "demo": demo,
    "incidents": incidents,
    "alerts": alerts,
}


def say(what: str, figure: str, aim: str = "") -> None:
    """Print one line of the table."""
    print(f"{what:<40} {figure:<66} {aim and f'aim {aim}'}".rstrip(), flush=True)


def main(names: list[str]) -> None:
    """Run the benchmarks called *names*, or all."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]}. There are: {', '.join(BENCHMARKS)}.")
    began = time.monotonic()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, pods of 11 kB")
    with serving() as server:
        for name in names or BENCHMARKS:
            BENCHMARKS[name](server)
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
