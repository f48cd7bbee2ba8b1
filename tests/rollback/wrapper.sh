#!/bin/bash
# shellcheck disable=SC2153 # COUNT comes with the environment.
# Stands before a command in PATH: counts the call, and lets the power go or the command fail when
# its turn has come.
set -euo pipefail
count=$(($(cat "$COUNT") + 1))
echo "$count" >"$COUNT"
if [ "$count" -eq "$STOP_AT" ]; then
  kill -KILL 0
fi
if [ "$count" -ge "$FAIL_FROM" ] && [ "$count" -le "$FAIL_TO" ]; then
  echo "${0##*/}: made to fail" >&2
  exit 1
fi
PATH=$REAL_PATH exec "${0##*/}" "$@"
