# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin in process: files in, hosts and groups out, against the emulator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable

import pytest
import yaml
from ansible import constants as C
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache
from ansible.plugins.loader import init_plugin_loader

from ansible_collections.atlasops.integrations.plugins.doc_fragments import connection, selection
from ansible_collections.atlasops.integrations.plugins.inventory import atlas_projects

NAME = atlas_projects.InventoryModule.NAME
ORG = "5e0000000000000000000001"
KEY = "0123456789abcdef0123456789abcdef"
SEED: dict[str, Any] = {
    "organisations": [{"id": ORG, "name": "one"}, {"id": "5e0000000000000000000002", "name": "two"}],
    "projects": [
        {
            "id": "5d0000000000000000000001",
            "name": "prod:eu",
            "organisation": ORG,
            "tags": {"environment": "production", "team": "shop"},
            "integrations": {"DATADOG": {"apiKey": KEY, "region": "US"}},
        },
        {"id": "5d0000000000000000000002", "name": "a,b", "organisation": ORG, "tags": {"environment": "staging"}},
        {"id": "5d0000000000000000000003", "name": "{{ 1 + 1 }}", "organisation": "5e0000000000000000000002"},
    ],
}
Parse = Callable[..., InventoryData]


def definitions() -> dict[str, Any]:
    """The options of the plugin, as Ansible's loader puts them together from its fragments."""
    options: dict[str, Any] = {}
    for fragment in (connection, selection, constructed, inventory_cache):
        options.update(yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"])
    options.update(yaml.safe_load(atlas_projects.DOCUMENTATION)["options"])
    return options


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the caller's environment; the plugin is known to Ansible's configuration."""
    for name in ("ORG_ID", "BASE_URL", "PUBLIC_API_KEY", "PRIVATE_API_KEY", "CLIENT_ID", "CLIENT_SECRET", "SERVICE"):
        monkeypatch.delenv(f"MONGODB_ATLAS_{name}", raising=False)
    C.config.initialize_plugin_configuration_definitions("inventory", NAME, definitions())


@pytest.fixture
def parse(emulator: Any, tmp_path: Path) -> Parse:
    """A function that parses a file with the given options, by default with the emulator's key pair."""
    emulator.control.reset(SEED)
    init_plugin_loader([])

    def run(from_cache: bool = True, **options: Any) -> InventoryData:
        keys = {"public_key": emulator.public_key, "private_key": emulator.private_key}
        path = tmp_path / "x.atlas.yml"
        path.write_text(yaml.safe_dump({"plugin": NAME, "base_url": emulator.base_url, **keys, **options}))
        plugin = atlas_projects.InventoryModule()
        plugin._load_name = NAME
        plugin._redirected_names = [NAME]
        data = InventoryData()
        assert plugin.verify_file(str(path))
        plugin.parse(data, DataLoader(), str(path), from_cache)
        if options.get("cache"):
            plugin.update_cache_if_changed()
        return data

    return run


def names(data: InventoryData) -> list[str]:
    """The names of all hosts."""
    return sorted(data.hosts)


def variables(data: InventoryData, host: str) -> dict[str, Any]:
    """What the plugin set for one host."""
    found = dict(data.get_host(host).get_vars())
    return {name: found[name] for name in found if not name.startswith(("inventory_", "group_names"))}


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("x.atlas_projects.yml", True),
        ("x.atlas_projects.yaml", True),
        ("x.atlas.yml", True),
        ("x.atlas.yaml", True),
        ("atlas_projects.yml", True),
        ("x.yml", False),
        ("myatlas.yml", False),
        ("x.atlas.json", False),
    ],
)
def test_names_of_files(tmp_path: Path, name: str, ours: bool) -> None:
    """Only those endings; a file that does not exist is nobody's."""
    plugin = atlas_projects.InventoryModule()
    assert not plugin.verify_file(str(tmp_path / name))
    (tmp_path / name).write_text("plugin: x\n")
    assert plugin.verify_file(str(tmp_path / name)) is ours


def test_hosts(parse: Parse) -> None:
    """Names, variables, connection and interpreter."""
    data = parse()
    assert names(data) == ["1_1", "a_b", "prod_eu"]
    found = variables(data, "prod_eu")
    assert found == {
        "atlas_project_id": "5d0000000000000000000001",
        "atlas_project_name": "prod:eu",
        "atlas_org_id": ORG,
        "atlas_tags": {"environment": "production", "team": "shop"},
        "atlas_cluster_count": 0,
        "atlas_created": "2026-01-01T00:00:00Z",
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }


def test_constructed(parse: Parse) -> None:
    """Groups, keyed groups, composed variables, and expressions that fail for some hosts."""
    data = parse(
        integrations=True,
        groups={"production": "atlas_tags.environment == 'production'"},
        keyed_groups=[{"prefix": "has", "key": "atlas_integration_types"}],
        compose={"shown": "atlas_project_name ~ '!'", "team": "atlas_tags.team"},
    )
    assert [h.name for h in data.groups["production"].hosts] == ["prod_eu"]
    assert [h.name for h in data.groups["has_DATADOG"].hosts] == ["prod_eu"]
    assert variables(data, "prod_eu")["shown"] == "prod:eu!"
    assert variables(data, "1_1")["shown"] == "{{ 1 + 1 }}!"
    assert "team" not in variables(data, "a_b")
    with pytest.raises(AnsibleError, match="Could not set team for host"):
        parse(strict=True, compose={"team": "atlas_tags.team"})


