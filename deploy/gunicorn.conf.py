"""How gunicorn serves the portal: `gunicorn --config deploy/gunicorn.conf.py smartregion.wsgi`.

Two instances stand side by side (smartregion-web@8001, @8002), so that one serves while the other restarts.
"""

import os
import subprocess
import sys

CANNOT_START = 78
"""EX_CONFIG of sysexits.h, after which the unit tries no second time."""

bind = os.environ.get("SMARTREGION_LISTEN", "127.0.0.1:8001")
worker_class = "gthread"
workers = int(os.environ.get("SMARTREGION_WEB_PROCESSES", "1"))
threads = 4
timeout = 60
graceful_timeout = 30
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn's heartbeat must not wait for a disk
control_socket_disable = True
limit_request_line = 4094
limit_request_fields = 60

_form = os.environ.get("SMARTREGION_LOG_FORMAT", "text")
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"addresses": {"()": "smartregion.logs.WithoutAddresses"}},
    "formatters": {
        "text": {
            "()": "smartregion.logs.Text",
            "format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
        },
        "json": {"()": "smartregion.logs.JsonLines"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": _form, "filters": ["addresses"]},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"gunicorn.error": {"level": "INFO", "propagate": True}},
}


def on_starting(server):
    """Load the portal in a process of its own: a wrong setting ends the start before anybody can connect."""
    quiet = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
    words = [sys.executable, "-c", "import smartregion.wsgi"]
    if subprocess.run(words, env=quiet, check=False).returncode:
        sys.exit(CANNOT_START)


def child_exit(server, worker):
    """The figures of a worker that has ended stay in the sums."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
