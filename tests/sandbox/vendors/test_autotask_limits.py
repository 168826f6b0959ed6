"""Threads, the hourly budget, and every fault that can be switched on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from sandbox.autotask import AutotaskStandIn
from sandbox.world import ManualClock, World

EVERYTHING = {"filter": [{"op": "gte", "field": "id", "value": 0}]}


def test_the_fourth_call_at_once_is_a_429(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """Three calls at once per integration and entity; another entity and another code have their own."""
    autotask.tenant.tracking_identifiers.add("OTHER")
    autotask.faults.hold()
    with ThreadPoolExecutor(5) as pool:
        held = [pool.submit(psa.post, "Companies/query", json=EVERYTHING) for _ in range(3)]
        autotask.calls.wait_for_in_flight("Companies", 3)
        fourth = psa.get("Companies/entityInformation")  # metadata counts against its entity
        others = [
            pool.submit(psa.post, "Contacts/query", json=EVERYTHING),
            pool.submit(psa.get, "Companies/0", headers={"ApiIntegrationCode": "OTHER"}),
        ]
        autotask.calls.wait_for_in_flight("Contacts", 1)
        autotask.faults.release()
        assert [one.result().status_code for one in held + others] == [200] * 5
    assert fourth.status_code == 429
    expected = "The Autotask API thread threshold of 3 threads has been exceeded."
    assert expected in fourth.json()["errors"][0]
    assert "retry-after" not in fourth.headers


def test_the_hourly_budget_is_for_the_whole_database(
    autotask: AutotaskStandIn, psa: httpx.Client, clock: ManualClock
) -> None:
    """After 10,000 requests in sixty minutes everything is refused until the window clears."""
    autotask.tenant.budget.fill(9_998, clock())
    clock.advance(1)
    used = psa.get("ThresholdInformation").json()
    assert used == {
        "externalRequestThreshold": 10_000,
        "requestThresholdTimeframe": 60,
        "currentTimeframeRequestCount": 9_999,
    }
    assert psa.get("Version").status_code == 200
    refused = psa.get("Version")
    assert refused.status_code == 429
    assert "threshold" in refused.json()["errors"][0]
    clock.advance(3_599)
    assert psa.get("Version").status_code == 200


def test_answers_slow_down_near_the_limit(autotask: AutotaskStandIn, clock: ManualClock) -> None:
    """With the switch, half the budget costs half a second a call and three quarters a whole one."""
    tenant = autotask.tenant
    tenant.budget.fill(5_000, clock())
    assert tenant.pause() == 0
    tenant.slows_down_near_the_limit = True
    assert tenant.pause() == 0.5
    tenant.budget.fill(2_500, clock())
    assert tenant.pause() == 1.0


@pytest.mark.parametrize(("wait", "header"), [(30, "30"), (None, None)])
def test_429_with_and_without_retry_after(
    autotask: AutotaskStandIn, psa: httpx.Client, wait: int | None, header: str | None
) -> None:
    """The 429 fault strikes as often as asked, for the routes it is meant for, then is over."""
    autotask.faults.set("too_many", times=1, value=wait, on="Companies/query")
    assert psa.get("Version").status_code == 200
    refused = psa.post("Companies/query", json=EVERYTHING)
    assert (refused.status_code, refused.headers.get("retry-after")) == (429, header)
    assert psa.post("Companies/query", json=EVERYTHING).status_code == 200


def test_a_key_may_be_revoked_after_some_calls(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """`after` spares the first calls, which is how a sync loses its key half-way."""
    autotask.faults.set("revoked", after=2)
    assert [psa.get("Version").status_code for _ in range(4)] == [200, 200, 401, 401]
    autotask.faults.clear("revoked")
    assert psa.get("Version").status_code == 200


def test_servers_fail_in_bursts(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """Bare 5xx answers, with no errors list, and a service that is down."""
    autotask.faults.set("server_error", times=2, value=502)
    assert [psa.get("Version").status_code for _ in range(3)] == [502, 502, 200]
    autotask.faults.set("down")
    assert psa.get("Version").status_code == 503


def test_a_body_breaks_off(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """A reset ends the connection inside the body; a truncated answer is whole on the wire only."""
    autotask.faults.set("reset", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        psa.post("Companies/query", json=EVERYTHING)
    autotask.faults.set("truncated", times=1)
    with pytest.raises(ValueError):
        psa.post("Companies/query", json=EVERYTHING).json()
    assert psa.post("Companies/query", json=EVERYTHING).json()["items"]


def test_lists_go_wrong(world: World, autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """Lists can repeat a page, come empty with a next page, be cut short, or lose an id."""
    for number in range(4):
        world.add_company(f"C{number}")
    body = EVERYTHING | {"MaxRecords": 2}
    first = psa.post("Companies/query", json=body).json()
    autotask.faults.set("repeated_page", times=1)
    assert psa.post(first["pageDetails"]["nextPageUrl"], json=body).json() == first
    autotask.faults.set("empty_page", times=1)
    empty = psa.post("Companies/query", json=body).json()
    assert (empty["items"], empty["pageDetails"]["count"]) == ([], 0)
    assert empty["pageDetails"]["nextPageUrl"]
    autotask.faults.set("shorter", times=1, value=1)
    short = psa.post("Companies/query", json=body).json()
    assert (len(short["items"]), short["pageDetails"]["nextPageUrl"]) == (1, None)
    autotask.faults.set("no_id", times=1)
    assert "id" not in psa.post("Companies/query", json=body).json()["items"][0]


def test_the_clock_can_be_off_and_slow(autotask: AutotaskStandIn, psa: httpx.Client, clock: ManualClock) -> None:
    """A skewed service dates its answers otherwise; a slow one moves the clock instead of waiting."""
    autotask.faults.set("skew", value=-3_600)
    assert psa.get("Version").headers["date"] == "Sat, 21 Nov 2026 08:00:00 GMT"
    autotask.faults.clear()
    autotask.faults.set("slow_clock", times=1, value=90)
    assert psa.get("Version").headers["date"] == "Sat, 21 Nov 2026 09:01:30 GMT"


def test_a_right_can_be_dropped_while_running(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """The missing right strikes one verb of one entity and leaves the rest alone."""
    autotask.faults.set("no_right", on="Contacts", value="query")
    assert psa.post("Companies/query", json=EVERYTHING).status_code == 200
    assert psa.post("Contacts/query", json=EVERYTHING).status_code == 500


def test_a_stopped_stand_in_refuses_and_comes_back(world: World) -> None:
    """Stopping refuses connections, and starting again takes the same port."""
    with AutotaskStandIn(world) as stand_in:
        url = f"{stand_in.url}/ATServicesRest/versionInformation"
        stand_in.stop()
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)
        stand_in.start()
        assert httpx.get(url).json() == {"apiVersions": ["1.0"]}


def test_calls_are_recorded(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """The recorder counts by route, method and status, and keeps what was sent."""
    psa.post("Companies/query", json=EVERYTHING)
    psa.get("Companies/0")
    psa.get("Companies/0", headers={"Secret": "wrong"})
    calls = autotask.calls
    assert (calls(), calls("Companies/query"), calls("GET Companies/{id}")) == (3, 1, 2)
    assert calls("Companies/{id}", status=401) == 1
    assert b'"filter"' in calls.of("Companies/query")[0].body
    assert calls.peak("Companies") == 1


def test_faults_can_be_switched_over_http(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """The control route obeys whoever has the token, from this machine, and nobody else."""
    control = f"{autotask.url}/__sandbox__/faults"
    order = {"kind": "down", "times": 1}
    assert httpx.post(control, json=order).status_code == 403
    token = {"X-Sandbox-Token": autotask.token}
    assert httpx.post(control, json=order, headers=token | {"Host": "evil.example"}).status_code == 403
    for wrong in ({"kind": "nonsense"}, {"kind": "slow"}, {"kind": "too_many", "value": "soon"}):
        assert httpx.post(control, json=wrong, headers=token).status_code == 400
    assert httpx.post(control, json=order, headers=token).json() == {"ok": True}
    assert psa.get("Version").status_code == 503
    httpx.post(control, json={"kind": "down"}, headers=token)
    assert httpx.get(control, headers=token).json()["active"][0]["kind"] == "down"
    httpx.post(control, json={"clear": True}, headers=token)
    assert psa.get("Version").status_code == 200


def test_the_status_page_shows_credentials_to_the_holder_of_the_link(autotask: AutotaskStandIn) -> None:
    """The link's token becomes a cookie; the page has the credentials and working buttons."""
    assert httpx.get(autotask.url).status_code == 403
    with httpx.Client(base_url=autotask.url, follow_redirects=True) as browser:
        shown = browser.get(autotask.page_url)
        assert autotask.tracking_identifier in shown.text
        assert "token" not in str(shown.url)
        assert "default-src 'none'" in shown.headers["content-security-policy"]
        pressed = browser.post("/__sandbox__/faults", data={"kind": "revoked", "value": "", "times": ""})
        assert "switch off" in pressed.text
    assert autotask.faults.active()[0].kind == "revoked"
