"""PostgreSQL and Redis for the stack: those that the environment names, else embedded ones."""

import os

from smartregion.bootstrap import step
from smartregion.stack import postgres, redis
from smartregion.stack.supervisor import Supervisor

SERVICES = {"DATABASE_URL": ("PostgreSQL", postgres), "REDIS_URL": ("Redis", redis)}
OWNER = "SMARTREGION_OWNER_DATABASE_URL"
DEFAULTS = {"DJANGO_SETTINGS_MODULE": "smartregion.settings", "SMARTREGION_DEMO": "1"}


def start_services(supervisor: Supervisor) -> dict[str, str]:
    """Start what the environment does not name; put all addresses into our environment and return them."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    for name, (label, service) in SERVICES.items():
        if address := os.environ.get(name):
            with step(f"{label} ({name})"):
                service.check(address)
        else:
            with step(label):
                os.environ.update(service.start(supervisor))
    return {name: os.environ[name] for name in (*SERVICES, OWNER) if name in os.environ}


def without_owner() -> None:
    """From here on our children work under the portal's own role."""
    os.environ.pop(OWNER, None)
