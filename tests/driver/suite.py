# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of the test suite, each of them small and with a name of its own."""

from __future__ import annotations

import functools
import json
import os
import tarfile
import time
from pathlib import Path

import environments
import pythons
from environments import BUILD, COLLECTION, ROOT
from runner import Failed, Skipped, Step

LINES_COVERED = 95.0
FAST_SANITY = ("validate-modules", "ansible-doc", "runtime-metadata", "yamllint", "pep8", "shebang")
PYTEST = ("pytest", "--color=no")
# Tests of what runs in Ansible's own process. They need a process of their own (ansible-test sees to that as well):
# once the controller's code is imported, what modules import from ansible-core behaves otherwise.
CONTROLLER_TESTS = tuple(f"tests/unit/plugins/{name}" for name in ("action", "inventory", "plugin_utils"))
# They run whole playbooks, so they are a step of their own.
EXAMPLES = "tests/unit/test_examples.py"
UNIT_STEPS = ("unit-modules", "unit-controller", "unit-others")
UNIT_DATA = BUILD / "coverage"
# What a user gets; everything else in the checkout is for building and testing.
SHIPPED = ("meta", "playbooks", "plugins", "roles", "docs")
SHIPPED_FILES = ("CHANGELOG.rst", "LICENSE", "README.md", "changelogs/changelog.yaml", "requirements.txt")


