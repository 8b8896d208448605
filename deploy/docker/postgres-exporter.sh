#!/bin/sh
# As dot_monitor, which reads statistics and not one row of a table.
set -eu
export DATA_SOURCE_URI="127.0.0.1:5432/dot_copilot?sslmode=disable"
export DATA_SOURCE_USER=dot_monitor
export DATA_SOURCE_PASS_FILE=/run/secrets/database_monitor_password
exec postgres_exporter --web.listen-address=:9187 --log.level=warn --log.format=json
