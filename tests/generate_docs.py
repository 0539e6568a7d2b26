# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the documentation that follows from the table of services and the argument specs.

Without arguments it rewrites plugins/doc_fragments and the generated blocks in plugins/modules;
with --check it changes nothing and fails where a file is stale. A block lies between two comments

    # generated: NAME [PATH]
    # end of generated: NAME

in the DOCUMENTATION or RETURN of a module; it takes its indentation from the first of them. PATH
is where the options stand, for example "integrations[].", nothing at the top.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import re
import sys
import textwrap
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
COLLECTION = "ansible_collections.atlasops.integrations"
WIDTH = 110


def make_importable(root: Path = ROOT) -> None:
    """Let the checkout be imported under the name of the collection, wherever it lies, unless it can be already."""
    try:
        if importlib.util.find_spec(COLLECTION):
            return
    except ModuleNotFoundError:
        pass
    name = ""
    for step in COLLECTION.split("."):
        name = f"{name}.{step}".strip(".")
        sys.modules.setdefault(name, types.ModuleType(name)).__path__ = []
    sys.modules[COLLECTION].__path__ = [str(root)]


make_importable()
sys.path.insert(0, str(ROOT / "tests"))

import docs_words as words  # noqa: E402

from ansible_collections.atlasops.integrations.plugins.module_utils import _argspec, _options  # noqa: E402
from ansible_collections.atlasops.integrations.plugins.module_utils._render import render  # noqa: E402
from ansible_collections.atlasops.integrations.plugins.module_utils._services import (  # noqa: E402
    BOTH,
    SERVICES,
    Field,
    Kind,
    Option,
    Service,
    Table,
)

Docs = dict[str, dict[str, Any]]

FRAGMENT = '''\
# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tests/generate_docs.py from the argument specs and the table of services; change those instead.

"""{title}"""

from __future__ import annotations


class ModuleDocFragment:
    """{title}"""

    DOCUMENTATION = r"""
{body}"""
'''


# What a description says.


def joined(names: Iterable[str], word: str = "and") -> str:
    """Join names as English does."""
    said = list(names)
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} {word} {said[-1]}"


def literal(value: Any) -> str:
    """Return a value in the markup of Ansible's documentation."""
    return f"V({str(value).lower() if isinstance(value, bool) else value})"


def grouped(pairs: Iterable[tuple[Service, Any]]) -> Iterator[tuple[list[Service], Any]]:
    """Collect the services that share a fact, in the order of the first of them."""
    groups: dict[Any, list[Service]] = {}
    for service, fact in pairs:
        groups.setdefault(fact, []).append(service)
    yield from ((services, fact) for fact, services in groups.items())


def services_docs(table: Table, path: str = "") -> Docs:
    """Return the documentation of type and of each option of the services."""
    docs = {"type": {"description": type_words(table, path)}}
    docs.update({name: {"description": option_words(option, path)} for name, option in table.options.items()})
    return docs


def type_words(table: Table, path: str) -> list[str]:
    """Describe the option type."""
    titles = (f"{literal(s.type)} for {s.title}" for s in table)
    said = ["The third-party service, by the name that the API has for it.", f"It is {joined(titles, 'or')}."]
    for service in table:
        if service.versions != BOTH:
            known = joined(f"O(api_version={version})" for version in sorted(service.versions))
            said.append(f"{literal(service.type)} exists with {known} only.")
        if service.remark:
            said.append(f"{service.remark}.")
        if service.deprecated:
            said.append(f"{literal(service.type)} is deprecated. {service.deprecated}.")
    return said


def option_words(option: Option, path: str) -> list[str]:
    """Describe one option of the services: what it is for each of them, and what holds for its value."""

    def of(services: Iterable[Service]) -> str:
        return joined(f"O({path}type={s.type})" for s in services)

    pairs = option.fields
    unless = words.UNLESS_SECRET.format(path=path) if option.field.secret else ""
    said = [f"{text.rstrip('.')}, for {of(services)}." for services, text in grouped((s, f.words) for s, f in pairs)]
    for services, versions in grouped((s, required_versions(s, f)) for s, f in pairs if f.required):
        with_version = f" with {joined(f'O(api_version={v})' for v in versions)}" if versions else ""
        said.append(f"Required for {of(services)}{with_version}{unless}.")
    for services, choices in grouped((s, f.choices) for s, f in pairs):
        if choices and choices != option.choices:
            said.append(f"Only {joined(map(literal, choices))} for {of(services)}.")
    for services, limits in grouped((s, limit_words(f)) for s, f in pairs):
        said += [f"{limit} for {of(services)}." for limit in limits]
    for services, default in grouped((s, f.default) for s, f in pairs if f.default is not None):
        whose = "" if len(services) == len(pairs) else f" for {of(services)}"
        said.append(f"Atlas takes {literal(default)}{whose} where it was never set.")
    if option.field.kind is Kind.TEMPLATE:
        said.append("A text, or a YAML dictionary that is turned into JSON.")
    if option.field.secret:
        said.append("This is a secret. It is masked in every result.")
    return said


