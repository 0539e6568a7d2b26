# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promises of the whole checkout: names, licences, tests for everything, nothing exempted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
SHARED = sorted(
    path for folder in ("module_utils", "plugin_utils") for path in (ROOT / "plugins" / folder).rglob("*.py")
)
# In two pieces: reuse would take it for the licence of this file.
LICENCE = "SPDX-License-Identifier" + ": GPL-3.0-or-later"
COPYRIGHT = "Copyright (c) 2026, atlasops maintainers"
SOURCES = (".cfg", ".in", ".ini", ".j2", ".py", ".sh", ".toml", ".yaml", ".yml")
# Written by a program that knows no licence; REUSE.toml speaks for it.
GENERATED = ("changelogs/changelog.yaml",)


def source_files() -> list[Path]:
    """Files with comments in them, less what builds and tests leave behind."""
    found = []
    for folder in (".ci", "changelogs", "docs", "meta", "playbooks", "plugins", "roles", "tests"):
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    found += [path for path in ROOT.iterdir() if path.is_file()]
    return sorted(
        path
        for path in found
        if (path.suffix in SOURCES or path.name in ("Makefile", "run", "aliases"))
        and path.relative_to(ROOT).as_posix() not in GENERATED
        and not path.relative_to(ROOT)
        .as_posix()
        .startswith(("changelogs/.", "tests/output/", "tests/integration/inventory"))
    )


def relative(path: Path) -> str:
    """The name of a test's case."""
    return path.relative_to(ROOT).as_posix()


def action_group() -> list[str]:
    """The members of the action group, read without a YAML parser: target Pythons have none."""
    text = (ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8")
    block = re.search(r"^  atlas:\n((?:    - .*\n)+)", text, re.MULTILINE)
    assert block, "meta/runtime.yml has no action group atlas"
    return re.findall(r"- (\S+)", block.group(1))


def test_there_are_modules() -> None:
    assert MODULES


def test_the_action_group_holds_every_module() -> None:
    assert sorted(action_group()) == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_a_unit_test(name: str) -> None:
    assert (ROOT / "tests" / "unit" / "plugins" / "modules" / f"test_{name}.py").is_file()


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_an_integration_target(name: str) -> None:
    targets = ROOT / "tests" / "integration" / "targets"
    # A target that is called like a role of the collection would run that role instead.
    target = f"module_{name}" if (ROOT / "roles" / name).is_dir() else name
    assert (targets / target / "tasks" / "main.yml").is_file()


@pytest.mark.parametrize("path", SHARED, ids=relative)
def test_shared_code_says_that_it_is_private(path: Path) -> None:
    assert path.name.startswith("_")
    assert "# Private to this collection; it may change in any release." in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", source_files(), ids=relative)
def test_a_source_file_says_its_licence(path: Path) -> None:
    head = path.read_text(encoding="utf-8")[:600]
    assert LICENCE in head
    assert COPYRIGHT in head


def test_nothing_is_exempted_from_sanity() -> None:
    assert not list((ROOT / "tests" / "sanity").glob("ignore*"))


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_names_the_two_commands(command: str) -> None:
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")


def variables(path: str, list_name: str) -> list[str]:
    """The names in a list of a file of variables, read without a YAML parser."""
    text = (ROOT / path).read_text(encoding="utf-8")
    block = re.search(rf"^{list_name}:((?: \[.*\]\n)|\n(?:  - .*\n)+)", text, re.MULTILINE)
    assert block, f"{path} has no {list_name}"
    return re.findall(r"atlas_\w+", block.group(1))


ROLE = variables("roles/atlas_integrations/vars/main.yml", "__atlas_integrations_options")
PLAYBOOKS = [
    name
    for playbook in ("audit", "rotate_secret")
    for name in variables(f"playbooks/vars/{playbook}.yml", "__atlas_playbook_variables")
]
BOOKS = [ROOT / "playbooks" / f"{name}.yml" for name in ("apply", "audit", "rotate_secret")]
USES = [
    *(path for folder in ("tasks", "vars") for path in (ROOT / "roles" / "atlas_integrations" / folder).glob("*.yml")),
    *(path for folder in ("tasks", "vars") for path in (ROOT / "playbooks" / folder).glob("*.yml")),
    *BOOKS,
]


def test_the_role_knows_its_own_variables() -> None:
    role = ROOT / "roles" / "atlas_integrations"
    specs = (role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    assert re.findall(r"^      (atlas_integrations_\w+):$", specs, re.MULTILINE) == ROLE
    readme = (role / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(atlas_integrations_\w+)` \|", readme, re.MULTILINE) == ROLE


def test_playbooks_know_their_own_variables() -> None:
    page = (ROOT / "docs" / "playbooks.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(atlas_(?:audit|rotate_secret)_\w+)`", page)) == set(PLAYBOOKS)


@pytest.mark.parametrize("path", sorted(USES), ids=relative)
def test_names_used_inside_begin_with_two_underscores(path: Path) -> None:
    used = re.findall(r"(?<!\w)atlas_(?:integrations|audit|rotate_secret)_\w+", path.read_text(encoding="utf-8"))
    assert set(used) <= {*ROLE, *PLAYBOOKS, "atlas_integrations_result"}
