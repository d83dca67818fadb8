"""Many people save the same few cells at once: what was acknowledged is kept, everybody else is told."""

import socket
import threading
import time
from contextlib import closing

import requests

from drill.__main__ import prepare
from drill.crowd.person import Person
from drill.machine import running
from drill.outcome import Options, Outcome

PEOPLE, CELLS = 12, 6
SECONDS, SHORT_SECONDS = 120, 5


class Editor(Person):
    """Reads nothing but the form, and saves again and again."""

    def act(self) -> None:
        try:
            self._write(self.rng.choice(self.cells))
        except requests.RequestException as error:
            self.journal.faults.append(f"{type(error).__name__} {error}"[:200])


def run(options: Options) -> Outcome:
    with running() as machine, closing(socket.create_server(("127.0.0.1", 0))) as web:
        prepare()
        machine.start_web(web)
        return contend(web, SHORT_SECONDS if options.short else SECONDS, options.seed)


def contend(web: socket.socket, seconds: float, seed: int) -> Outcome:
    from drill.crowd import journals  # needs Django's models

    everyone = _editors(f"http://127.0.0.1:{web.getsockname()[1]}", seed)
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=_save_until, args=(person, until)) for person in everyone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [person.journal for person in everyone]
    saved, told = sum(len(each.saved) for each in found), sum(each.conflicts for each in found)
    print(f"{PEOPLE} people, {CELLS} cells: {saved} saves acknowledged, {told} conflicts told")
    broken = [*(fault for each in found for fault in each.faults), *journals.lost(found)]
    if not told:
        broken.append("nobody was in anybody's way, so nothing was tried")
    return Outcome(
        saved, "acknowledged saves", broken, max(taken for each in found for taken in each.seconds)
    )


def _editors(portal: str, seed: int) -> list[Editor]:
    from measures.models import RolloutCell
    from network.models import Role, User

    account = User.objects.demo().filter(role=Role.COORDINATION).first()
    cells = RolloutCell.objects.editable_by(account).select_related("municipality", "measure")[:CELLS]
    paths = [cell.get_absolute_url() for cell in cells]
    everyone = [
        Editor(portal, account.email if account else "", [], paths, seed=seed + place)
        for place in range(PEOPLE)
    ]
    for person in everyone:
        person.sign_in()
    return everyone


def _save_until(person: Editor, until: float) -> None:
    while time.monotonic() < until:
        person.act()
