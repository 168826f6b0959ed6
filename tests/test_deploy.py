"""What is shipped for running elsewhere agrees with the code: settings, paths, rooms, and what it may do."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import MEANING
from tests.test_house import ROOMS

ROOT = Path(__file__).parent.parent
MANIFESTS = sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))
BESIDE = {"FORWARDED_ALLOW_IPS", "POSTGRES_PASSWORD"}  # the web server's own, and the database's
DOCKERFILE = (ROOT / "Dockerfile").read_text()

Json = dict[str, Any]


def manifest(kind: str) -> Json:
    found = [yaml.safe_load(path.read_text()) for path in MANIFESTS]
    return next(one for one in found if one["kind"] == kind)


def compose() -> Json:
    found: Json = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def container() -> Json:
    [found] = manifest("Deployment")["spec"]["template"]["spec"]["containers"]
    return dict(found)


def test_every_setting_that_is_given_is_one_of_ours() -> None:
    given = {*manifest("ConfigMap")["data"], *manifest("Secret")["stringData"], *compose()["services"]["bot"]["environment"]}
    given |= set(re.findall(r"^\s+([A-Z_]+)=\S+ \\?$", DOCKERFILE, re.MULTILINE)) & {"GANGWAY_HOME", "LISTEN", "LOG_FORMAT"}
    assert given <= {*MEANING, *BESIDE}


def test_every_manifest_is_listed_but_the_example_of_the_secret() -> None:
    listed = set(manifest("Kustomization")["resources"])
    assert listed == {path.name for path in MANIFESTS} - {"kustomization.yaml", "secret.example.yaml"}


def test_no_secret_and_no_vendors_host_stands_in_them() -> None:
    assert set(manifest("Secret")["stringData"].values()) == {""}
    texts = [path.read_text() for path in (*MANIFESTS, ROOT / "compose.yaml", ROOT / "Dockerfile")]
    hosts = {host for text in texts for host in re.findall(r"https?://([\w.-]+)", text)}
    assert hosts <= {"gangway.example.com", "127.0.0.1"}


def test_three_replicas_of_which_one_at_a_time_may_be_away() -> None:
    spec = manifest("Deployment")["spec"]
    assert spec["replicas"] == 3
    assert manifest("PodDisruptionBudget")["spec"]["minAvailable"] == spec["replicas"] - 1
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 1
    labels = spec["template"]["metadata"]["labels"]
    for kind, path in (("PodDisruptionBudget", ("selector", "matchLabels")), ("Service", ("selector",)), ("NetworkPolicy", ("podSelector", "matchLabels"))):
        selected = manifest(kind)["spec"]
        for name in path:
            selected = selected[name]
        assert selected == labels


def test_it_is_told_to_stop_with_time_enough_and_killed_for_nothing_a_restart_does_not_mend() -> None:
    spec = manifest("Deployment")["spec"]["template"]["spec"]
    assert spec["terminationGracePeriodSeconds"] >= 5 + 10, "the pause of preStop and our own ten seconds"
    bot = container()
    assert bot["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert {bot[name]["httpGet"]["path"] for name in ("startupProbe", "readinessProbe")} == {"/readyz"}
    assert int(compose()["services"]["bot"]["stop_grace_period"].removesuffix("s")) >= 10


def test_nobody_is_root_and_nothing_can_be_written_but_its_own_folder() -> None:
    pod, bot = manifest("Deployment")["spec"]["template"]["spec"], container()
    assert pod["securityContext"]["runAsNonRoot"]
    assert bot["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    user = re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)
    assert user == [(str(pod["securityContext"]["runAsUser"]), str(pod["securityContext"]["runAsGroup"]))]
    assert compose()["services"]["bot"]["read_only"]
    assert compose()["services"]["bot"]["cap_drop"] == ["ALL"]


def test_health_and_figures_are_not_for_the_world() -> None:
    [rule] = manifest("Ingress")["spec"]["rules"]
    paths = {path["path"] for path in rule["http"]["paths"]}
    assert paths == {"/join/", "/join-help", "/enter/", "/reveal/", "/style.css", "/hooks/", "/slack/events"}
    ports = compose()["services"]["bot"]["ports"]
    assert all(port.startswith("127.0.0.1:") for port in ports)


def copied() -> Iterator[str]:
    for line in DOCKERFILE.splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            yield line.split()[1]


def test_the_image_has_every_room_and_nothing_else() -> None:
    assert set(copied()) == {*ROOMS, "app.yaml", "requirements/runtime.txt"}
    let_in = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert let_in == set(copied())


@pytest.mark.parametrize("words", ["--require-hashes", "--only-binary=:all:", "HEALTHCHECK", "STOPSIGNAL SIGTERM"])
def test_the_image_is_built_from_what_is_locked_and_says_how_it_is(words: str) -> None:
    assert words in DOCKERFILE
