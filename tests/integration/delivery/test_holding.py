"""holding and transport: the connections to a server are shared by all workers, exactly, and come and go as others need them (S11)."""

from __future__ import annotations

import functools
import select
import threading
import time
from typing import TYPE_CHECKING

import pytest

from newsletter.delivery import holding, throttling, transport
from newsletter.delivery.throttling import Limit, LimitsAwayError
from newsletter.delivery.transport import AllInUseError, NoServerError, Transport, UsedUpError
from newsletter.lib.servers import Server, parse
from tests.environment import free_port
from tests.integration.delivery.conftest import wait_until
from tests.peers import openings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_django import Settings

    from tests.peers import smtp

pytestmark = pytest.mark.usefixtures("redis_server")


def nobody_minds() -> None:
    """Nothing is leased."""


def to(peer: smtp.Peer, **options: int) -> Server:
    return parse(peer.url + "".join(f"&{name}={value}" for name, value in options.items()))


@pytest.fixture
def made() -> Iterator[Callable[..., Transport]]:
    """Makes transports, each as if in a process of its own, and hangs up in the end."""
    transports: list[Transport] = []

    def make(*servers: Server) -> Transport:
        transports.append(Transport(servers))
        return transports[-1]

    yield make
    for each in transports:
        each.leave()


@pytest.fixture
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "RENEW_SECONDS", 0.05)
    monkeypatch.setattr(transport, "LOOK_SECONDS", 0.02)


def grown(one: Transport, number: int) -> None:
    """Until it has so many connections."""
    one.ensure(pulse=nobody_minds)

    def is_grown() -> bool:
        one.grow()
        one.arrived()
        return len(one.wires) >= number

    wait_until(is_grown, seconds=10, what=f"{number} connections")


def has_opened(one: Transport, number: int) -> bool:
    one.arrived()
    return len(one.wires) >= number


def held_by_others(server: Server, number: int) -> None:
    limit = Limit(f"server:{server.name}", connections=number)
    assert throttling.hold(limit=limit, holder="another worker", wanted=number, seconds=60) == number


@pytest.mark.usefixtures("_quickly")
def test_one_worker_alone_uses_all_connections_and_no_more(peer: smtp.Peer, made: Callable[..., Transport]) -> None:
    one = made(to(peer, connections=3))
    grown(one, 3)
    for _ in range(20):
        one.grow()
        one.arrived()
        time.sleep(0.01)
    assert len(one.wires) == 3


@pytest.mark.usefixtures("_quickly")
def test_a_second_worker_gets_its_share_once_the_first_has_closed_its_own(
    peer: smtp.Peer, made: Callable[..., Transport]
) -> None:
    server = to(peer, connections=4)
    first, second = made(server), made(server)
    grown(first, 4)
    most, over = [0], threading.Event()

    def work_on() -> None:
        while not over.wait(0.01):
            first.grow()
            first.tend()
            most[0] = max(most[0], len(first.wires) + len(second.wires))

    working = threading.Thread(target=work_on)
    working.start()
    try:
        second.ensure(pulse=nobody_minds)
        grown(second, 2)
    finally:
        over.set()
        working.join(10)
    assert (len(first.wires), len(second.wires)) == (2, 2)
    assert most[0] <= 4