class Suite:
    """The environments of this machine, and the steps that use them."""

    def __init__(self, measure: bool) -> None:
        """Set up what all steps need; with measure, unit tests tell which lines they reach, and take longer."""
        self.measure = measure
        environments.prepare_home()
        self.python = pythons.newest()
        self.venv = environments.dev_environment(self.python)
        self.target = pythons.oldest_target()
        self.environment = environments.ansible_environment(self.venv, pythons.every())

    def tool(self, name: str) -> Path:
        """The program of this name in the environment with the tools."""
        return self.venv / "bin" / name

    def tree(self, name: str) -> Path:
        """A fresh copy of the checkout; returns the collection's folder in it."""
        return environments.copy_checkout(name)[0] / COLLECTION

    def looked_up(self, collection: Path) -> dict[str, str]:
        """The environment for commands that look the collection up by its name."""
        return {**self.environment, "ANSIBLE_COLLECTIONS_PATH": str(collection.parents[2])}

    def tested_tree(self, step: Step, name: str, venv: Path) -> Path:
        """A fresh copy of which ansible-test sees every file: seeing none, it would pass."""
        tree, copied = environments.copy_checkout(name)
        collection = tree / COLLECTION
        output = step.run([venv / "bin" / "ansible-test", "env", "--list-files"], collection, self.environment)
        seen = sum(1 for line in output.splitlines() if line and (collection / line).is_file())
        if seen != copied:
            raise Failed(f"ansible-test sees {seen} of {copied} files in {collection}")
        return collection

    # Checks of the text

    def ruff(self, step: Step) -> None:
        """Lint and format of all Python files."""
        step.run([self.tool("ruff"), "check", "--no-cache", "."], ROOT, self.environment)
        step.run([self.tool("ruff"), "format", "--no-cache", "--check", "--diff", "."], ROOT, self.environment)

    def mypy(self, step: Step) -> None:
        """Types of what the plugins share, strict."""
        tree = self.tree("mypy").parents[2]
        config = tree / COLLECTION / "pyproject.toml"
        folders = [COLLECTION / "plugins" / name for name in ("module_utils", "plugin_utils")]
        folders = [folder for folder in folders if (tree / folder).is_dir()]
        command = ["--config-file", config, "--cache-dir", BUILD / "cache" / "mypy"]
        step.run([self.tool("mypy"), *command, *folders], tree, self.environment)

    def licences(self, step: Step) -> None:
        """Every file says its licence."""
        step.run([self.tool("reuse"), "lint", "--lines"], self.tree("licences"), self.environment)

    def changelog(self, step: Step) -> None:
        """Changelog fragments are well-formed."""
        step.run([self.tool("antsibull-changelog"), "lint"], self.tree("changelog"), self.environment)

    def generated_docs(self, step: Step) -> None:
        """Documentation that follows from the table of services is up to date."""
        step.run([self.tool("python"), "tests/generate_docs.py", "--check"], ROOT, self.environment)

    def docs(self, step: Step) -> None:
        """Documentation of plugins, roles and the collection."""
        collection = self.tree("docs")
        command = "lint-collection-docs --plugin-docs --validate-collection-refs=all --skip-rstcheck ."
        step.run([self.tool("antsibull-docs"), *command.split()], collection, self.looked_up(collection))

    def ansible_lint(self, step: Step) -> None:
        """Roles, playbooks and metadata."""
        collection = self.tree("lint")
        command = "--offline --strict --profile production --nocolor"
        step.run([self.tool("ansible-lint"), *command.split()], collection, self.looked_up(collection))

    # Tests

    def unit_modules(self, step: Step) -> None:
        """Unit tests of modules and of what they share."""
        self.unit(step, "tests/unit/plugins", *(f"--ignore={folder}" for folder in CONTROLLER_TESTS))

    def unit_controller(self, step: Step) -> None:
        """Unit tests of controller plugins."""
        self.unit(step, *CONTROLLER_TESTS)

    def unit_others(self, step: Step) -> None:
        """Unit tests of the emulator, of generated documentation, and of the checkout as a whole."""
        self.unit(step, "tests/unit", "--ignore=tests/unit/plugins", f"--ignore={EXAMPLES}")

    def unit(self, step: Step, *arguments: str) -> None:
        """Run tests by plain pytest."""
        command = [*PYTEST, *arguments]
        if self.measure:
            data = UNIT_DATA / step.name
            data.parent.mkdir(parents=True, exist_ok=True)
            data.unlink(missing_ok=True)
            command = ["coverage", "run", f"--data-file={data}", "-m", *command]
        step.run([self.tool("python"), "-m", *command], ROOT, self.environment)

    def examples(self, step: Step) -> None:
        """Examples and snippets of the documentation work."""
        step.run([self.tool("python"), "-m", *PYTEST, EXAMPLES], ROOT, self.environment)

    def sanity(self, step: Step) -> None:
        """Every sanity test of ansible-test, with no exceptions."""
        collection = self.tested_tree(step, "sanity", self.venv)
        output = step.run([self.tool("ansible-test"), "sanity", "--color", "no"], collection, self.environment)
        # Without its program this one only warns.
        if 'Running sanity test "shellcheck"' not in output or 'Skipping sanity test "shellcheck"' in output:
            raise Failed("the shellcheck test of ansible-test did not run")

    def sanity_quick(self, step: Step) -> None:
        """The sanity tests that find most and take least."""
        collection = self.tested_tree(step, "sanity-quick", self.venv)
        chosen = [word for test in FAST_SANITY for word in ("--test", test)]
        step.run([self.tool("ansible-test"), "sanity", "--color", "no", *chosen], collection, self.environment)

    def imports(self, step: Step) -> None:
        """Plugins can be imported, without requests too."""
        collection = self.tested_tree(step, "imports", self.venv)
        minor = (self.target or self.python).name
        command = ["sanity", "--color", "no", "--test", "import", "--python", minor]
        step.run([self.tool("ansible-test"), *command], collection, self.environment)

    def units_on(self, step: Step, python: pythons.Python) -> None:
        """Unit tests by ansible-test, in an environment that it makes for this Python."""
        collection = self.tested_tree(step, f"units-{python.name}", self.venv)
        command = [
            "units",
            "--color",
            "no",
            "--venv",
            "--python",
            python.name,
            "--num-workers",
            "2",
            "--exclude",
            EXAMPLES,
        ]
        step.run([self.tool("ansible-test"), *command], collection, self.environment)
        if not step.counts["passed"]:
            raise Failed(f"ansible-test ran no unit test on Python {python.name}")

    def units_newest(self, step: Step) -> None:
        """Unit tests by ansible-test on the newest Python here."""
        self.units_on(step, self.python)

    def units_oldest(self, step: Step) -> None:
        """Unit tests by ansible-test on the oldest Python that the modules support."""
        self.units_on(step, self.old_target())

    def old_target(self) -> pythons.Python:
        """The oldest Python that the modules support; without it the step is skipped."""
        if not self.target:
            raise Skipped("no Python 3.9 here")
        return self.target

    def integration_newest(self, step: Step) -> None:
        """All integration targets on the newest ansible-core for the newest Python here, with coverage."""
        collection = self.tested_tree(step, "integration-newest", self.venv)
        command = ["integration", "--continue-on-error", "--color", "no", "--python", self.python.name, "--coverage"]
        self.integration(step, [self.tool("ansible-test"), *command], collection, self.environment)
        step.run([self.tool("ansible-test"), "coverage", "combine"], collection, self.environment)

    def integration_oldest(self, step: Step) -> None:
        """All integration targets on the oldest ansible-core, the modules on the oldest Python here."""
        controller = pythons.oldest_controller()
        if not controller:
            raise Skipped("no Python 3.10, 3.11 or 3.12 here, and ansible-core 2.16 runs on no other")
        venv = environments.oldest_environment(controller)
        target = environments.target_environment(self.target) if self.target else venv
        environment = environments.ansible_environment(venv, [])
        collection = self.tested_tree(step, "integration-oldest", venv)
        command = ["integration", "--continue-on-error", "--color", "no"]
        command += ["--controller", f"origin:python={controller.name}@{venv / 'bin' / 'python'}"]
        command += ["--target", f"controller:python={(self.target or controller).name}@{target / 'bin' / 'python'}"]
        self.integration(step, [venv / "bin" / "ansible-test", *command], collection, environment)

    def integration(self, step: Step, command: list[str | Path], collection: Path, environment: dict[str, str]) -> None:
        """Run integration targets, and see that it were as many as there are."""
        folder = collection / "tests" / "integration" / "targets"
        wanted = sorted(path.name for path in folder.glob("*") if not path.name.startswith("setup_"))
        output = step.run(command, collection, environment)
        ran = [name for name in wanted if f"Running {name} integration test" in output]
        step.counts["passed"] += len(ran)
        if ran != wanted or not ran:
            raise Failed(f"ansible-test ran {len(ran)} of {len(wanted)} integration targets")

    # What comes out

    def package(self, step: Step) -> None:
        """Build, install and verify the collection, and look at what is in it."""
        collection = self.tree("package")
        galaxy, dist, installed = self.tool("ansible-galaxy"), BUILD / "dist", BUILD / "trees" / "installed"
        environment = {**self.environment, "ANSIBLE_COLLECTIONS_PATH": str(installed)}
        for old in dist.glob("*.tar.gz"):
            old.unlink()
        step.run([galaxy, "collection", "build", "--force", "--output-path", dist, collection], BUILD, environment)
        (archive,) = dist.glob("*.tar.gz")
        install = ["install", archive, "-p", installed, "--offline", "--no-deps", "--force"]
        step.run([galaxy, "collection", *install], BUILD, environment)
        verify = ["verify", "--offline", "-p", installed, "atlasops.integrations"]
        output = step.run([galaxy, "collection", *verify], BUILD, environment)
        if "Successfully verified" not in output:
            raise Failed("ansible-galaxy did not verify the installed collection")
        self.check_archive(step, archive)

    def check_archive(self, step: Step, archive: Path) -> None:
        """The archive holds each file that users need, and none besides."""
        with tarfile.open(archive) as content:
            held = {member.name for member in content.getmembers() if not member.isdir()}
        held -= {"MANIFEST.json", "FILES.json"}
        needed = {name for name in environments.checkout_files() if name.split("/")[0] in SHIPPED}
        needed |= set(SHIPPED_FILES)
        step.write("\n".join(sorted(held)))
        if held != needed:
            raise Failed(f"the archive lacks {sorted(needed - held)} and has needless {sorted(held - needed)}")

    def coverage(self, step: Step) -> None:
        """Lines of plugins that unit and integration tests reach together."""
        integration = BUILD / "trees" / "integration-newest" / COLLECTION / "tests" / "output" / "coverage" / "coverage"
        data = BUILD / "coverage" / "all"
        wanted = {"integration-newest": integration, **{name: UNIT_DATA / name for name in UNIT_STEPS}}
        lost = [name for name, path in wanted.items() if not path.is_file()]
        parts = [path for name, path in wanted.items() if name not in lost]
        tool = [self.tool("python"), "-m", "coverage"]
        step.run([*tool, "combine", "-q", "--keep", f"--data-file={data}", *parts], ROOT, self.environment)
        report = step.run(
            [*tool, "report", f"--data-file={data}", "--show-missing", "--skip-covered"], ROOT, self.environment
        )
        summary = BUILD / "coverage" / "all.json"
        step.run([*tool, "json", "-q", f"--data-file={data}", "-o", summary], ROOT, self.environment)
        totals = json.loads(summary.read_text())["totals"]
        percent = 100.0 * totals["covered_lines"] / max(totals["num_statements"], 1)
        step.note = f"{percent:.1f} % of the lines of plugins"
        if lost:
            raise Failed(f"{step.note}, without the data of {', '.join(lost)}")
        if percent < LINES_COVERED:
            raise Failed(f"{step.note}, less than {LINES_COVERED:.0f} %")
        print(report)

    def nothing_left(self, step: Step) -> None:
        """No process of the tests is still running."""
        left: list[str] = []
        for _attempt in range(20):
            left = leftovers()
            if not left:
                return
            time.sleep(0.5)
        raise Failed(f"still running: {'; '.join(left)}")


