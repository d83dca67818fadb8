"""Short ways to a mirror and its comparison with a source."""

from typing import Any

from governance.models import Mirror, MirrorRun
from governance.services.mirror import Walk, run_to_go_on_with


def make_mirror(there: str, **values: Any) -> Mirror:
    return Mirror.objects.create(endpoint=there, **{"name": "RIS", "is_internal": True, **values})


def compare(mirror: Mirror) -> MirrorRun:
    run = run_to_go_on_with(mirror)
    assert Walk(run).go()
    run.refresh_from_db()
    return run