def test_what_others_hold_is_waited_for_in_vain_and_then_named(
    peer: smtp.Peer, made: Callable[..., Transport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "ROOM_SECONDS", 0.3)
    server, spare = to(peer, connections=2), Server("127.0.0.1", free_port(), tls="none", weight=0)
    held_by_others(server, 2)
    with pytest.raises(AllInUseError) as refused:
        made(server, spare).ensure(pulse=nobody_minds)
    assert refused.value.server == server, "a server of weight 0 stands in for those that do not answer"


def test_while_redis_is_away_no_connection_is_opened_and_those_that_are_run_out(
    peer: smtp.Peer, made: Callable[..., Transport], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "RENEW_SECONDS", 0.0)
    server = to(peer)
    one = made(server)
    one.ensure(pulse=nobody_minds)
    there, settings.REDIS_URL = settings.REDIS_URL, f"redis://127.0.0.1:{free_port()}/0"
    one.tend()
    one.grow()
    assert len(one.wires) == 1, "it is ours for a while"
    monkeypatch.setattr(holding, "HOLD_SECONDS", 0.0)
    with pytest.raises(LimitsAwayError):
        made(server).ensure(pulse=nobody_minds)
    settings.REDIS_URL = there
    one.tend()
    assert one.wires == [], "its lease was over before it was renewed"


def test_a_worker_that_does_something_else_lets_its_connections_go(
    peer: smtp.Peer, made: Callable[..., Transport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "UNUSED_SECONDS", 0.1)
    server = to(peer, connections=1)
    one = made(server)
    for _ in range(2):
        with one.taken_up():
            one.ensure(pulse=nobody_minds)
            one.wires[0].carried = 1
            time.sleep(0.2)
            one._close_unused()  # noqa: SLF001 (as the timer of the turn before, a moment late)
            assert len(one.wires) == 1, "it is in use"
        assert len(one.wires) == 1, "it may be needed again in a moment"
    wait_until(lambda: not one.wires, seconds=5, what="hanging up")
    another = made(server)
    another.ensure(pulse=nobody_minds)
    assert len(another.wires) == 1


def test_who_found_nothing_to_send_keeps_no_connection_from_the_others(
    peer: smtp.Peer, made: Callable[..., Transport]
) -> None:
    server = to(peer, connections=1)
    one, another = made(server), made(server)
    with one.taken_up():
        one.ensure(pulse=nobody_minds)
    assert one.wires == []
    another.ensure(pulse=nobody_minds)
    assert len(another.wires) == 1


@pytest.mark.usefixtures("_quickly")
def test_as_many_connections_are_opened_at_a_time_as_are_open(peer: smtp.Peer, made: Callable[..., Transport]) -> None:
    one = made(to(peer, connections=16))
    one.ensure(pulse=nobody_minds)
    for number in (2, 4, 8, 16, 16):
        for _ in range(40):
            one.grow()
        wait_until(functools.partial(has_opened, one, number), seconds=10, what=f"{number} connections")
        time.sleep(0.1)
        one.arrived()
        assert len(one.wires) == number


def test_a_connection_still_being_opened_when_nobody_needs_it_any_more_is_closed_too(
    scripted: Callable[..., smtp.Peer], made: Callable[..., Transport], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.peers.smtp import Script  # noqa: PLC0415 (only here)

    monkeypatch.setattr(transport, "UNUSED_SECONDS", 0.1)
    server = to(scripted(Script(delay=0.3)), connections=2)
    one = made(server)
    with one.taken_up():
        one.ensure(pulse=nobody_minds)
        time.sleep(holding.RENEW_SECONDS)
        one.grow()
    limit = Limit(f"server:{server.name}", connections=2)
    wait_until(
        lambda: throttling.hold(limit=limit, holder="another worker", wanted=2, seconds=60) == 2,
        seconds=10,
        what="both connections for others",
    )
    assert one.wires == []


def test_who_leaves_while_another_connection_is_being_opened_takes_it_along(
    scripted: Callable[..., smtp.Peer], made: Callable[..., Transport]
) -> None:
    from tests.peers.smtp import Script  # noqa: PLC0415 (only here)

    server = to(scripted(Script(delay=0.2)), connections=2)
    one = made(server)
    one.ensure(pulse=nobody_minds)
    time.sleep(holding.RENEW_SECONDS)
    one.grow()
    one.leave()
    assert one.wires == []
    limit = Limit(f"server:{server.name}", connections=2)
    assert throttling.hold(limit=limit, holder="another worker", wanted=2, seconds=60) == 2


def test_a_connection_is_kept_until_its_servers_goodbye_is_complete(made: Callable[..., Transport]) -> None:
    begins, ends = threading.Event(), threading.Event()

    def says_goodbye(wire: openings.Wire) -> None:
        wire.greet()
        begins.wait(10)
        wire.socket.sendall(b"421 4.3.2 good")
        ends.wait(10)
        wire.socket.sendall(b"bye\r\n")
        assert wire.hear() == ""

    with openings.speaking(says_goodbye, lambda wire: wire.greet()) as port:
        one = made(Server("127.0.0.1", port, tls="none"))
        one.ensure(pulse=nobody_minds)
        (first,) = one.wires
        for event in (begins, ends):
            event.set()
            assert select.select([first.socket], [], [], 10)[0]
            one.ensure(pulse=nobody_minds)
            assert (first in one.wires) == (event is begins)
        assert len(one.wires) == 1, "a fresh one"
        one.leave()


def test_what_others_want_is_closed_only_between_two_turns(peer: smtp.Peer, made: Callable[..., Transport]) -> None:
    one = made(to(peer, connections=2))
    grown(one, 2)
    unwanted = one.wires[-1]
    unwanted.retires = True
    one._tended = float("-inf")  # noqa: SLF001 (as after a second)
    one.wait(0)
    assert unwanted in one.wires, "its server may wait for a text just now"


def test_making_room_leaves_one_connection(peer: smtp.Peer, made: Callable[..., Transport]) -> None:
    server = to(peer, connections=3)
    one = made(server)
    grown(one, 3)
    one.shrink()
    assert len(one.wires) == 1
    assert throttling.hold(limit=Limit(f"server:{server.name}", connections=3), holder="x", wanted=3, seconds=9) == 2


def test_a_server_of_weight_0_is_not_opened_to_where_another_has_no_room(
    peer: smtp.Peer, made: Callable[..., Transport]
) -> None:
    server = to(peer, connections=1)
    spare = Server("127.0.0.1", peer.port, tls="none", weight=0, name="spare")
    one = made(server, spare)
    one.ensure(pulse=nobody_minds)
    one.grow()
    time.sleep(0.2)
    one.arrived()
    assert [wire.server.name for wire in one.wires] == [server.name]
    one.rest(server)
    grown(one, 2)
    assert [wire.server.name for wire in one.wires] == [server.name, "spare"]


def test_a_server_that_has_carried_what_it_may_lets_another_carry_the_mail(
    peer: smtp.Peer, made: Callable[..., Transport]
) -> None:
    main, other = to(peer), Server("127.0.0.1", peer.port, tls="none", name="other")
    one = made(main, other)
    one.ensure(pulse=nobody_minds)
    one.ensure(pulse=nobody_minds, may_carry=lambda server: server.name == "other")
    assert [wire.server.name for wire in one.wires] == [main.name, "other"]
    with pytest.raises(UsedUpError) as used_up:
        one.ensure(pulse=nobody_minds, may_carry=lambda _server: False)
    assert set(used_up.value.servers) == {main, other}


def test_a_server_that_does_not_answer_is_named_first(made: Callable[..., Transport]) -> None:
    with pytest.raises(NoServerError):
        made(Server("127.0.0.1", free_port(), tls="none")).ensure(pulse=nobody_minds)


def test_a_server_that_takes_no_further_connection_rests(peer: smtp.Peer, made: Callable[..., Transport]) -> None:
    server = to(peer)
    one = made(server)
    one.ensure(pulse=nobody_minds)
    peer.process.kill()
    peer.process.wait(10)

    def is_told() -> bool:
        one.grow()
        one.arrived()
        return one._rests(server)  # noqa: SLF001 (nobody else tells)

    wait_until(is_told, seconds=10, what="a failed opening")
    assert len(one.wires) == 1


def test_what_is_let_go_while_redis_is_away_runs_out_by_itself(
    peer: smtp.Peer, made: Callable[..., Transport], settings: Settings, tmp_path: Path
) -> None:
    assert tmp_path
    one = made(to(peer))
    one.ensure(pulse=nobody_minds)
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    one.leave()
    assert one.wires == []