def required_versions(service: Service, field: Field) -> tuple[str, ...]:
    """Return the API versions to name: none where the field is required wherever the service exists."""
    return () if field.required == service.versions else tuple(sorted(field.required))


def limit_words(field: Field) -> tuple[str, ...]:
    """Say what Atlas insists on, without a full stop."""
    said = []
    if field.form is not None:
        said.append(f"Must be {field.form.words}")
    if field.url:
        said.append("Must be a URL that begins with V(https://) or V(http://)")
    if field.max_chars:
        said.append(f"May have up to {field.max_chars:,} characters")
    if field.max_bytes:
        said.append(f"May have up to {field.max_bytes:,} bytes of UTF-8")
    return tuple(said)


def settings_docs(settings: Iterable[_options.Setting], texts: Mapping[str, Iterable[str]]) -> Docs:
    """Return the documentation of connection or project options, their environment variables included."""
    docs: Docs = {}
    credentials = [part for kind in _options.KINDS for part in kind.parts]
    for setting in settings:
        said = list(texts[setting.name])
        if setting is _options.PROJECT_ID:
            said.append(words.PROJECT_VARIABLE)
        elif setting.variables:
            variables = joined((f"E({v})" for v in setting.variables), "or")
            first = ", the first of them that is not empty" if len(setting.variables) > 1 else ""
            when = "no credentials are given at all" if setting in credentials else "it is not set"
            said.append(f"Where {when}, the value comes from the environment variable {variables}{first}.")
        docs[setting.name] = {"description": said}
    return docs


def plain_docs(texts: Mapping[str, Iterable[str]], path: str = "") -> Docs:
    """Return the documentation of options that have words only."""
    return {name: {"description": [t.format(path=path) for t in said]} for name, said in texts.items()}


def element_docs(path: str) -> Docs:
    """Return the documentation of what is wished, for an element of a list whose task has defaults for it."""
    docs = plain_docs(words.WISH, path)
    for name in ("state", "update_secrets"):
        docs[name]["description"].append(f"Where it is left out, O({name}) of the task counts.")
    return docs


def with_spec(docs: Docs, spec: Mapping[str, Mapping[str, Any]]) -> Docs:
    """Add what the argument spec says to each documented option."""
    kept = ("type", "elements", "required", "default", "choices", "aliases")
    return {
        name: {**entry, **{key: spec[name][key] for key in kept if key in spec[name]}} for name, entry in docs.items()
    }


# What a result looks like.


def fields_docs(table: Table) -> Docs:
    """Return the documentation of the keys of a returned integration."""
    docs: Docs = {
        "id": {
            "description": "ID of the integration. An update gives it a new one.",
            "type": "str",
            "returned": "success",
        },
        "type": {"description": "Type of the service, in upper case.", "type": "str", "returned": "success"},
    }
    answers: dict[str, list[tuple[Service, Field]]] = {}
    for service in table:
        for field in service.fields:
            answers.setdefault(field.option, []).append((service, field))
    for option, pairs in answers.items():
        first = pairs[0][1]
        said = [text for unused, text in grouped((s, f.words) for s, f in pairs)]
        if first.secret:
            said.append("Masked.")
        docs[option] = {
            "description": said,
            "type": "bool" if first.kind is Kind.FLAG else "str",
            "returned": f"for type {joined((s.type for s, unused in pairs), 'or')}",
        }
    return docs


def sample(service: Service, table: Table) -> dict[str, Any]:
    """Return an integration as a result shows it, made by the code that makes the results."""
    raw: dict[str, Any] = {"id": "64b1f0a2c3d4e5f60718293a", "type": service.type}
    raw.update({f.api: f.sample for f in service.writable})
    return render(raw, table)


# How it is written.


def scalar(value: Any) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, (int, float)):
        return repr(value)
    text = str(value)
    return text if plain(text) else "'" + text.replace("'", "''") + "'"


@functools.cache
def plain(text: str) -> bool:
    """Tell whether YAML reads a text back as it is, without quotes."""
    try:
        return bool(yaml.safe_load(f"- {text}\n") == [text] and yaml.safe_load(f"a: {text}\n") == {"a": text})
    except yaml.YAMLError:
        return False


def paragraph(text: str, indent: int) -> list[str]:
    """Return one element of a list of sentences, wrapped."""
    lines = textwrap.wrap(text, WIDTH - indent - 2, break_long_words=False, break_on_hyphens=False)
    pad = " " * indent
    if plain(text):
        return [f"{pad}- {lines[0]}", *(f"{pad}  {line}" for line in lines[1:])]
    return [f"{pad}- >-", *(f"{pad}  {line}" for line in lines)]


