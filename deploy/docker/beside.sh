#!/bin/sh
# Runs the exporter beside the server, and starts it again when it falls. The server takes this shell's place, so that it gets
# the signals; the exporter ends with the container.
set -eu
(
  while :; do
    exporter || true
    sleep 5
  done &
)
exec "$@"
