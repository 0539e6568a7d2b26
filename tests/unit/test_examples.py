# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that the documentation tells users to write or to type works: examples of plugins, snippets of READMEs.

Variables come from examples_vars.yml; Atlas is the emulator. Commands run in processes of their own, in a home of
their own, as a user runs them.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

# Looked for, not imported: with the controller in this process, modules would behave otherwise in other tests.
if not importlib.util.find_spec("ansible.cli"):
    pytest.skip("examples are run by a controller", allow_module_level=True)

ROOT = Path(__file__).resolve().parents[2]
VARIABLES = Path(__file__).with_name("examples_vars.yml")
PROGRAMS = {name: "adhoc" if name == "ansible" else name.rpartition("-")[2] for name in (
    "ansible", "ansible-doc", "ansible-galaxy", "ansible-inventory", "ansible-playbook",
)}  # fmt: skip
TAGS = {"environment": "production", "team": "payments", "owner": "somebody"}
SEED = {
    "organisations": [{"id": "5f0000000000000000000001", "name": "Example"}],
    "projects": [
        {"id": "5f00000000000000000000d0", "name": "demo", "tags": TAGS},
        {"id": "5f00000000000000000000d1", "name": "shop", "tags": {**TAGS, "team": "shop"}},
        {"id": "5f00000000000000000000d2", "name": "billing", "tags": TAGS,
         "integrations": [{"type": "VICTOR_OPS", "apiKey": "example-victor-ops-key-0001"}]},
        {"id": "5f00000000000000000000d3", "name": "sandbox", "tags": {**TAGS, "environment": "sandbox"}},
    ],
}  # fmt: skip
# Typed by hand, and tried by other steps of the test suite.
MADE = re.compile(r"make ([a-z]+)$")


class Block(NamedTuple):
    """A fenced block of a README: its language, its text, and the file that its first line names, if it does."""

    language: str
    text: str
    file: str | None


