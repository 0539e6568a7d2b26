# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the engine share: wishes, and a small Atlas in memory.

The model has its own reading of masks and of writing, so that a fault of the plugins can't hide in it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Callable, Optional

from ansible_collections.atlasops.integrations.plugins.module_utils._apply import Outcome, settle
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import (
    AlreadyConfigured,
    LostAnswer,
    NotConfigured,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._plan import Plan, make_plan
from ansible_collections.atlasops.integrations.plugins.module_utils._services import (
    SERVICES,
    Field,
    Kind,
    Mask,
    Service,
    Table,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._wish import Wish, read_wish

PROJECT = "0123456789abcdef01234567"
ROWS = [(s, v) for s in SERVICES for v in sorted(s.versions)]
FIELDS = [(s, v, f) for s, v in ROWS for f in s.writable]


def row_id(value: Any) -> Optional[str]:
    """Name a parameter of a test by what is in it."""
    if isinstance(value, Service):
        return value.type
    return value.option if isinstance(value, Field) else None


def samples(service: Service) -> dict[str, Any]:
    """Return options that declare a whole integration of a service."""
    return {"type": service.type, **{f.option: f.sample for f in service.writable}}


def another(field: Field) -> Any:
    """Return an allowed value of a field that is not its sample and whose end differs too."""
    if field.kind is Kind.FLAG:
        return not field.sample
    if field.choices:
        return next(c for c in reversed(field.choices) if c != field.sample)
    if field.kind is Kind.TEMPLATE:
        return '{"another": "template"}'
    sample = str(field.sample)
    return sample[:-4] + sample[-4:].translate(str.maketrans("0123456789abcdefglmnopqrstuvwxyz", "f" * 32))[:-1] + "e"


def wish_of(options: dict[str, Any], version: str = "v2", table: Table = SERVICES) -> Wish:
    """Read options that must be right."""
    reading = read_wish(options, version, table)
    assert reading.problems == ()
    assert reading.wish is not None
    return reading.wish


def problems_of(options: dict[str, Any], version: str = "v2", table: Table = SERVICES) -> str:
    """Return all problems of options that must be wrong, as one text."""
    reading = read_wish(options, version, table)
    assert reading.wish is None
    assert reading.problems
    return "; ".join(reading.problems)


@dataclass
class Listed:
    """An answer that lists a project."""

    results: list[dict[str, Any]]
    total_count: Optional[int] = None


def shown_tail(value: str) -> str:
    """Mask a key as recorded; a short one as documented for webhook secrets."""
    return "*" * 10 if len(value) <= 10 else "*" * (len(value) - 4) + value[-4:]


def shown_url(value: str) -> str:
    """Mask a URL as recorded: nothing but the four last characters behind the host."""
    scheme, rest = value.split("://", 1)
    return f"{scheme}://{rest.split('/', 1)[0]}/****{value[-4:]}"


@dataclass
class Model:
    """One project of Atlas: what it holds in clear, what it shows, and how it takes a write.

    merges: PUT keeps what it is not given. new_ids: an update gives a new id. templates: how a set
    template is shown. upserts: PUT creates what is not there.
    """

    held: dict[str, dict[str, Any]] = dataclass_field(default_factory=dict)
    merges: bool = False
    new_ids: bool = True
    upserts: bool = False
    templates: Callable[[str], Any] = str
    table: Table = SERVICES
    serial: int = 0

    def put(self, options: dict[str, Any], **extra: Any) -> None:
        """Let somebody else set an integration, options by name; extra: fields by API name."""
        service = self.table.get(options["type"])
        assert service is not None
        known = {f.option: f.api for f in service.writable}
        body = {known[name]: value for name, value in options.items() if name in known}
        self.held[service.type] = {"id": self._id(), **body, **extra}

    def _id(self) -> str:
        self.serial += 1
        return f"{self.serial:024x}"

    def listing(self) -> Listed:
        """List the project as Atlas does: in an order of its own, secrets masked."""
        return Listed([self.show(kind) for kind in sorted(self.held)], len(self.held))

    def show(self, kind: str) -> dict[str, Any]:
        """Return one integration as Atlas shows it."""
        service, held = self.table.get(kind), self.held[kind]
        shown: dict[str, Any] = {**held, "type": kind}
        for f in service.fields if service else ():
            value = held.get(f.api)
            if f.mask is Mask.HIDDEN:
                shown.pop(f.api, None)
            elif not f.secret:
                shown[f.api] = f.default if value is None else value
            elif value is None:
                shown[f.api] = None
            else:
                shown[f.api] = self._mask(f, value)
        return shown

    def _mask(self, field: Field, value: str) -> Any:
        if field.mask is Mask.TEXT:
            return self.templates(value)
        return shown_url(value) if field.mask is Mask.URL else shown_tail(value)

    def write(self, kind: str, body: dict[str, Any]) -> None:
        """Take the body of a POST or of a PUT."""
        old = self.held.get(kind, {})
        fields = {api: value for api, value in body.items() if api != "type"}
        identity = self._id() if self.new_ids or not old else old["id"]
        self.held[kind] = {**(old if self.merges else {}), **fields, "id": identity}


def lost(arrives: bool) -> Step:
    """A write whose answer is lost, after or before the work was done."""
    return Step(arrives, LostAnswer("the answer was lost", status=None, method="PUT", url="https://atlas.example/x"))


@dataclass
class Step:
    """What becomes of one write.

    arrives: it is done. raises: what the caller gets instead of an answer. before, after: what somebody
    else does to the project just then. answer: changes what is answered.
    """

    arrives: bool = True
    raises: Optional[Exception] = None
    before: Callable[[Model], Any] = bool
    after: Callable[[Model], Any] = bool
    answer: Callable[[Listed], Listed] = lambda listing: listing


class FakeClient:
    """Atlas for the engine: a model, a script of what becomes of each write, and a journal."""

    def __init__(self, model: Model, *steps: Step, reads: tuple[Optional[Exception], ...] = ()) -> None:
        self.model = model
        self.steps = list(steps)
        self.reads = list(reads)
        self.journal: list[str] = []
        self.bodies: list[dict[str, Any]] = []

    @property
    def writes(self) -> list[str]:
        """The writes, in their order."""
        return [entry for entry in self.journal if entry != "GET"]

    def list_integrations(self, project_id: str) -> Listed:
        assert project_id == PROJECT
        self.journal.append("GET")
        failure = self.reads.pop(0) if self.reads else None
        if failure is not None:
            raise failure
        return self.model.listing()

    def create_integration(self, project_id: str, integration_type: str, body: Any) -> Listed:
        return self._write("POST", integration_type, dict(body))

    def update_integration(self, project_id: str, integration_type: str, body: Any) -> Listed:
        return self._write("PUT", integration_type, dict(body))

    def delete_integration(self, project_id: str, integration_type: str) -> None:
        self._write("DELETE", integration_type, {})

    def _write(self, verb: str, kind: str, body: dict[str, Any]) -> Listed:
        self.journal.append(verb)
        step = self.steps.pop(0) if self.steps else Step()
        step.before(self.model)
        there = kind in self.model.held
        if step.arrives and verb == "POST" and there:
            raise AlreadyConfigured("there already", status=409, code="INTEGRATION_ALREADY_CONFIGURED")
        if step.arrives and not there and (verb == "DELETE" or (verb == "PUT" and not self.model.upserts)):
            raise NotConfigured("not there", status=404, code="INTEGRATION_NOT_CONFIGURED")
        if verb != "DELETE":
            self._check(kind, body)
        if step.arrives and verb == "DELETE":
            del self.model.held[kind]
        elif step.arrives:
            self.model.write(kind, body)
        step.after(self.model)
        if step.raises is not None:
            raise step.raises
        return step.answer(self.model.listing())

    def _check(self, kind: str, body: dict[str, Any]) -> None:
        self.bodies.append(body)
        service = self.model.table.get(kind)
        assert service is not None
        assert body["type"] == kind
        unknown = set(body) - {f.api for f in service.writable} - {"type"}
        assert unknown <= set(self.model.held.get(kind, {})) - {"id"}, f"foreign fields {unknown}"
        assert "****" not in json.dumps(body), "a mask is sent back"


def decide(options: dict[str, Any], model: Model, version: str = "v2") -> Plan:
    """Plan options against a model."""
    return make_plan(wish_of(options, version, model.table), model.listing().results)


def apply(client: FakeClient, options: dict[str, Any], version: str = "v2", *, check_mode: bool = False) -> Outcome:
    """Read and settle as a module does."""
    wish = wish_of(options, version, client.model.table)
    return settle(client, PROJECT, wish, client.list_integrations(PROJECT), check_mode=check_mode)
