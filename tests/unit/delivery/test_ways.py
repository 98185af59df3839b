"""Which way next: by weight, and past whoever rests."""

from __future__ import annotations

from collections import Counter

from newsletter.delivery import ways
from newsletter.delivery.ways import Ways
from newsletter.lib.servers import parse


class Clock:
    """It moves when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def among(*urls: str, clock: Clock | None = None) -> Ways:
    return Ways([parse(url) for url in urls], clock=clock or Clock())


def taken(made: Ways, number: int) -> Counter[str]:
    return Counter(desk.server.name if desk else "smtp" for desk in (made.choose() for _ in range(number)))


def test_all_mail_servers_together_are_one_way_with_their_weights() -> None:
    made = among("smtp://a.example?weight=2", "smtp://b.example", "backend://m.One?name=one&weight=1")
    assert taken(made, 40) == {"smtp": 30, "one": 10}


def test_without_any_server_the_way_is_smtp_which_says_why_nothing_goes() -> None:
    assert taken(among(), 2) == {"smtp": 2}
    assert among().portion(1000) == 1000
    assert among("backend://m.One").portion(1000) == ways.MIXED


def test_who_takes_nothing_rests_and_comes_back_without_making_up_for_it() -> None:
    clock = Clock()
    made = among("smtp://a.example", "backend://m.One?name=one", clock=clock)
    one = next(desk for desk in (made.choose(), made.choose()) if desk)
    assert made.rest(one)
    assert taken(made, 20) == {"smtp": 20}
    clock.now += ways.REST_SECONDS
    assert taken(made, 20) == {"smtp": 10, "one": 10}


def test_where_all_rest_the_one_that_has_rested_longest_is_tried() -> None:
    clock = Clock()
    made = among("backend://m.One?name=one", "backend://m.Two?name=two", clock=clock)
    first, second = made.choose(), made.choose()
    assert first
    assert made.rest(first)
    clock.now += 1
    assert not made.rest(second)
    assert taken(made, 2) == {first.server.name: 2}
    made.leave()


def test_weight_0_goes_only_while_all_others_rest() -> None:
    made = among("smtp://a.example", "backend://m.One?name=one&weight=0")
    assert taken(made, 3) == {"smtp": 3}
    assert made.rest(None)
    assert taken(made, 3) == {"one": 3}