class User:
    """Somebody with an own home, Ansible, this collection, and an Atlas in the environment."""

    def __init__(self, folder: Path, temporary: str, emulator: Any) -> None:
        self.emulator = emulator
        self.temporary = temporary
        self.home = folder / "home"
        self.work = folder / "work"
        self.given = {**yaml.safe_load(VARIABLES.read_text()), **self._of_emulator()}
        for made in (self.home / "bin", self.work):
            made.mkdir(parents=True)
        for name, module in PROGRAMS.items():
            script = self.home / "bin" / name
            script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ansible.cli.{module} "$@"\n')
            script.chmod(0o755)
        link = self.home / "collections" / "ansible_collections" / "atlasops" / "integrations"
        link.parent.mkdir(parents=True)
        link.symlink_to(ROOT)
        self.environment = self._environment()

    def _of_emulator(self) -> dict[str, Any]:
        atlas = self.emulator
        return {
            "atlas_project_id": atlas.project_id,
            "atlas_project_ids": [project["id"] for project in SEED["projects"]],
            "atlas_public_key": atlas.public_key,
            "atlas_private_key": atlas.private_key,
            "atlas_client_id": atlas.client_id,
            "atlas_client_secret": atlas.client_secret,
        }

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANSIBLE_", "MONGODB_ATLAS_"))}
        atlas = self.emulator
        return {
            **kept,
            "HOME": str(self.home),
            "TMPDIR": self.temporary,
            "PATH": f"{self.home / 'bin'}{os.pathsep}{kept.get('PATH', '')}",
            "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "ANSIBLE_COLLECTIONS_PATH": str(self.home / "collections"),
            "ANSIBLE_DEPRECATION_WARNINGS": "1",
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
            "MONGODB_ATLAS_BASE_URL": atlas.base_url,
            "MONGODB_ATLAS_PUBLIC_API_KEY": atlas.public_key,
            "MONGODB_ATLAS_PRIVATE_API_KEY": atlas.private_key,
            "ATLAS_AUDIT_PUBLIC_KEY": atlas.public_key,
            "ATLAS_AUDIT_PRIVATE_KEY": atlas.private_key,
            "DATADOG_API_KEY": self.given["datadog_api_key"],
            "OPSGENIE_API_KEY": self.given["opsgenie_old_key"],
            "OPSGENIE_NEW_KEY": self.given["opsgenie_new_key"],
        }

    def types(self, command: str) -> str:
        """Run a command of a shell and return what it printed; fails where it fails or shows a deprecation."""
        done = subprocess.run(
            ["bash", "-ec", command],
            check=False,
            cwd=self.work,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        assert "[DEPRECATION WARNING]" not in done.stdout, f"{command}\n{done.stdout}"
        return done.stdout

    def plays(self, plays: list[Any], variables: Mapping[str, Any] | None = None, options: str = "") -> str:
        """Run plays as a playbook, with the variables of the examples."""
        self.write("playbook.yml", json.dumps(plays))
        self.write("variables.json", json.dumps({**self.given, **(variables or {})}))
        output = self.types(f"ansible-playbook playbook.yml -e @variables.json {options}")
        assert "failed=0" in output and not re.search("ok=0", output), output
        return output

    def write(self, name: str, text: str) -> None:
        """Write a file below the working folder."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def user(tmp_path: Path, emulator_factory: Callable[..., Any]) -> Iterator[User]:
    """Return a user whose Atlas holds SEED."""
    # Ansible puts sockets into the folder for temporary files, and their paths must be short.
    with tempfile.TemporaryDirectory(prefix="atlasops-") as temporary:
        yield User(tmp_path, temporary, emulator_factory(seed=SEED))


def examples_of(path: Path) -> str:
    """Return the EXAMPLES of a plugin's file."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EXAMPLES":
            return str(ast.literal_eval(node.value))
    raise AssertionError(f"{path} has no EXAMPLES")


def local(tasks: list[Any], **more: Any) -> dict[str, Any]:
    """Return a play on localhost."""
    return {"hosts": "localhost", "gather_facts": False, "tasks": tasks, **more}


def blocks_of(path: Path) -> Iterator[Block]:
    """Return the fenced blocks of a README, in their order."""
    for language, text in re.findall(r"^```(\w+)\n(.*?)^```$", path.read_text(), re.MULTILINE | re.DOTALL):
        named = re.match(r"# ([\w./-]+\.yml)\n", text)
        yield Block(language, text, named.group(1) if named else None)


def commands_of(text: str) -> Iterator[tuple[str, str]]:
    """Return the commands of a block for a shell, each on one line, and the comment behind it."""
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        command, _mark, comment = line.partition(" # ")
        yield command.strip(), comment.strip()


@pytest.mark.parametrize("path", sorted(ROOT.glob("plugins/modules/*.py")), ids=lambda path: path.stem)
def test_examples_of_modules(path: Path, user: User) -> None:
    """Every example of a module runs, all of a module in one play, in their order."""
    examples = yaml.safe_load(examples_of(path))
    assert len(examples) > 0
    plays = examples if "hosts" in examples[0] else [local(examples)]
    output = user.plays(plays)
    for example in examples:
        assert f"[{example['name']}]" in output


@pytest.mark.parametrize("path", sorted(ROOT.glob("plugins/inventory/*.py")), ids=lambda path: path.stem)
def test_examples_of_inventories(path: Path, user: User) -> None:
    """Every example of an inventory plugin finds the projects, under the file name that its comment says."""
    for text in examples_of(path).split("\n---\n"):
        found = re.search(r"^# ([\w.-]+\.yml)", text, re.MULTILINE)
        assert found, text
        user.write(found.group(1), text)
        output = user.types(f"ansible-inventory -i {found.group(1)} --list --output list.json")
        assert "[WARNING]" not in output, output
        assert len(json.loads((user.work / "list.json").read_text())["_meta"]["hostvars"]) >= 3


@pytest.mark.parametrize("path", sorted(ROOT.glob("roles/*/README.md")), ids=lambda path: path.parent.name)
def test_snippets_of_roles(path: Path, user: User) -> None:
    """What the README of a role shows in YAML runs: plays, tasks after the role, and variables of the role."""
    role = {"name": f"atlasops.integrations.{path.parent.name}"}
    blocks = [
        (block.file, block.text, yaml.safe_load(block.text)) for block in blocks_of(path) if block.language == "yaml"
    ]
    declared: dict[str, Any] = {}
    for name, text, content in blocks:
        if name:
            user.write(name, text)
            declared.update({} if "plugin" in content else content)
    for content in [content for name, _text, content in blocks if not name]:
        if isinstance(content, dict):
            user.plays([local([], roles=[{"role": role["name"]}])], {**declared, **content})
        elif "hosts" in content[0]:
            user.plays(content, options="-i inventory" if content[0]["hosts"] != "localhost" else "")
        else:
            user.plays([local([{"name": "First", "ansible.builtin.include_role": role}, *content])])


def test_readme(user: User) -> None:
    """Who follows the README from its first line to the last gets through."""
    shutil.copytree(ROOT, user.work, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*", "output", "__pycache__"))
    del user.environment["ANSIBLE_COLLECTIONS_PATH"]
    makefile = (ROOT / "Makefile").read_text()
    user.write("vault.yml", json.dumps(user.given))
    blocks = list(blocks_of(ROOT / "README.md"))
    named = [block.file for block in blocks if block.language == "yaml"]
    typed = [typed for block in blocks if block.language == "shell" for typed in commands_of(block.text)]
    assert {block.language for block in blocks} == {"yaml", "shell"}
    for block in blocks:
        if block.file:
            user.write(block.file, block.text)
    for command, comment in typed:
        if made := MADE.match(command):
            assert f"\n{made.group(1)}:" in makefile
        elif command.startswith("export "):
            assert command.endswith("=...") and command[7:-4] in user.environment, command
        else:
            output = user.types(command)
            assert "changed=" not in comment or comment in output
    assert all(any(str(name) in command for command, _comment in typed) for name in named), named
    assert_that_readme_did_it(user)


def assert_that_readme_did_it(user: User) -> None:
    """What the README declares stands in the projects at its end, with the rotated key."""
    held = {
        project["name"]: {integration["type"]: integration for integration in project["integrations"]}
        for project in user.emulator.control.state()["projects"]
    }
    for name in ("demo", "shop", "billing"):
        assert held[name]["DATADOG"]["apiKey"] == user.given["datadog_api_key"]
        assert held[name]["OPS_GENIE"]["apiKey"] == user.given["opsgenie_new_key"]
    assert held["shop"]["DATADOG"]["sendDatabaseMetrics"] is True
    assert set(held["demo"]) == {"DATADOG", "OPS_GENIE", "PAGER_DUTY", "WEBHOOK"}
    assert held["sandbox"] == {}
