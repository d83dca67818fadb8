"""How gunicorn serves the portal: `gunicorn --config deploy/gunicorn.conf.py smartregion.wsgi`.

Two instances stand side by side (smartregion-web@8001, @8002), so that one serves while the other restarts.
"""

import os

from smartregion import environment as env

bind = env.listening("SMARTREGION_LISTEN", "127.0.0.1:8001")
# Loaded before anybody can connect, once for all: a wrong setting ends the start, and nobody waits for it.
preload_app = True
worker_class = "gthread"
workers = env.number("SMARTREGION_WEB_PROCESSES", 1)
threads = 4
timeout = 60
graceful_timeout = 30
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn's heartbeat must not wait for a disk
control_socket_disable = True
limit_request_line = 4094
limit_request_fields = 60

_form = env.choice("SMARTREGION_LOG_FORMAT", ["text", "json"])
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


def child_exit(server, worker):
    """The figures of a worker that has ended stay in the sums."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
