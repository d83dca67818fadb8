"""The drill of faults on a machine of its own."""

from drill.__main__ import prepare
from drill.machine import running
from drill.outcome import Options, Outcome


def run(options: Options) -> Outcome:
    with running() as machine:
        prepare()
        from drill.session import drill  # needs Django's models

        only = [options.fault] if options.fault else []
        return drill(machine, seed=options.seed, short=options.short, only=only)