def yaml_lines(data: Mapping[str, Any], indent: int = 0) -> list[str]:
    """Return nested dictionaries, with lists of texts and single values in them, as lines of YAML."""
    pad, lines = " " * indent, []
    for key, value in data.items():
        if isinstance(value, Mapping):
            lines += [f"{pad}{key}:", *yaml_lines(value, indent + 2)] if value else [f"{pad}{key}: {{}}"]
        elif key == "description" and isinstance(value, (list, tuple)):
            lines.append(f"{pad}{key}:")
            lines += [line for text in value for line in paragraph(text, indent + 2)]
        elif isinstance(value, (list, tuple)):
            lines += [f"{pad}{key}:", *(f"{pad}  - {scalar(v)}" for v in value)]
        else:
            lines.append(f"{pad}{key}: {scalar(value)}")
    return lines


def fragments(table: Table = SERVICES) -> dict[str, str]:
    """Return the content of each file of plugins/doc_fragments, by its name without .py."""
    spec = {**_argspec.SELECTION_OPTIONS, **_argspec.integration_spec(table)}
    selection = settings_docs((_options.ORG_ID,), words.SELECTION)
    selection.update(plain_docs({name: said for name, said in words.SELECTION.items() if name not in selection}))
    options = {
        "connection": ("How Atlas is reached.", settings_docs(_options.CONNECTION_SETTINGS, words.CONNECTION)),
        "project": ("Which project is meant.", settings_docs(_options.PROJECT_SETTINGS, words.PROJECT)),
        "selection": ("Which of many projects are meant.", selection),
        "services": ("The services and their options.", services_docs(table)),
        "wish": ("What is wished of an integration.", plain_docs(words.WISH)),
        "answers": ("How Atlas is asked to answer.", plain_docs(words.ANSWERS)),
    }
    files = {name: (title, {"options": with_spec(docs, spec)}) for name, (title, docs) in options.items()}
    files["attributes"] = ("What modules support.", {"options": {}, "attributes": attributes()})
    return {
        name: FRAGMENT.format(title=title, body="\n".join(yaml_lines(data)) + "\n")
        for name, (title, data) in files.items()
    }


def attributes() -> Docs:
    """Return the attributes that modules document; each module adds its own support to all but action_group."""
    docs: Docs = {name: {"description": text} for name, text in words.ATTRIBUTES.items()}
    docs["action_group"] = {
        "description": words.ACTION_GROUP,
        "support": "full",
        "membership": ["atlasops.integrations.atlas"],
    }
    return docs


def block(name: str, path: str, table: Table) -> list[str]:
    """Return the lines of a generated block, without indentation. Raises KeyError for an unknown name."""
    makers: dict[str, Callable[[], Mapping[str, Any]]] = {
        "integration-fields": lambda: fields_docs(table),
        "integration-sample": lambda: sample(next(iter(table)), table),
        "service-options": lambda: with_spec(services_docs(table, path), _argspec.wish_options(table)),
        "wish-options": lambda: with_spec(element_docs(path), _argspec.wish_options(table, defaults=False)),
    }
    return yaml_lines(makers[name]())


_BLOCK = re.compile(
    r"^(?P<pad> *)# generated: (?P<name>[\w-]+)(?: (?P<path>\S+))?\n(?P<old>.*?)^ *# end of generated: (?P=name)$",
    re.DOTALL | re.MULTILINE,
)


def with_blocks(text: str, table: Table = SERVICES) -> str:
    """Return the text of a module with its generated blocks written anew."""

    def new(found: re.Match[str]) -> str:
        pad, name, path = found.group("pad"), found.group("name"), found.group("path") or ""
        first = f"{pad}# generated: {name}{' ' + path if path else ''}"
        lines = [pad + line for line in block(name, path, table)]
        return "\n".join([first, *lines, f"{pad}# end of generated: {name}"])

    return _BLOCK.sub(new, text)


def wanted(root: Path = ROOT, table: Table = SERVICES) -> dict[Path, str]:
    """Return the content that each generated file, and each module with a generated block, should have."""
    files = {root / "plugins" / "doc_fragments" / f"{name}.py": text for name, text in fragments(table).items()}
    for path in sorted((root / "plugins" / "modules").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        if _BLOCK.search(text):
            files[path] = with_blocks(text, table)
    return files


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Write what is stale, or with --check name it; the exit status is 1 where --check finds any."""
    parser = argparse.ArgumentParser(description="Write the documentation that follows from the table of services.")
    parser.add_argument("--check", action="store_true", help="change nothing, fail where a file is stale")
    check = parser.parse_args(arguments).check
    stale = [
        (path, text)
        for path, text in wanted(root).items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        print(f"{path.relative_to(root)} is {'stale; run tests/generate_docs.py' if check else 'written'}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
