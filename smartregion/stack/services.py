"""PostgreSQL and Redis for a block of work: those that the environment names, else embedded ones."""

import os

from smartregion.bootstrap import step
from smartregion.stack import postgres, redis
from smartregion.stack.supervisor import Supervisor

EMBEDDED = {"DATABASE_URL": ("PostgreSQL", postgres.start), "REDIS_URL": ("Redis", redis.start)}
DEFAULTS = {"DJANGO_SETTINGS_MODULE": "smartregion.settings", "SMARTREGION_DEMO": "1"}


def start_services(supervisor: Supervisor) -> dict[str, str]:
    """Start what the environment does not name; put both addresses into our environment and return them."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    for name, (label, start) in EMBEDDED.items():
        if os.environ.get(name):
            print(f"{label:<28}     aus {name}", flush=True)
        else:
            with step(label):
                os.environ[name] = start(supervisor)
    return {name: os.environ[name] for name in EMBEDDED}
