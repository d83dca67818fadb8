#!/bin/sh
# `stop LIST` stops what runs of the portal and writes it down, `start LIST` starts just that again: what an operator had
# stopped before the restore stays so. smartregion-restore@.service runs both as root.
set -eu
list=$2
case $1 in
    stop)
        # by itself, not in a pipe: a systemd that does not answer ends the restore before it begins
        units=$(systemctl list-units --plain --no-legend --state=active,activating,reloading \
            'smartregion-web@*' smartregion-worker.service smartregion-beat.service)
        printf '%s\n' "$units" | cut -d ' ' -f 1 >>"$list"
        xargs --no-run-if-empty systemctl stop <"$list"
        ;;
    start)
        [ -e "$list" ] || exit 0
        xargs --no-run-if-empty systemctl start --no-block <"$list"
        rm "$list"
        ;;
esac
