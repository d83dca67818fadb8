"""`deploy/`: units that may do little, images of fixed versions, known variables, a server that serves."""

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import yaml
from django.conf import settings
from django.db import connection

from smartregion.stack.portal import ALONE
from smartregion.stack.redis import free_port
from tests import databases
from tests.smartregion.test_settings import PRODUCTION

DEPLOY = Path(settings.BASE_DIR) / "deploy"
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))
WANTED = {
    *("Group=smartregion", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict"),
    *("ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes", "MemoryDenyWriteExecute=yes"),
    *("RestrictNamespaces=yes", "RestrictSUIDSGID=yes", "SystemCallFilter=@system-service", "UMask=0077"),
}
OWNERS = {"backup", "restore-drill", "restore@", "migrate", "doctor"}


def name_of(service: Path) -> str:
    return service.stem.removeprefix("smartregion-")


def test_each_service_may_do_little_and_only_few_get_the_owners_password_and_the_key() -> None:
    lines = {name_of(path): path.read_text().splitlines() for path in SERVICES}

    assert {name: WANTED - set(text) for name, text in lines.items()} == {name: set() for name in lines}
    assert {name for name, text in lines.items() if any("owner.env" in line for line in text)} == OWNERS
    assert {name: [line for line in text if line.startswith("User=")] for name, text in lines.items()} == {
        name: ["User=smartregion-owner" if name in OWNERS else "User=smartregion"] for name in lines
    }
    assert {name for name, text in lines.items() if any("backup.key" in line for line in text)} == OWNERS - {
        "migrate"
    }


def test_web_and_worker_write_neither_backups_nor_what_the_owner_runs() -> None:
    """A state directory would be given to the user of whichever unit started last."""
    lines = {name_of(path): path.read_text().splitlines() for path in SERVICES}
    written = {
        name: [line for line in text if line.startswith(("ReadWritePaths=", "StateDirectory="))]
        for name, text in lines.items()
    }

    assert written == {
        **{name: [] for name in lines},
        **{name: ["StateDirectory=smartregion"] for name in ("web@", "worker", "beat")},
        "backup": ["ReadWritePaths=/var/backups/smartregion"],
        "doctor": ["ReadWritePaths=-/var/backups/smartregion"],
        "restore@": ["ReadWritePaths=/var/lib/smartregion"],
    }


SYSTEMCTL = """#!/bin/sh
cd "$(dirname "$0")"
case "$*" in
    list-units*) sed 's/$/ loaded active running Smart Region/' running ;;
    "stop "*) shift; for unit; do sed -i "/^$unit$/d" running; done ;;
    "start --no-block "*) shift 2; printf '%s\\n' "$@" >>running ;;
esac
"""
"""Stands for systemd's, whose services are the lines of a file."""


def test_what_a_restore_stopped_runs_again_after_it_however_it_ended_and_nothing_else(tmp_path: Path) -> None:
    unit = (DEPLOY / "systemd/smartregion-restore@.service").read_text()
    steps = re.findall(r"^(Exec\w+)=\+/bin/sh /srv/smartregion/current/deploy/(\S+) (\w+) \S+$", unit, re.M)
    systemctl, running, stopped = tmp_path / "systemctl", tmp_path / "running", tmp_path / "stopped"
    systemctl.write_text(SYSTEMCTL)
    systemctl.chmod(0o755)

    def seen(services: str) -> list[str]:
        running.write_text(services)
        seen = []
        for _when, script, word in steps:
            subprocess.run(
                ["/bin/sh", DEPLOY / script, word, stopped],
                env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
                check=True,
            )
            seen.append(running.read_text())
        return seen

    assert [when for when, _script, _word in steps] == ["ExecStartPre", "ExecStopPost"]
    assert unit.index("manage.py restore --check") < unit.index("restore_services.sh stop")
    some = "smartregion-web@8001.service\nsmartregion-worker.service\n"
    assert (seen(some), seen("")) == (["", some], ["", ""])
    assert not stopped.exists()


COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


def test_each_container_gets_its_own_secrets_alone_and_sees_no_process_of_others() -> None:
    files = {name: service.get("env_file", []) for name, service in COMPOSE.items()}

    assert files == {
        **{name: ["portal.env", "hosts.env"] for name in ("web", "worker", "beat")},
        **{name: ["portal.env", "hosts.env", "owner.env"] for name in ("migrate", "manage")},
        "database": ["database.env"],
        "proxy": ["hosts.env"],
        "queue": ["queue.env"],
    }
    assert re.findall(r"^(\w+)=", (DEPLOY / "hosts.env.example").read_text(), re.M) == ["SMARTREGION_HOSTS"]
    assert "environment" not in COMPOSE["proxy"]
    assert [name for name, service in COMPOSE.items() if service.keys() & {"pid", "ipc", "privileged"}] == []


def test_each_container_may_do_little_writes_only_where_it_must_and_keeps_no_log_for_ever() -> None:
    of_portal = {"web", "worker", "beat", "migrate", "manage"}
    users = {"proxy": "10002:0", "database": "999:999", "queue": "999:1000"}

    for name, service in COMPOSE.items():
        assert (service["read_only"], service["cap_drop"], service["security_opt"]) == (
            *(True, ["ALL"], ["no-new-privileges:true"]),
        ), name
        assert service["user"] == users.get(name, "10001:10001"), name
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}, name
    assert {name: service["cap_add"] for name, service in COMPOSE.items() if "cap_add" in service} == {
        "proxy": ["NET_BIND_SERVICE"]
    }
    assert {name for name, service in COMPOSE.items() if service.get("init")} == of_portal


