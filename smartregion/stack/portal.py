"""`make run`: services, data, web server, worker and beat, until somebody or something ends them."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException

from smartregion.bootstrap import VAR, Failure, step
from smartregion.stack.instance import PORTAL, Instance
from smartregion.stack.services import start_services, without_owner
from smartregion.stack.supervisor import Supervisor, with_parent

HOST = "127.0.0.1"
PYTHON = sys.executable
GUNICORN = "gunicorn --worker-class gthread --workers 1 --threads 4 --graceful-timeout 3 --no-control-socket"
CELERY = "celery --app smartregion.celery --quiet"
ALONE = "--without-gossip --without-mingle --without-heartbeat"
WORKER = f"worker --pool prefork --concurrency 1 --loglevel INFO {ALONE}"


def run() -> int:
    """Serve the portal until somebody ends it; raise `Failure` when something cannot start or dies."""
    instance = Instance(PORTAL)
    with instance.claimed() as mine:
        if not mine:
            raise Failure(
                "Das Portal läuft aus diesem Ordner bereits. "
                "Beenden Sie es dort mit Strg+C, oder nehmen Sie einen zweiten Klon."
            )
        with (
            listener() as web,
            Supervisor(instance) as supervisor,
            instance.announced(start_services(supervisor)),
        ):
            prepare("migrate", "load_data", "collectstatic")
            without_owner()
            start_portal(supervisor, web)
            greet(web.getsockname()[1])
            try:
                supervisor.watch()
            except KeyboardInterrupt:
                print("\nDas Portal wird beendet.", flush=True)
    return 0


def listener() -> socket.socket:
    """The web server's socket, taken first: a port that is in use is known before anything starts."""
    wish = os.environ.get("PORT") or "8000"
    if not wish.isdecimal() or int(wish) > 65535:
        raise Failure(f"PORT={wish} ist keine Portnummer. Beispiel: make run PORT=8080")
    web = socket.socket()
    web.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        web.bind((HOST, int(wish)))
        web.listen(128)
    except PermissionError as error:
        raise Failure(
            f"Port {wish} darf nur root öffnen. Wählen Sie einen anderen: make run PORT=8080"
        ) from error
    except OSError as error:
        raise Failure(
            f"Port {wish} ist belegt. Wählen Sie einen anderen: make run PORT={int(wish) + 1}"
        ) from error
    return web


def prepare(*parts: str) -> None:
    """Run the data steps in a process of their own; it prints its lines, the failing one included."""
    words = [PYTHON, "-m", "smartregion.stack.prepare", *parts]
    dies_with_us = with_parent(signal.SIGTERM)
    if status := subprocess.run(words, preexec_fn=dies_with_us, check=False).returncode:
        raise SystemExit(status)


def start_portal(supervisor: Supervisor, web: socket.socket) -> None:
    with step("Webserver, Worker, Zeitplan"):
        bind = ["--bind", f"fd://{web.fileno()}", "smartregion.wsgi:application"]
        module = [PYTHON, "-m"]
        supervisor.start("web", "Der Webserver", [*module, *GUNICORN.split(), *bind], sockets=[web.fileno()])
        supervisor.start("worker", "Der Celery-Worker", [*module, *CELERY.split(), *WORKER.split()])
        late = "Das Portal antwortet nicht unter /gesundheit/; siehe var/log/web.log."
        supervisor.wait_until(lambda: is_healthy(web.getsockname()[1]), 60, late)
        # Nobody waits for the schedule, so its start does not compete with the first page.
        schedule = ["beat", "--schedule", str(VAR / "beat-schedule"), "--loglevel", "INFO"]
        supervisor.start("beat", "Der Celery-Zeitplan", [*module, *CELERY.split(), *schedule])


def is_healthy(port: int) -> bool:
    host = os.environ.get("SMARTREGION_HOSTS", "").split(",")[0].strip() or HOST
    with suppress(OSError, HTTPException), closing(HTTPConnection(HOST, port, timeout=2)) as connection:
        connection.request("GET", "/gesundheit/", headers={"Host": host})
        return connection.getresponse().status == 200
    return False


def greet(port: int) -> None:
    demo = os.environ["SMARTREGION_DEMO"] in {"1", "true"}
    how = (
        "im Demobetrieb mit Beispieldaten genügt die Wahl einer Rolle"
        if demo
        else "mit E-Mail-Adresse und Passwort"
    )
    print(f"\nDas Portal läuft:  http://{HOST}:{port}/")
    print(f"Anmelden:          http://{HOST}:{port}/anmelden/ – {how}")
    print("Beenden:           Strg+C", flush=True)
