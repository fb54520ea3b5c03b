#!/usr/bin/env bash
# Rebuilds and restarts at each change, and reloads the page.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"
[ -n "${DATABASE_URL:-}" ] || tools/setup.sh postgres
tools/setup.sh compiler wasm leptos
export LEPTOS_SITE_ROOT="$CARGO_TARGET_DIR/debug/site"
exec cargo leptos watch "$@" -- serve