def test_what_is_kept_beside_compose_gets_neither_into_the_image_nor_into_git() -> None:
    """Settings, key and backups; the last would make each image as large as all of them."""
    kept = {"deploy/*.env", "deploy/*.key", "deploy/backups/"}

    assert kept <= set((DEPLOY.parent / ".gitignore").read_text().splitlines())
    assert {"**/*.env", "**/*.key", "deploy/backups"} <= set(
        (DEPLOY.parent / ".dockerignore").read_text().splitlines()
    )


def quiet_settings() -> dict[str, str]:
    text = (DEPLOY / "postgres/logs.conf").read_text()
    return dict(re.findall(r"^(\w+) = (\S+)$", text, re.M))


def test_the_containers_database_is_as_quiet_as_the_machines() -> None:
    words = COMPOSE["database"]["command"]

    assert words == ["postgres", *(f"-c{name}={value}" for name, value in quiet_settings().items())]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_quiet", [True, False], ids=["quiet", "as delivered"])
def test_a_refused_row_does_not_stand_in_the_log_of_the_database(is_quiet: bool) -> None:
    """The second is the negative control."""
    value = f"erika.{os.urandom(8).hex()}@example.org"
    address = databases.address_of(connection.settings_dict["NAME"])
    with psycopg.connect(address, user="postgres", autocommit=True) as server:
        log = Path(f"/proc/{server.info.backend_pid}/fd/2").resolve()
        for name, setting in quiet_settings().items() if is_quiet else ():
            server.execute(f"SET {name} = '{setting}'")
        for parameters in ([value], None):
            with pytest.raises(psycopg.errors.NotNullViolation):
                server.execute(
                    f"INSERT INTO network_user (email) VALUES ({'%s' if parameters else repr(value)})",
                    parameters,
                )

    text = log.read_text(errors="replace")

    assert "violates not-null constraint" in text
    assert (value in text) is not is_quiet


def test_proxies_write_no_address_into_their_logs() -> None:
    nginx = (DEPLOY / "nginx/smartregion.conf").read_text()
    servers = nginx.split("\nserver {")[1:]

    assert [re.findall(r"error_log \S+ (\w+);", server) for server in servers] == [["crit"], ["crit"]]
    form = re.findall(r"^log_format smartregion '(.*)';", nginx, re.M)
    assert set(re.findall(r"\$\w+", form[0])) == {
        *("$time_iso8601", "$status", "$request_method", "$request_time", "$request_id")
    }
    assert "exclude http.log.error" in (DEPLOY / "Caddyfile").read_text()


def test_a_restore_does_not_begin_while_systemd_does_not_say_what_runs(tmp_path: Path) -> None:
    asked = tmp_path / "systemctl"
    asked.write_text("#!/bin/sh\nexit 1\n")
    asked.chmod(0o755)
    words = ["/bin/sh", str(DEPLOY / "restore_services.sh"), "stop", str(tmp_path / "list")]

    ended = subprocess.run(words, env={"PATH": f"{tmp_path}:{os.environ['PATH']}"}, check=False)

    assert ended.returncode != 0


def test_nginx_sends_to_its_own_name_whatever_host_was_asked_for() -> None:
    nginx = (DEPLOY / "nginx/smartregion.conf").read_text()

    assert re.findall(r"return 301 (\S+);", nginx) == ["https://$server_name$request_uri"]


