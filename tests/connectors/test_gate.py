"""The gate alone: slots, budget, writes. Real threads, no real waiting."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import httpx
import msgspec
import pytest
import respx

from connectors._http import Answer, Call, Garbled, Gate, Manners, Unreachable, clean, error_texts, web_address
from connectors._http.budget import Budget
from domain.errors import AskOperator, GangwayError, Trouble, TryLater, Unsure
from tests.connectors.conformance import NOW, FakeTime

READ = Call("GET", "https://vendor.example/things", "things")
WRITE = Call("POST", "https://vendor.example/things", "things", body={"name": "x"}, is_read=False)


class Thing(msgspec.Struct):
    id: int


def judge(call: Call, answer: Answer) -> GangwayError:
    return AskOperator(f"refused {answer.status}", Trouble.BAD_ANSWER)


def gate(time: FakeTime, share: int = 100, window: float = 60) -> Gate:
    return Gate(Manners("Vendor", 3, share, window, judge), {"Key": "k"}, clock=time.clock, sleep=time.sleep)


def test_no_more_than_three_calls_of_an_object_are_under_way(time: FakeTime) -> None:
    lock, under_way, peak = threading.Lock(), {"things": 0, "others": 0}, {"things": 0, "others": 0}
    everyone_in = threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.strip("/")
        with lock:
            under_way[name] += 1
            peak[name] = max(peak[name], under_way[name])
            if sum(under_way.values()) == 6:
                everyone_in.set()
        everyone_in.wait(5)
        with lock:
            under_way[name] -= 1
        return httpx.Response(200, json={"id": 1})

    opened = gate(time)
    other = Call("GET", "https://vendor.example/others", "others")
    with respx.mock as network, ThreadPoolExecutor(12) as pool:
        network.route().mock(side_effect=answer)
        list(pool.map(partial(opened.send, shape=Thing), [READ, other] * 6))
    assert peak == {"things": 3, "others": 3}


def test_the_share_is_never_passed_in_any_window(time: FakeTime) -> None:
    opened, sent = gate(time, share=10, window=20), []
    with respx.mock as network:
        network.route().mock(side_effect=lambda _: sent.append(time.now) or httpx.Response(200, json={"id": 1}))
        for _ in range(35):
            opened.send(READ, Thing)
            time.now += timedelta(seconds=0.5)
    assert all(later - first >= timedelta(seconds=20) for first, later in zip(sent, sent[10:], strict=False))
    assert opened.used().used <= opened.used().share == 10


def test_a_share_that_is_gone_for_long_is_the_callers_to_wait(time: FakeTime) -> None:
    opened = gate(time, share=2, window=3600)
    with respx.mock as network:
        network.route().respond(200, json={"id": 1})
        opened.send(READ, Thing)
        opened.send(READ, Thing)
        with pytest.raises(TryLater, match="its share") as told:
            opened.send(READ, Thing)
        assert told.value.after == pytest.approx(3600, abs=1)
        assert (opened.used().used, time.slept) == (2, [])
        time.sleep(3601)
        assert opened.send(READ, Thing).body == Thing(1)


def test_a_clock_set_back_does_not_free_calls() -> None:
    budget = Budget(1, 60)
    assert budget.take(NOW) is None
    assert budget.take(NOW - timedelta(hours=1)) is not None
    assert budget.used(NOW) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (httpx.Response(503), Unsure),
        (httpx.ReadError("reset"), Unsure),
        (httpx.ReadTimeout("slow"), Unsure),
        (httpx.Response(200, content=b'{"id"'), Unsure),
        (httpx.ConnectError("refused"), TryLater),
        (httpx.Response(429), TryLater),
        (httpx.Response(500, json={"errors": ["queueID is required"]}), AskOperator),
    ],
    ids=str,
)
def test_a_write_is_sent_once_and_an_unknown_outcome_stops(
    time: FakeTime, fault: httpx.Response | Exception, error: type[GangwayError]
) -> None:
    with respx.mock as network:
        route = network.route().mock(side_effect=[fault])
        with pytest.raises(error):
            gate(time).send(WRITE, Thing)
        assert route.call_count == 1
    assert time.slept == []


def test_an_answer_of_another_form_is_reported(time: FakeTime) -> None:
    with respx.mock as network:
        route = network.route().respond(200, json=["not", "a", "thing"])
        with pytest.raises(AskOperator, match="unknown form"):
            gate(time).send(READ, Thing)
        assert route.call_count == 1


def test_no_content_is_a_good_answer_and_links_are_handed_on(time: FakeTime) -> None:
    opened = gate(time)
    with respx.mock as network:
        network.route().mock(side_effect=[httpx.Response(204), httpx.Response(200, json={"id": 1}, headers={"Link": "<x>"})])
        assert opened.send(WRITE, type(None)).body is None
        assert opened.send(READ, Thing).link == "<x>"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.ConnectError("refused"), Unreachable),
        (httpx.Response(200, text="<html>"), Garbled),
        (httpx.Response(200, content=b'[{"id": 1'), Garbled),
        (httpx.Response(200, content=b'{"id": "x", "na'), Garbled),
    ],
)
def test_nobody_there_and_no_data_are_told_apart(
    time: FakeTime, answer: httpx.Response | Exception, kind: type[TryLater]
) -> None:
    """A cut-off answer is no answer of another form, whatever its beginning looks like."""
    once = Call("GET", READ.url, "things", once=True)
    with respx.mock as network:
        network.route().mock(side_effect=[answer])
        with pytest.raises(kind):
            gate(time).send(once, Thing)


def test_redirects_are_not_followed(time: FakeTime) -> None:
    with respx.mock as network:
        network.get("https://vendor.example/things").respond(302, headers={"Location": "https://evil.example/"})
        with pytest.raises(AskOperator, match="refused 302"):
            gate(time).send(READ, Thing)


@pytest.mark.parametrize("address", ["ftp://vendor.example", "//x"])
def test_an_unusable_address_is_a_setting_to_mend(time: FakeTime, address: str) -> None:
    with pytest.raises(AskOperator) as told:
        gate(time).send(Call("GET", address, "things"), Thing)
    assert told.value.trouble is Trouble.MISCONFIGURED


@pytest.mark.parametrize("address", ["ftp://x.example", "x.example", "https://[broken", "https://x/?key=1", ""])
def test_an_operators_address_is_checked(address: str) -> None:
    with pytest.raises(AskOperator, match="VENDOR_URL is not a web address"):
        web_address(address, "VENDOR_URL")
    assert web_address(" https://x.example/api/ ", "VENDOR_URL") == "https://x.example/api"


def test_a_vendors_words_are_made_fit_to_be_shown() -> None:
    texts = error_texts(b'{"errors":[{"title":"a\\nb"},{"title":"t","detail":"d"},"s3cret"]}') or ()
    assert clean(texts, ["s3cret", ""]) == "a b d •••"
    assert len(clean(["x" * 999])) == 200
    assert error_texts(b"<html>") is None
    assert error_texts(b'{"errors":"no array"}') is None
