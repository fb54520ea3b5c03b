#!/usr/bin/env bash
# Rebuilds and restarts at each change, and reloads the page.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"
[ -n "${DATABASE_URL:-}" ] || tools/setup.sh postgres
tools/setup.sh compiler wasm leptos
export LEPTOS_SITE_ROOT="$CARGO_TARGET_DIR/debug/site"
# cargo-leptos watches the one file that this makes of the style sheets.
(while sleep 1; do tools/style.sh; done) &
trap 'kill %1' EXIT
tools/style.sh
cargo leptos watch "$@" -- serve
