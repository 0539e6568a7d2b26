# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generated documentation: up to date, the same each time, and driven by the table alone."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import sys
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")

from ansible_collections.atlasops.integrations.plugins.module_utils import _argspec  # noqa: E402
from ansible_collections.atlasops.integrations.plugins.module_utils._services import (  # noqa: E402
    ATLAS_SERVICES,
    SERVICES,
    Field,
    Mask,
    Service,
    Table,
)

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "tests" / "generate_docs.py"

CLARION = Service(
    "CLARION",
    "Clarion",
    (
        Field(
            "hornKey",
            "horn_key",
            "Key of the horn.",
            secret=True,
            mask=Mask.TAIL,
            required=frozenset({"v2"}),
            sample="horn-0001",
        ),
        Field("region", "region", "Where it is heard.", choices=("US", "MOON"), default="MOON", sample="MOON"),
        Field("tune", "tune", "What it plays: a tune, 'quoted' # or not.", max_chars=1234, sample="reveille"),
    ),
    versions=frozenset({"v2"}),
    deprecated="Horns are out; use bells",
)
ELEVEN = Table((*ATLAS_SERVICES, CLARION))


@pytest.fixture(name="docs", scope="module")
def fixture_docs():
    """Return the generator as a module."""
    spec = importlib.util.spec_from_file_location("generate_docs", GENERATOR)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def documentation(text):
    """Return the data in the DOCUMENTATION of a fragment."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION":
            return yaml.safe_load(ast.literal_eval(node.value))
    raise AssertionError("no DOCUMENTATION")


def test_the_checkout_is_up_to_date(docs, capsys):
    assert docs.main(["--check"]) == 0, capsys.readouterr().out


def test_it_is_the_same_each_time(docs):
    assert docs.fragments() == docs.fragments()


@pytest.mark.parametrize("table", [SERVICES, ELEVEN], ids=["ten", "eleven"])
def test_specs_and_documentation_agree(docs, table):
    fragments = {name: documentation(text) for name, text in docs.fragments(table).items()}
    documented = {}
    for data in fragments.values():
        documented.update(data["options"])
    spec = {**_argspec.SELECTION_OPTIONS, **_argspec.integration_spec(table)}
    assert set(documented) == set(spec)
    for name, entry in spec.items():
        for key in ("type", "elements", "choices", "default", "aliases", "required"):
            assert documented[name].get(key) == entry.get(key), (name, key)
        assert all(text.endswith(".") for text in documented[name]["description"])


def test_every_variable_is_named_and_no_env_key_is_used(docs):
    text = "".join(docs.fragments().values())
    for variable in re.findall(r"MONGODB_ATLAS_\w+", (ROOT / "plugins/module_utils/_options.py").read_text("utf-8")):
        assert f"E({variable})" in text
    assert not re.search(r"^ *env:", text, re.MULTILINE)


def test_an_eleventh_service_is_documented_by_its_entry(docs):
    options = documentation(docs.fragments(ELEVEN)["services"])["options"]
    assert "V(CLARION) for Clarion" in " ".join(options["type"]["description"])
    assert "V(CLARION) exists with O(api_version=v2) only." in options["type"]["description"]
    assert "V(CLARION) is deprecated. Horns are out; use bells." in options["type"]["description"]
    assert options["horn_key"]["description"] == [
        "Key of the horn, for O(type=CLARION).",
        "Required for O(type=CLARION), unless O(update_secrets=on_create) and the integration exists.",
        "This is a secret. It is masked in every result.",
    ]
    assert "Only V(US) and V(MOON) for O(type=CLARION)." in options["region"]["description"]
    assert "Atlas takes V(MOON) for O(type=CLARION) where it was never set." in options["region"]["description"]
    assert options["tune"]["description"] == [
        "What it plays: a tune, 'quoted' # or not, for O(type=CLARION).",
        "May have up to 1,234 characters for O(type=CLARION).",
    ]


MODULE = '''
DOCUMENTATION = r"""
options:
  integrations:
    suboptions:
      # generated: wish-options integrations[].
      # end of generated: wish-options
      # generated: service-options integrations[].
      stale: true
      # end of generated: service-options
"""
RETURN = r"""
integration:
  contains:
    # generated: integration-fields
    # end of generated: integration-fields
  sample:
    # generated: integration-sample
    # end of generated: integration-sample
"""
'''


def test_blocks_in_modules(docs):
    text = docs.with_blocks(MODULE, ELEVEN)
    assert docs.with_blocks(text, ELEVEN) == text
    parts = re.findall(r'r"""\n(.*?)"""', text, re.DOTALL)
    suboptions = yaml.safe_load(parts[0])["options"]["integrations"]["suboptions"]
    assert set(suboptions) == set(_argspec.wish_options(ELEVEN))
    assert "O(integrations[].type=CLARION)" in suboptions["horn_key"]["description"][0]
    assert "default" not in suboptions["state"]
    result = yaml.safe_load(parts[1])["integration"]
    assert result["contains"]["horn_key"]["returned"] == "for type CLARION"
    assert set(result["sample"]) <= set(result["contains"])
    assert result["sample"]["type"] == "PAGER_DUTY"
    secret = ATLAS_SERVICES[0].fields[0].sample
    assert secret not in text and result["sample"]["service_key"].endswith(secret[-4:])


def test_an_unknown_block_is_an_error(docs):
    with pytest.raises(KeyError):
        docs.with_blocks("# generated: nonsense\n# end of generated: nonsense\n")


def test_check_names_what_is_stale_and_writing_mends_it(docs, tmp_path, capsys):
    shutil.copytree(ROOT / "plugins" / "doc_fragments", tmp_path / "plugins" / "doc_fragments")
    stale = tmp_path / "plugins" / "doc_fragments" / "services.py"
    fresh = stale.read_text("utf-8")
    stale.write_text(fresh + "# more\n", "utf-8")
    (tmp_path / "plugins" / "doc_fragments" / "project.py").unlink()
    module = tmp_path / "plugins" / "modules" / "some.py"
    module.parent.mkdir()
    module.write_text(MODULE, "utf-8")
    assert docs.main(["--check"], root=tmp_path) == 1
    out = capsys.readouterr().out
    assert [name in out for name in ("services.py", "project.py", "some.py", "connection.py")] == [True] * 3 + [False]
    assert stale.read_text("utf-8") != fresh
    assert docs.main([], root=tmp_path) == 0
    assert stale.read_text("utf-8") == fresh
    assert docs.main(["--check"], root=tmp_path) == 0
