#!/usr/bin/env bash
# Builds the release: the server, and beside it the site that it serves.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"
tools/setup.sh compiler wasm node binaryen leptos
# Beside the program, where the server looks first; and out of the way of `make dev`, whose site is not compressed.
export LEPTOS_SITE_ROOT="$CARGO_TARGET_DIR/release/site"

# Two builds at once would clear away each other's half-finished site. A link is made in one step, and names its maker.
lock="$CARGO_TARGET_DIR/release-build.lock"
mkdir -p "$CARGO_TARGET_DIR"
until ln -s "$$" "$lock" 2>/dev/null; do
    holder="$(readlink "$lock" || true)"
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
        rm -f "$lock"
        continue
    fi
    [ -n "${waiting:-}" ] || say "waiting for another build (process $holder)"
    waiting=yes
    sleep 1
done
trap 'rm -f "$lock"' EXIT

tools/style.sh
say "building the release (the first time takes some minutes)"
cargo leptos build --release --precompress --split "$@"

# Put in the place of the one before in one step. Whoever runs that one keeps its program, and needs a new start for the rest.
fresh="$MAGENTIC_RELEASE.$$"
rm -rf "$fresh"
mkdir -p "$fresh"
cp -R "$CARGO_TARGET_DIR/release/magentic" "$CARGO_TARGET_DIR/release/site" "$CARGO_TARGET_DIR/release/hash.txt" "$fresh"
rm -rf "$MAGENTIC_RELEASE"
mv "$fresh" "$MAGENTIC_RELEASE"
say "built $MAGENTIC_RELEASE/magentic"
