"""Programs of Debian's packages in roots of their own: unpacked, not installed, so that those that conflict lie side by side.

Needs root (for chroot) and apt, and the packages' archive the first time; nothing of the machine itself is changed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CACHE = Path(settings.BASE_DIR, ".server_cache")
ROOT = CACHE / "root"
LIBRARIES = re.compile(r"(lib(?!.*-perl$)|zlib1g$|netbase$)")
"""Of what a package depends on, only this is needed to run its programs; how it would be set up is our business."""
SHELL = "dash"
MERGED = ("bin", "sbin", "lib", "lib64")
DEVICES = {"null": (1, 3), "urandom": (1, 9)}
ACCOUNTS = ("root", "mail", "nobody", "postfix", "postdrop", "Debian-exim", "opensmtpd", "opensmtpq", "readers")
"""The users, and groups of the same name, that such programs look for. `root` is 0."""
FIRST_ID = 65000


def unpack(packages: Sequence[str]) -> None:
    """Fetch `packages` and their libraries into ROOT, unless they are there."""
    listed = CACHE / "packages"
    wanted = " ".join(packages)
    if listed.exists() and listed.read_text() == wanted:
        return
    shutil.rmtree(CACHE, ignore_errors=True)
    archives = CACHE / "archives"
    archives.mkdir(parents=True)
    _apt("update", "-qq")
    _fetch(sorted({SHELL, *(needed for package in packages for needed in _closure(package))}), archives)
    for name in MERGED:
        (ROOT / "usr" / name).mkdir(parents=True)
        (ROOT / name).symlink_to(f"usr/{name}")
    for archive in archives.iterdir():
        _unpack(archive)
    shutil.rmtree(archives)
    listed.write_text(wanted)


@contextlib.contextmanager
def a_root() -> Iterator[Path]:
    """A root with the unpacked programs that may be written into; gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="root.", dir=CACHE))
    try:
        subprocess.run(["cp", "-al", f"{ROOT}/.", str(made)], check=True)  # hard links: files are replaced, not changed
        made.chmod(0o755)
        _furnish(made)
        yield made
    finally:
        shutil.rmtree(made)


def write(root: Path, name: str, text: str, *, mode: int = 0o644, group: str = "root") -> None:
    """A file of its own at `name` (absolute, as its programs see it)."""
    file = inside(root, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.write_text(text)
    os.chown(file, 0, account(group))
    file.chmod(mode)


def folder(root: Path, name: str, owner: str = "root", group: str = "root", *, mode: int = 0o755) -> None:
    """A folder at `name` that belongs to these."""
    made = inside(root, name)
    made.mkdir(parents=True, exist_ok=True)
    os.chown(made, account(owner), account(group))
    made.chmod(mode)


@contextlib.contextmanager
def started(root: Path, command: Sequence[str], *, log: str) -> Iterator[subprocess.Popen[bytes]]:
    """`command` running in `root`, what it says appended to `log`; it and whatever it started there end with the block."""
    surroundings = {"PATH": "/usr/sbin:/usr/bin", "TZ": "UTC"}
    with inside(root, log).open("ab") as said:
        process = subprocess.Popen(
            ["chroot", str(root), *command],
            env=surroundings,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)
        _end_all_in(root)


def inside(root: Path, name: str) -> Path:
    """Where a program's `name` lies for us."""
    return root / name.lstrip("/")


def account(name: str) -> int:
    """The number of a user and their group."""
    return FIRST_ID + ACCOUNTS.index(name) if name != "root" else 0


def _furnish(root: Path) -> None:
    people = [(name, account(name)) for name in ACCOUNTS]
    write(root, "/etc/passwd", "".join(f"{name}:x:{n}:{n}::/var/empty:/bin/sh\n" for name, n in people))
    write(root, "/etc/group", "".join(f"{name}:x:{n}:\n" for name, n in people))
    write(root, "/etc/hosts", "127.0.0.1 localhost\n")
    write(root, "/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n")
    folder(root, "tmp", mode=0o1777)
    folder(root, "/run")
    (root / "var/run").symlink_to("/run")
    folder(root, "/var/empty")
    folder(root, "/dev")
    for name, number in DEVICES.items():
        os.mknod(root / "dev" / name, stat.S_IFCHR | 0o666, os.makedev(*number))
        (root / "dev" / name).chmod(0o666)


def _end_all_in(root: Path) -> None:
    """End every process whose root this is: servers leave helpers in sessions of their own."""
    while ours := [one for one in Path("/proc").glob("[0-9]*") if _root_of(one) == str(root)]:
        for one in ours:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(one.name), signal.SIGKILL)
        time.sleep(0.02)


def _root_of(process: Path) -> str:
    try:
        return str((process / "root").readlink())
    except OSError:
        return ""


def _closure(package: str) -> list[str]:
    """`package` and its libraries, as if nothing at all were installed."""
    plan = _apt("install", "--simulate", "--no-install-recommends", "-o", "Dir::State::status=/dev/null", package)
    needed = re.findall(r"^Inst (\S+)", plan, re.MULTILINE)
    return [name for name in needed if name == package or LIBRARIES.match(name)]


def _fetch(packages: Sequence[str], archives: Path) -> None:
    _apt("download", "-qq", "-o", "APT::Sandbox::User=root", *packages, cwd=archives)


def _unpack(archive: Path) -> None:
    """Through tar itself: dpkg-deb would replace the links of MERGED by folders."""
    into = ["tar", "-x", "--keep-directory-symlink", "--no-same-owner", "-C", str(ROOT)]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE) as opened:
        subprocess.run(into, stdin=opened.stdout, check=True)


def _apt(verb: str, *words: str, cwd: Path | None = None) -> str:
    done = subprocess.run(["apt-get", verb, *words], cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout
