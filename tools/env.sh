# shellcheck shell=bash
# What every script here starts with: where tools and build results go, and a few words they share. Sourced, not run.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# One folder for everything that can be made again, outside the checkout, so that several checkouts share the tools.
export MAGENTIC_CACHE="${MAGENTIC_CACHE:-$HOME/.cache/magentic}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$MAGENTIC_CACHE/target}"
# What a checkout runs: its own release, so that another one that is built meanwhile takes nothing away from it.
MAGENTIC_RELEASE="$MAGENTIC_CACHE/releases/$(pwd -P | cksum | cut -d ' ' -f 1)"
export MAGENTIC_RELEASE
export PATH="$MAGENTIC_CACHE/tools/bin:$MAGENTIC_CACHE/npm/node_modules/.bin:${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
# Queries are checked against .sqlx, so building never needs a database. `tools/sqlx.sh` brings .sqlx up to date.
export SQLX_OFFLINE="${SQLX_OFFLINE:-true}"
# The server's pages name the browser's files. Plain cargo and cargo-leptos must agree on it, or each builds Leptos anew.
export LEPTOS_OUTPUT_NAME=magentic
# The program is not called like its package, which is what cargo-leptos would look for.
export LEPTOS_BIN_EXE_NAME=magentic
# Browsers come from the system, see `setup.sh chromium`.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1

# Written by `setup.sh rust` where rustup cannot download the toolchain in rust-toolchain.toml but has a suitable one.
if [ -z "${RUSTUP_TOOLCHAIN:-}" ] && [ -f "$MAGENTIC_CACHE/rust-toolchain" ]; then
    RUSTUP_TOOLCHAIN="$(cat "$MAGENTIC_CACHE/rust-toolchain")"
    export RUSTUP_TOOLCHAIN
fi

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
die() {
    printf '\033[1;31mError:\033[0m %s\n' "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Prints the folder of PostgreSQL's server programs, version 15 or newer; nothing when there is none.
# The server itself looks in more places, see app/platform/src/embedded_postgres/binaries.rs.
find_postgres() {
    local folder version on_path
    on_path="$(readlink -f "$(command -v postgres 2>/dev/null)" 2>/dev/null || true)"
    for folder in "${PG_BIN:-}" "${on_path%/*}" \
        /usr/lib/postgresql/{20,19,18,17,16,15}/bin \
        /opt/homebrew/opt/postgresql@{20,19,18,17,16,15}/bin /usr/local/opt/postgresql@{20,19,18,17,16,15}/bin \
        /usr/pgsql-{20,19,18,17,16,15}/bin /usr/libexec/postgresql{20,19,18,17,16,15}; do
        if [ -n "$folder" ] && [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then
            version="$("$folder/postgres" --version | sed -E 's/^[^)]*\) ([0-9]+).*/\1/')"
            if [ "$version" -ge 15 ]; then
                printf '%s\n' "$folder"
                return
            fi
        fi
    done
}

# Prints a Chromium or Chrome; nothing when there is none.
find_chromium() {
    local program
    for program in "${CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" /Applications/Chromium.app/Contents/MacOS/Chromium; do
        if [ -n "$program" ] && have "$program"; then
            command -v "$program"
            return
        fi
    done
}
