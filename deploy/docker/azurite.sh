#!/bin/sh
# The account's key comes from a secret; Azurite wants it in its environment.
set -eu
AZURITE_ACCOUNTS="dotcopilot:$(cat /run/secrets/blob_account_key)"
export AZURITE_ACCOUNTS
exec node --require /app/azurite-preload.cjs /app/node_modules/azurite/dist/src/blob/main.js \
  --blobHost 0.0.0.0 --blobPort 10000 --location /data --disableTelemetry --silent
