"""What was measured, as one table: ratios first, each beside its bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = tuple[str, str, str]
ONLY_OUR_OWN = (
    "only against our own sink, quicker than any mail server; without --quick smtp-sink as well, where it can be had:"
)


def as_table(figures: dict[str, Any]) -> str:
    """`figures` per database, as `measuring` returns them."""
    return "\n\n".join(_of_one(name, found) for name, found in figures.items())


def _of_one(database: str, found: dict[str, Any]) -> str:
    rows = [*_speed(found.get("speed_postfix"), "")]
    if "speed" in found and "speed_postfix" not in found:
        rows.append((ONLY_OUR_OWN, "", ""))
    rows += _speed(found.get("speed"), ", our own sink")
    rows += _growth(found.get("growth", []))
    rows += _latency(found.get("latency", []))
    width, figure = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    head = f"{database.upper()} · " + " · ".join(f"{name}: {value}" for name, value in found["machine"].items())
    return "\n".join(
        [head, *(f"  {name:<{width}}  {value:>{figure}}  {bound}".rstrip() for name, value, bound in rows)]
    )


def _speed(speed: dict[str, Any] | None, more: str) -> Iterator[Row]:
    if speed is None:
        return
    yield _at_least(f"ours ÷ bare pipelined injector{more}", speed["ours_to_bare_injector"], 0.5, aim=0.7)
    yield (
        f"ours ÷ two bare injectors at once, half the connections each{more}",
        f"{speed['ours_to_two_bare_injectors']}",
        "",
    )
    yield (f"ours ÷ injector that also fills its slots{more}", f"{speed['ours_to_filling_injector']}", "")
    yield _at_least(f"ours ÷ plain Django loop{more}", speed["ours_to_plain_loop"], 12)
    if speed["commits_per_recipient"] is not None:
        yield _at_most(f"database commits per recipient, reading ones too{more}", speed["commits_per_recipient"], 0.01)
        yield (f"of them writing{more}", f"{speed['writing_transactions_per_recipient']}", "")
    if speed["connections_per_recipient"] is not None:
        yield _at_most(f"SMTP connections per recipient{more}", speed["connections_per_recipient"], 0.005)
    for name, rate in speed["messages_per_second"].items():
        turns = ", ".join(map(str, speed["every_turn"][name]))
        yield (f"messages a second, {NAMES[name]}{more}", f"{rate}", f"turns {turns}")
    used = ", ".join(f"{who} {cost}" for who, cost in speed["cpu_microseconds_per_recipient"].items())
    yield (f"processor time per recipient, µs{more}", "", used)
    size, crowd = speed["octets_per_message"] or "?", f"{speed['recipients']} recipients, {speed['rounds']} rounds"
    yield (f"measured with{more}", "", f"{crowd}, {speed['connections']} connections, {size} octets, {speed['sink']}")


NAMES = {
    "bare": "bare injector, one process",
    "bare_twice": "bare injector, two processes",
    "filling": "injector that fills",
    "loop": "plain Django loop",
    "ours": "ours, launch to finished",
}


def _growth(growth: list[dict[str, Any]]) -> Iterator[Row]:
    if not growth:
        return
    first, last = growth[0], growth[-1]
    span = f"{first['recipients']} to {last['recipients']} recipients"
    for kind in ("wall", "cpu"):
        name = f"{kind}_microseconds_per_recipient"
        yield _at_most(f"{kind} per recipient, growth from {span}", round(last[name] / first[name], 3), 1.15)
    begin = next((each for each in growth if each["recipients"] >= 2000), first)
    grown = max(last["worker_megabytes"].values()) - max(begin["worker_megabytes"].values())
    yield _at_most(f"worker memory, growth from {begin['recipients']} to {last['recipients']}, MB", round(grown, 1), 10)
    million = last["preparing_seconds"] * 1_000_000 / last["recipients"]
    scaled = "" if last["recipients"] >= 1_000_000 else f", scaled from {last['recipients']}"
    yield _at_most(f"launching a million (rows written), s{scaled}", round(million, 1), 60)
    for each in growth:
        cost = f"{each['wall_microseconds_per_recipient']} µs, {each['cpu_microseconds_per_recipient']} µs of processor"
        memory = f"worker {max(each['worker_megabytes'].values(), default=0)} MB"
        look = f"progress {each['progress']['queries']} queries, {each['progress']['milliseconds']} ms"
        details = f"{cost} each; rows written in {each['preparing_seconds']} s; {memory}; {look}"
        yield (f"{each['recipients']} recipients", f"{each['messages_per_second']}/s", details)


def _latency(latency: list[dict[str, Any]]) -> Iterator[Row]:
    for each in latency:
        share = each["in_the_middle"] / each["by_formula"]
        yield (
            f"{1000 * each['delay_seconds']:.0f} ms before every reply, {each['connections']} connections",
            f"{each['messages_per_second']}/s",
            f"{each['in_the_middle']}/s in the middle half, {share:.0%} of connections ÷ (4 replies × delay) = {each['by_formula']}",
        )


def _at_least(name: str, value: float, bound: float, *, aim: float | None = None) -> Row:
    wished = f" (aim {aim})" if aim else ""
    return name, f"{value}", f"{'met' if value >= bound else 'MISSED'}: at least {bound}{wished}"


def _at_most(name: str, value: float, bound: float) -> Row:
    return name, f"{value}", f"{'met' if value <= bound else 'MISSED'}: at most {bound}"
