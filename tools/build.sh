#!/usr/bin/env bash
# Builds the release: the server, and beside it the site that it serves.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"
tools/setup.sh compiler wasm node binaryen leptos
# Beside the program, where the server looks first; and out of the way of `make dev`, whose site is not compressed.
export LEPTOS_SITE_ROOT="$CARGO_TARGET_DIR/release/site"
say "building the release (the first time takes some minutes)"
cargo leptos build --release --precompress "$@"
