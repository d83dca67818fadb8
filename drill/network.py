"""Nodes of one machine: network namespaces on a bridge. Who is cut off gets silence, and is refused nothing.

Cutting off takes a node's cable out of the bridge. Both ends know each other's hardware address by heart, so
that no question for it goes unanswered, which would be told as an error: packets are lost, and that is all.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count

BLOCK = "10.213"
"""Each network has a third part of its own; its bridge ends with 1, its nodes with 11, 12, …"""
MOST_NETWORKS = 250


class NoNetwork(Exception):
    """This machine lets us make no namespaces; the message says why."""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def why_not() -> str:
    """What is missing for a network of our own, or "" where one can be made."""
    if os.geteuid() != 0:
        return "network namespaces are made by root alone"
    if not shutil.which("ip"):
        return "there is no program ip"
    try:
        with network(["probe"]):
            return ""
    except NoNetwork as error:
        return str(error)


@dataclass(frozen=True)
class Network:
    number: int
    nodes: Sequence[str]

    @property
    def bridge(self) -> str:
        return f"drill{self.number}"

    @property
    def address(self) -> str:
        """Where the services of all nodes listen."""
        return f"{BLOCK}.{self.number}.1"

    @property
    def all_addresses(self) -> str:
        return f"{BLOCK}.{self.number}.0/24"

    def address_of(self, node: str) -> str:
        return f"{BLOCK}.{self.number}.{11 + self.nodes.index(node)}"

    def within(self, node: str) -> list[str]:
        """The words before a command that is to run on that node."""
        return ["ip", "netns", "exec", self._namespace(node)]

    def cut(self, node: str) -> None:
        ip("link", "set", self._cable(node), "nomaster")

    def join(self, node: str) -> None:
        ip("link", "set", self._cable(node), "master", self.bridge)

    def _namespace(self, node: str) -> str:
        return f"{self.bridge}-{node}"

    def _cable(self, node: str) -> str:
        """The end that is in the bridge; no name of a device is longer than 15 characters."""
        return f"{self.bridge}n{self.nodes.index(node)}"

    def _hardware(self, last: int) -> str:
        return f"02:d1:00:00:{self.number:02x}:{last:02x}"

    def make_bridge(self) -> None:
        ip("link", "add", self.bridge, "address", self._hardware(1), "type", "bridge")
        ip("address", "add", f"{self.address}/24", "dev", self.bridge)
        ip("link", "set", self.bridge, "up")

    def add(self, node: str) -> None:
        place, cable, last = self._namespace(node), self._cable(node), 11 + self.nodes.index(node)
        ip("netns", "add", place)
        ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", place)
        ip("-n", place, "link", "set", "eth0", "address", self._hardware(last), "up")
        ip("-n", place, "link", "set", "lo", "up")
        ip("-n", place, "address", "add", f"{self.address_of(node)}/24", "dev", "eth0")
        ip("link", "set", cable, "master", self.bridge, "up")
        by_heart = ("nud", "permanent")
        far, near = (self.address, self._hardware(1)), (self.address_of(node), self._hardware(last))
        ip("-n", place, "neigh", "replace", far[0], "lladdr", far[1], "dev", "eth0", *by_heart)
        ip("neigh", "replace", near[0], "lladdr", near[1], "dev", self.bridge, *by_heart)

    def remove(self, node: str) -> None:
        ip("netns", "delete", self._namespace(node))

    def remove_bridge(self) -> None:
        ip("link", "delete", self.bridge)


@contextmanager
def network(nodes: Sequence[str]) -> Iterator[Network]:
    """With a number that no other run has; gone again at the end.

    Raises:
        NoNetwork: this machine lets us make none.
    """
    with ExitStack() as cleaning:
        try:
            made = _bridge(nodes)
            cleaning.callback(made.remove_bridge)
            for node in nodes:
                made.add(node)
                cleaning.callback(made.remove, node)
        except (OSError, subprocess.CalledProcessError) as error:
            told = getattr(error, "stderr", b"") or str(error).encode()
            raise NoNetwork(told.decode().strip()) from error
        yield made


def _bridge(nodes: Sequence[str]) -> Network:
    for number in count(1):
        made = Network(number, nodes)
        try:
            made.make_bridge()
        except subprocess.CalledProcessError as error:
            if b"File exists" not in error.stderr or number > MOST_NETWORKS:
                raise
        else:
            return made
    raise AssertionError