@pytest.mark.parametrize("hostname", ["{{ atlas_tags.environment }}: {{ atlas_org_id }}", "atlas_tags.environment"])
def test_hostname(parse: Parse, hostname: str) -> None:
    """A template or an expression; the name of the project where it fails; or an error."""
    end = f"_{ORG}" if "{{" in hostname else ""
    assert names(parse(hostname=hostname)) == ["1_1", f"production{end}", f"staging{end}"]
    with pytest.raises(AnsibleParserError, match="hostname gives no name for project {{ 1"):
        parse(hostname=hostname, strict=True)


def test_templated_options(parse: Parse, emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials, numbers and booleans may be templates; blanks count as not given."""
    monkeypatch.setenv("A_KEY", emulator.public_key)
    data = parse(
        public_key="{{ lookup('ansible.builtin.env', 'A_KEY') }}",
        validate_certs="{{ true }}",
        timeout="{{ 7 * 1 }}",
        integrations="{{ 'yes' }}",
        rate_limit_retry_timeout="",
        org_id=None,
        project_pattern="{{ '' }}",
        client_id="{{ lookup('ansible.builtin.env', 'NOT_SET_ANYWHERE') }}",
    )
    assert len(names(data)) == 3
    assert variables(data, "prod_eu")["atlas_integration_types"] == ["DATADOG"]


def test_template_that_fails(parse: Parse) -> None:
    """Says in which option."""
    with pytest.raises(AnsibleParserError, match="template in the option org_id"):
        parse(org_id="{{ nothing_of_that_name }}")


def test_credentials_from_the_environment(parse: Parse, emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blank ones in the file (as AWX has them) leave the choice to the environment."""
    monkeypatch.setenv("MONGODB_ATLAS_CLIENT_ID", emulator.client_id)
    monkeypatch.setenv("MONGODB_ATLAS_CLIENT_SECRET", emulator.client_secret)
    assert len(names(parse(public_key="", private_key=""))) == 3
    assert emulator.control.state()["live_tokens"] == {}


def test_cache(parse: Parse, emulator: Any, tmp_path: Path) -> None:
    """A warm cache needs no request; another selection, or a refresh, does; values are unsafe from it, too."""
    cached = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    first = parse(**cached)
    emulator.control.clear_journal()
    again = parse(**cached)
    assert emulator.control.counts()["all"] == 0
    assert {n: variables(again, n) for n in names(again)} == {n: variables(first, n) for n in names(first)}
    assert names(parse(project_pattern="prod*", **cached)) == ["prod_eu"]
    assert emulator.control.counts()["200"] == 1
    parse(False, **cached)
    assert emulator.control.counts()["200"] == 2
    content = "".join(path.read_text() for path in (tmp_path / "cache").iterdir())
    assert emulator.private_key not in content and emulator.public_key not in content


def test_strange_cache(parse: Parse, emulator: Any, tmp_path: Path) -> None:
    """A cache that holds something else is filled anew."""
    cached = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    parse(**cached)
    for path in (tmp_path / "cache").iterdir():
        path.write_text(json.dumps({"projects": "none"}))
    assert len(names(parse(**cached))) == 3


def test_failures(parse: Parse, emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence each."""
    with pytest.raises(AnsibleParserError, match="org_id must be 24"):
        parse(org_id="demo")
    with pytest.raises(AnsibleParserError, match="no project matched"):
        parse(project_tags={"environment": "prodution"})
    with pytest.raises(AnsibleParserError, match="private_key"):
        parse(private_key="wrong-one")
    monkeypatch.setattr(atlas_projects, "fetch", lambda source: 1 / 0)
    with pytest.raises(AnsibleParserError, match="internal error of atlasops.integrations .*: ZeroDivisionError"):
        parse()
    monkeypatch.setattr(atlas_projects, "HAS_REQUESTS", False)
    with pytest.raises(AnsibleParserError, match=r"Python library \(requests\)"):
        parse()


def test_warnings(parse: Parse, emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be read is told."""
    told: list[str] = []
    monkeypatch.setattr("ansible.utils.display.Display.warning", lambda self, text, *rest, **more: told.append(text))
    emulator.control.faults([{"fault": "status", "status": 403, "times": 0, "path": "0001/integrations"}])
    assert "atlas_integration_types" not in variables(parse(integrations=True), "prod_eu")
    assert any("of 1 of 3 projects could not be read" in text for text in told)


def test_options_that_do_not_exist_are_refused(parse: Parse, emulator: Any) -> None:
    """Ignored, as ansible-core would, they leave all projects chosen."""
    with pytest.raises(
        AnsibleParserError, match=r"unknown options: exclude_project \(did you mean exclude_projects\?\)"
    ):
        parse(exclude_project=["a,b"])
    assert emulator.control.journal() == []
    assert len(names(parse(leading_separator=False, use_extra_vars=False, cache_timeout=1))) == 3


def test_nothing_in_the_cache_is_an_error_again(parse: Parse, emulator: Any, tmp_path: Path) -> None:
    cached = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    assert names(parse(project_pattern="no*", allow_empty=True, **cached)) == []
    emulator.control.clear_journal()
    assert names(parse(project_pattern="no*", allow_empty=True, **cached)) == []
    assert emulator.control.journal() == []
    with pytest.raises(AnsibleParserError, match="no project matched"):
        parse(project_pattern="no*", **cached)
