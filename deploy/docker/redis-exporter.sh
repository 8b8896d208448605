#!/bin/sh
set -eu
REDIS_PASSWORD=$(cat /run/secrets/redis_password)
export REDIS_PASSWORD REDIS_ADDR=redis://127.0.0.1:6379 REDIS_EXPORTER_LOG_FORMAT=json
exec redis_exporter --web.listen-address=:9121
