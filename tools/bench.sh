#!/usr/bin/env bash
# Measures the release under load and prints a table.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"
tools/setup.sh postgres node
tools/build.sh
exec bench/run.sh "$@"
