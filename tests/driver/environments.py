# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that is set up: virtual environments from the locks, a home of our own, copies of the checkout.

All of it lies in one git-ignored folder of the checkout; nothing is written elsewhere.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pythons
from pythons import Missing, Python

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "tests" / "locks"
COLLECTION = Path("ansible_collections", "atlasops", "integrations")
# The names under which the lines of ansible-test look for the script that brings pip.
GET_PIP_NAMES = ("get_pip_23_1_2.py", "get_pip_24_2.py", "get_pip_25_2.py")
# Of the caller's environment these would change what is tested.
FOREIGN = ("ANSIBLE_", "COVERAGE", "HYPOTHESIS_", "MONGODB_ATLAS_", "PYTEST_", "PYTHON", "VIRTUAL_ENV", "UV_PROJECT")


REAL_BUILD = ROOT / ".build"


def plain_name() -> Path:
    """The folder for everything that is set up, under a name that tools can write into the first line of a script.

    Such a line takes no blanks and about 127 characters. Where the checkout's path has more, a symbolic link in
    the folder for temporary files stands in for it, with a name that stays the same from run to run.
    """
    if len(str(REAL_BUILD)) <= 60 and not any(character.isspace() for character in str(REAL_BUILD)):
        return REAL_BUILD
    mark = hashlib.sha256(f"{os.getuid()} {REAL_BUILD}".encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir(), f"atlasops-{mark}")


def make_plain_name() -> None:
    """Make the link that plain_name speaks of, where one is needed, until the end of this process.

    Raises:
        Missing: something else has that name.
    """
    if BUILD == REAL_BUILD:
        return
    if not BUILD.is_symlink():
        BUILD.symlink_to(REAL_BUILD)
    if os.readlink(BUILD) != str(REAL_BUILD) or BUILD.lstat().st_uid != os.getuid():
        raise Missing(f"{BUILD} is not the link that this checkout made: remove it and try again.")
    atexit.register(BUILD.unlink, missing_ok=True)


BUILD = plain_name()
HOME = BUILD / "home"


def quiet(command: list[str], environment: dict[str, str] | None = None) -> None:
    """Run a command of the set-up; what it printed is shown only when it fails."""
    done = subprocess.run(
        command,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        raise Missing(f"{done.stdout}\nSetting up failed (exit code {done.returncode}): {' '.join(command)}")


def installer_environment() -> dict[str, str]:
    """The caller's environment, where the package index is configured, with the caches in our own folder."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    environment.update(
        PIP_CACHE_DIR=str(BUILD / "cache" / "pip"),
        UV_CACHE_DIR=str(BUILD / "cache" / "uv"),
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        UV_NO_CONFIG="1",
    )
    return environment


def environment_of(name: str, python: Python, lock: Path) -> Path:
    """Make the virtual environment that a lock describes, unless it stands already.

    Args:
        name: what it is for; with the Python's version it names the folder
        python: the interpreter it is made with
        lock: requirements file with hashes

    Returns:
        The folder of the environment.

    Raises:
        Missing: the packages could not be installed.
    """
    folder = BUILD / "venvs" / f"{name}-{python.name}"
    content = f"{folder} {python} {hashlib.sha256(lock.read_bytes()).hexdigest()}"
    stamp = folder / "stamp"
    if stamp.is_file() and stamp.read_text() == content and (folder / "bin" / "python").exists():
        return folder
    print(f"Setting up {folder.name} ...", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    quiet([python.path, "-m", "venv", str(folder)])
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)]
    if name == "uv":
        quiet(pip, installer_environment())
    else:
        command = [str(uv()), "pip", "install", "-q", "--python", pip[0], "--require-hashes", "-r", str(lock)]
        try:
            quiet(command, installer_environment())
        except Missing:
            # uv knows nothing of an index that is set in pip's configuration.
            quiet(pip, installer_environment())
    stamp.write_text(content)
    return folder


def uv() -> Path:
    """The installer of everything else; its own environment is made with pip."""
    return environment_of("uv", pythons.newest(), LOCKS / "uv.txt") / "bin" / "uv"


def run_environment(python: Python) -> Path:
    """The newest ansible-core that this Python supports, and requests."""
    return environment_of("run", python, LOCKS / "run.txt")


def dev_environment(python: Python) -> Path:
    """The same, and every tool of the tests."""
    return environment_of("dev", python, LOCKS / "dev.txt")


def oldest_environment(python: Python) -> Path:
    """The oldest ansible-core and requests that the collection supports."""
    return environment_of("oldest", python, LOCKS / "oldest.txt")


def target_environment(python: Python) -> Path:
    """What a target host has: a Python and requests, no ansible-core."""
    return environment_of("target", python, ROOT / "tests" / "unit" / "requirements.txt")


def prepare_home() -> None:
    """Make the home folder that Ansible and its tests see, with the script that ansible-test would download."""
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in GET_PIP_NAMES:
        shutil.copyfile(ROOT / "tests" / "driver" / "get_pip.py", cache / name)
    (HOME / "ansible.cfg").write_text("")
    # ansible-test installs with pip under this home: the index that the user configured still counts.
    for place in (".config/pip", ".pip"):
        theirs, ours = Path.home() / place, HOME / place
        if theirs.is_dir() and not ours.exists():
            ours.parent.mkdir(parents=True, exist_ok=True)
            ours.symlink_to(theirs)


def ansible_environment(venv: Path, pythons: list[Python], tree: Path | None = None) -> dict[str, str]:
    """The variables for Ansible and for the tests: nothing of the caller's that changes a result.

    Args:
        venv: the environment whose programs come first in PATH
        pythons: interpreters that ansible-test shall find
        tree: a copy of the checkout, for the commands that look a collection up by name
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
    places = [str(venv / "bin"), *(str(Path(python.path).parent) for python in pythons)]
    places += [place for place in os.environ.get("PATH", "").split(os.pathsep) if Path(place).name != "shims"]
    environment.update(
        PATH=os.pathsep.join(dict.fromkeys(places)),
        HOME=str(HOME),
        LC_ALL="C.UTF-8",
        ANSIBLE_CONFIG=str(HOME / "ansible.cfg"),
        PYTHONDONTWRITEBYTECODE="1",
        HYPOTHESIS_STORAGE_DIRECTORY=str(BUILD / "cache" / "hypothesis"),
    )
    if tree:
        environment["ANSIBLE_COLLECTIONS_PATH"] = str(tree)
    return environment


def checkout_files() -> list[str]:
    """Every file of the checkout that is tracked, or new and not ignored, relative to its root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise Missing(f"git cannot list the files of {ROOT} (is it a clone?): {done.stderr.strip()}")
    names = sorted(set(done.stdout.split("\0")) - {""})
    return [name for name in names if (ROOT / name).is_symlink() or (ROOT / name).is_file()]


def copy_checkout(name: str) -> tuple[Path, int]:
    """Copy the checkout to where ansible-test and Ansible expect a collection.

    Returns:
        The folder that holds `ansible_collections`, and how many files were copied.
    """
    tree = BUILD / "trees" / name
    shutil.rmtree(tree, ignore_errors=True)
    names = checkout_files()
    for file in names:
        target = tree / COLLECTION / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, target, follow_symlinks=False)
    # Without a repository of its own the copy would be taken for ignored files of the checkout's.
    quiet(["git", "init", "-q", str(tree / COLLECTION)])
    return tree, len(names)
