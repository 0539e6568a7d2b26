# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The program as a process: ready file, credentials, state file, its end; and the endpoint for Prometheus."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest
import requests
from emulator_fixture import PROGRAM


class Process:
    """One started program."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.ready = folder / "ready file.json"
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM / "atlas_emulator"), "--ready-file", str(self.ready), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        end = time.monotonic() + 20
        while not self.ready.exists() and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        self.facts: dict[str, Any] = json.loads(self.ready.read_text()) if self.ready.exists() else {}

    def control(self, method: str, path: str, **options: Any) -> Any:
        headers = {"X-Emulator-Token": self.facts["control_token"]}
        return requests.request(
            method, f"{self.facts['control_url']}/{path}", headers=headers, timeout=10, **options
        ).json()

    def end(self) -> int:
        """Wait for the end and return the exit code."""
        return self.process.wait(10)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    started = []

    def start(*arguments: str) -> Process:
        started.append(Process(tmp_path, *arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


def test_ready_file(run: Any) -> None:
    one = run()
    assert set(one.facts) == {
        "base_url", "control_url", "control_token", "public_key", "private_key", "client_id", "client_secret",
        "project_id", "pid",
    }  # fmt: skip
    assert one.facts["pid"] == one.process.pid
    assert stat.S_IMODE(one.ready.stat().st_mode) == 0o600
    auth = requests.auth.HTTPDigestAuth(one.facts["public_key"], one.facts["private_key"])
    url = f"{one.facts['base_url']}/api/atlas/v1.0/groups/byName/demo"
    assert requests.get(url, auth=auth, timeout=10).json()["id"] == one.facts["project_id"]
    form, account = {"grant_type": "client_credentials"}, (one.facts["client_id"], one.facts["client_secret"])
    assert requests.post(f"{one.facts['base_url']}/api/oauth/token", data=form, auth=account, timeout=10).ok


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly(run: Any, number: int) -> None:
    one = run()
    os.kill(one.process.pid, number)
    assert one.end() == 0
    assert not one.ready.exists()
    assert one.process.stderr.read() == ""
    with pytest.raises(requests.ConnectionError):
        requests.get(one.facts["base_url"], timeout=5)


def test_the_control_plane_ends_it(run: Any) -> None:
    one = run()
    assert one.control("POST", "stop") == {"stopping": True}
    assert one.end() == 0


def test_it_ends_with_its_owner(run: Any) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        one = run("--owner-pid", str(owner.pid))
        time.sleep(0.7)
        assert one.process.poll() is None
        owner.kill()
    assert one.end() == 0


def test_it_ends_with_an_owner_that_nobody_waits_for(run: Any) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        one = run("--owner-pid", str(owner.pid))
        os.kill(owner.pid, signal.SIGKILL)
        assert one.end() == 0


class TestBackground:
    """Started so that nobody waits: as the role does it."""

    def start(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(PROGRAM / "atlas_emulator"), "--background", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=40, cwd=folder)

    def test_it_returns_once_it_listens_and_ends_with_the_parent_of_a_process(self, tmp_path: Path) -> None:
        # The owner is the parent of the process that the starter is told: here a shell, of its child.
        script = "sleep 60 & echo $!; wait"
        with subprocess.Popen(["/bin/sh", "-c", script], stdout=subprocess.PIPE, text=True) as owner:
            assert owner.stdout
            child = owner.stdout.readline().strip()
            (tmp_path / "seed.json").write_text("{}")
            told = self.start(
                tmp_path,
                *("--ready-file=ready.json", "--seed", "seed.json", "--state-file=", f"--owner-child={child}"),
                *("--switch", '{"ids": "stay", "rate_limits": false}'),
            )
            facts = json.loads((tmp_path / "ready.json").read_text())
            assert (told.returncode, told.stderr) == (0, "")
            assert f"export MONGODB_ATLAS_PUBLIC_API_KEY={facts['public_key']}\n" in told.stdout
            headers = {"X-Emulator-Token": facts["control_token"]}
            switches = requests.get(facts["control_url"] + "/switches", headers=headers, timeout=10).json()
            assert (switches["ids"], switches["rate_limits"]) == ("stay", False)
            info = requests.get(facts["control_url"] + "/", headers=headers, timeout=10).json()
            assert info["projects"] == 1, "an empty seed is none"
            os.kill(int(child), signal.SIGTERM)
        end = time.monotonic() + 10
        while (tmp_path / "ready.json").exists() and time.monotonic() < end:
            time.sleep(0.05)
        with pytest.raises(requests.ConnectionError):
            requests.get(facts["base_url"], timeout=5)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("--ready-file", "ready.json", "--seed", "missing.json"), "cannot be read as a seed"),
            (("--ready-file", "ready.json", "--switch", "{"), "NAME=VALUE or a JSON object"),
            (("--ready-file", "ready.json", "--owner-child", "999999999"), "no parent of process 999999999 found"),
            ((), "--background wants --ready-file"),
        ],
    )
    def test_why_it_did_not_start(self, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
        told = self.start(tmp_path, *arguments)
        assert told.returncode == 2
        assert words in told.stderr
        assert len(told.stderr.strip().splitlines()) == 1
        assert list(tmp_path.iterdir()) == []


def test_what_a_human_reads(run: Any) -> None:
    one = run()
    one.process.terminate()
    out, err = one.process.communicate(timeout=10)
    for name in ("BASE_URL", "PUBLIC_API_KEY", "PRIVATE_API_KEY", "PROJECT_ID", "CLIENT_ID", "CLIENT_SECRET"):
        assert f"export MONGODB_ATLAS_{name}=" in out
    assert one.facts["private_key"] in out
    assert err == ""
    quiet = run("--quiet")
    quiet.process.terminate()
    assert quiet.process.communicate(timeout=10) == ("", "")


def test_help() -> None:
    command = [sys.executable, str(PROGRAM / "atlas_emulator"), "--help"]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout
    for word in ("--port", "--seed", "--state-file", "--latency-ms", "--switch", "put_mode", "merge | replace"):
        assert word in text


def test_state_survives(run: Any, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"projects": [{"name": "kept", "tags": {"a": "b"}, "integrations": [{"odd": 1}]}]}))
    first = run("--state-file", str(state), "--seed", str(seed))
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    first.control("POST", "change", json={"project": "kept", "set": {"WEBHOOK": {"url": "https://example.com/x"}}})
    first.control("POST", "seed", json={"key_pairs": [{"public_key": "p", "private_key": "q", "role": "read_only"}]})
    before = first.control("GET", "state")
    first.process.terminate()
    assert first.end() == 0
    second = run("--state-file", str(state), "--seed", str(seed))
    assert second.control("GET", "state") == before
    for name in ("public_key", "private_key", "client_id", "client_secret", "project_id"):
        assert second.facts[name] == first.facts[name]
    assert second.facts["control_token"] != first.facts["control_token"]
    auth = requests.auth.HTTPDigestAuth("p", "q")
    assert requests.get(f"{second.facts['base_url']}/api/atlas/v1.0/groups", auth=auth, timeout=10).ok


def test_state_is_saved_soon_after_a_write(run: Any, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    one = run("--state-file", str(state))
    auth = requests.auth.HTTPDigestAuth(one.facts["public_key"], one.facts["private_key"])
    url = f"{one.facts['base_url']}/api/atlas/v1.0/groups/{one.facts['project_id']}/integrations/OPS_GENIE"
    assert requests.post(url, json={"type": "OPS_GENIE", "apiKey": "made-up"}, auth=auth, timeout=10).ok
    end = time.monotonic() + 5
    while "OPS_GENIE" not in state.read_text() and time.monotonic() < end:
        time.sleep(0.05)
    one.process.kill()
    one.end()
    one.ready.unlink()
    held = run("--state-file", str(state)).control("GET", "state")["projects"][0]["integrations"]
    assert [i["type"] for i in held] == ["OPS_GENIE"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--seed", "missing.json"), "cannot be read as a seed"),
        (("--seed", "bad.json"), "cannot be read as a seed"),
        (("--seed", "wrong.json"), "a seed has no x"),
        (("--state-file", "bad.json"), "cannot be read as a state file"),
        (("--state-file", "wrong.json"), "is no state file"),
        (("--state-file", "damaged.json"), "is damaged"),
        (("--switch", "x=1"), "there is no switch 'x'"),
        (("--switch", "x"), "NAME=VALUE"),
    ],
)
def test_wrong_arguments_end_in_one_sentence(run: Any, tmp_path: Path, arguments: tuple[str, str], words: str) -> None:
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "wrong.json").write_text('{"x": 1}')
    (tmp_path / "damaged.json").write_text('{"format": 1}')
    name, value = arguments
    one = run(name, str(tmp_path / value) if value.endswith(".json") else value)
    assert one.end() == 2
    error = one.process.stderr.read()
    assert words in error
    assert len(error.strip().splitlines()) == 1


def test_a_port_that_is_taken(run: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        one = run("--port", port)
        assert one.end() == 1
        assert f"cannot listen on 127.0.0.1, port {port}" in one.process.stderr.read()


def test_latency_and_switches_at_the_start(run: Any) -> None:
    one = run("--latency-ms", "50", "--switch", "put_mode=replace")
    begun = time.monotonic()
    assert requests.get(one.facts["base_url"] + "/api/atlas/v2/groups", timeout=10).status_code == 401
    assert time.monotonic() - begun >= 0.05
    switches = one.control("GET", "switches")
    assert (switches["latency_ms"], switches["put_mode"]) == (50, "replace")


class TestDiscovery:
    """The endpoint that Prometheus reads."""

    BODY: dict[str, Any] = {"username": "prom", "password": "made-up", "serviceDiscovery": "http", "enabled": True}

    def ask(self, api: Any, auth: Any = ("prom", "made-up"), **params: str) -> requests.Response:
        url = f"{api.emulator.base_url}/prometheus/v1.0/groups/{api.project}/discovery"
        return requests.get(url, auth=auth, params=params, timeout=10)

    def test_targets(self, api: Any) -> None:
        api.emulator.control.seed({"projects": [{"id": "a" * 24, "name": "x", "cluster_count": 2}]})
        api.project = "a" * 24
        api.post("PROMETHEUS", self.BODY)
        groups = self.ask(api).json()
        assert len(groups) == 2
        for group in groups:
            assert set(group) == {"targets", "labels"}
            assert len(group["targets"]) == 3
            assert all(isinstance(v, str) for v in group["labels"].values())
        assert groups[0]["labels"]["group_id"] == "a" * 24
        private = self.ask(api, targetScheme="PRIVATE").json()
        assert private[0]["targets"] != groups[0]["targets"]

    def test_who_may_read(self, api: Any) -> None:
        assert self.ask(api).status_code == 401
        api.post("PROMETHEUS", self.BODY)
        assert self.ask(api).json() == []
        assert self.ask(api, ("prom", "wrong")).status_code == 401
        assert "Basic" in self.ask(api, ("prom", "wrong")).headers["Www-Authenticate"]
        api.put("PROMETHEUS", {**self.BODY, "enabled": False})
        assert self.ask(api).status_code == 403

    def test_paths(self, api: Any) -> None:
        base = api.emulator.base_url
        assert requests.get(f"{base}/prometheus/v1.0/groups/x/discovery", timeout=10).status_code == 404
        assert requests.get(f"{base}/prometheus/v1.0/groups/{'9' * 24}/discovery", timeout=10).status_code == 401
        assert requests.post(f"{base}/prometheus/v1.0/groups/{'9' * 24}/discovery", timeout=10).status_code == 405