def leftovers() -> list[str]:
    """Command lines of processes, this one apart, that name a file of our folder (known on Linux only)."""
    places = {str(BUILD), str(BUILD.resolve())}
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        if int(path.parent.name) != os.getpid() and any(place in line for place in places):
            found.append(f"{path.parent.name} {line[:200]}")
    return found


def full(suite: Suite) -> tuple[list[Step], list[Step]]:
    """Everything, the longest first, and what has to come last."""
    order = ["integration_newest", "integration_oldest", "sanity", "units_oldest", "units_newest", "unit_modules"]
    order += ["examples", "unit_others", "unit_controller", "ansible_lint", "docs", "mypy", "package", "ruff"]
    order += ["licences", "generated_docs", "changelog"]
    return steps(suite, order), steps(suite, ["coverage", "nothing_left"])


def fast(suite: Suite) -> tuple[list[Step], list[Step]]:
    """What a change is tried with again and again."""
    return steps(
        suite, ["unit_modules", "unit_others", "sanity_quick", "unit_controller", "imports", "mypy", "ruff"]
    ), []


def lint(suite: Suite) -> tuple[list[Step], list[Step]]:
    """Everything that only reads."""
    order = ["ansible_lint", "docs", "mypy", "ruff", "licences", "generated_docs", "changelog", "package"]
    return steps(suite, order), []


def steps(suite: Suite, names: list[str]) -> list[Step]:
    """Steps by the names of their methods."""
    return [Step(name.replace("_", "-"), functools.partial(getattr(suite, name))) for name in names]
