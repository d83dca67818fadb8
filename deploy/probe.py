"""Whether the web server may be given requests: asks /bereit/ and ends with 0 or 1. Needs Python alone.

`probe.py [SECONDS]` asks again until it is ready or the seconds are over.
"""

import os
import sys
import time
from http.client import HTTPConnection, HTTPException

EVERYWHERE = ("", "0.0.0.0", "[::]")  # noqa: S104 - where the server may listen; it is asked on loopback


def is_ready() -> bool:
    host, _, port = os.environ.get("SMARTREGION_LISTEN", "127.0.0.1:8001").rpartition(":")
    name = os.environ.get("SMARTREGION_HOSTS", "").split(",")[0].strip() or "127.0.0.1"
    place = "127.0.0.1" if host in EVERYWHERE else host
    connection = HTTPConnection(place, int(port), timeout=5)
    try:
        connection.request("GET", "/bereit/", headers={"Host": name})
        answer = connection.getresponse()
        said = answer.read().decode()
    except (OSError, HTTPException) as error:
        said = str(error)
    else:
        if answer.status == 200:
            return True
    print(said, file=sys.stderr)
    return False


def main(seconds: str = "0") -> int:
    until = time.monotonic() + float(seconds)
    while not is_ready():
        if time.monotonic() > until:
            return 1
        time.sleep(1)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