def test_the_portals_role_may_only_connect_to_the_database() -> None:
    text = (DEPLOY / "postgres/roles.sh").read_text()

    assert re.findall(r"^(?:GRANT|REVOKE) .* ON DATABASE .*", text, re.M) == [
        "REVOKE ALL ON DATABASE smartregion FROM PUBLIC;",
        "GRANT CONNECT ON DATABASE smartregion TO smartregion;",
    ]


def test_workers_of_both_installations_listen_to_no_other_worker() -> None:
    for file in ("compose.yaml", "systemd/smartregion-worker.service"):
        words = re.findall(r"--without-\w+", (DEPLOY / file).read_text())
        assert words == ALONE.split(), file


def test_images_have_a_fixed_version_and_name_no_host() -> None:
    text = (DEPLOY / "Containerfile").read_text() + (DEPLOY / "compose.yaml").read_text()
    images = re.findall(r"^(?:FROM| +image:) (\S+)", text, re.M)

    assert len(images) == 6
    assert [image for image in images if not re.fullmatch(r"(\w+/)?\w+:\d+\.\d+(\.\d+)?(-\w+)*", image)] == []


def test_each_variable_of_the_examples_is_one_that_the_portal_knows() -> None:
    known = set(re.findall(r"^\| `([A-Z_]+)`", (DEPLOY.parent / "docs/operations.md").read_text(), re.M))
    used = {
        name
        for file in ("portal.env.example", "owner.env.example", "hosts.env.example")
        for name in re.findall(r"^#? ?([A-Z_]+)=", (DEPLOY / file).read_text(), re.M)
    }

    assert used - known == set()


class Web:
    """gunicorn as the unit starts it, with two processes."""

    def __init__(self, folder: Path, **changed: str) -> None:
        figures = folder / "metrics"
        figures.mkdir()
        self.port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SMARTREGION_")},
            **PRODUCTION,
            "DATABASE_URL": databases.address_of(connection.settings_dict["NAME"]),
            "REDIS_URL": settings.REDIS_URL,
            "SMARTREGION_LISTEN": f"127.0.0.1:{self.port}",
            "SMARTREGION_WEB_PROCESSES": "2",
            "PROMETHEUS_MULTIPROC_DIR": str(figures),
            **changed,
        }
        words = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "smartregion.wsgi"]
        self.log = folder / "web.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                words, cwd=settings.BASE_DIR, env=self.environment, stdout=log, stderr=log
            )

    def probe(self, seconds: int) -> int:
        words = [sys.executable, "deploy/probe.py", str(seconds)]
        return subprocess.run(
            words, cwd=settings.BASE_DIR, env=self.environment, capture_output=True, check=False
        ).returncode

    def get(self, address: str) -> str:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        asked.request("GET", address, headers={"Host": PRODUCTION["SMARTREGION_HOSTS"]})
        text = asked.getresponse().read().decode()
        asked.close()
        return text


@pytest.fixture
def web(tmp_path: Path, transactional_db: None) -> Iterator[Web]:
    started = Web(tmp_path)
    yield started
    started.process.kill()
    started.process.wait()


def test_the_web_server_says_when_it_is_ready_counts_over_its_processes_and_ends_by_itself(web: Web) -> None:
    assert web.probe(60) == 0
    for _ in range(24):
        web.get("/gesundheit/")

    told = web.get("/metrics")

    assert 'smartregion_request_seconds_count{method="GET",status="2xx",view="health"} 24.0' in told
    web.process.send_signal(signal.SIGTERM)
    assert (web.process.wait(40), web.probe(0)) == (0, 1)


WRONG = {
    "SMARTREGION_SECRET_KEY": ("short", "ist zu kurz"),
    "SMARTREGION_LOG_FORMAT": ("xml", "muss text oder json sein"),
    "SMARTREGION_WEB_PROCESSES": ("zwei", "muss eine ganze Zahl größer als 0 sein"),
    "SMARTREGION_LISTEN": ("127.0.0.1:%i", "muss host:port sein"),
    "SMARTREGION_OWNER_DATABASE_URL": ("postgresql://owner@localhost/x", "gehört nur in die Umgebung von"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_ends_the_start_with_its_sentence_and_nobody_could_connect(
    tmp_path: Path, name: str
) -> None:
    value, sentence = WRONG[name]
    web = Web(tmp_path, **{name: value})

    assert web.process.wait(40) == 78
    said = web.log.read_text()
    assert f"Smart Region startet nicht: {name} {sentence}" in said
    assert "Listening at" not in said and "Traceback" not in said
    assert "RestartPreventExitStatus=78" in (DEPLOY / "systemd/smartregion-web@.service").read_text()
