#!/usr/bin/env bash
# Sets up what the other scripts need. Usage: tools/setup.sh [step...], every step when none is named.
# A step that finds its tool in place says nothing and costs next to nothing, so every script calls the steps it needs.
# Nothing but system packages is installed outside $MAGENTIC_CACHE (and rustup, where it is missing).

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"

# Newer ones may do; these have been tried with this code. cargo-leptos 0.3.11 wants Rust 1.96.
CARGO_LEPTOS=0.3.9
CARGO_DENY=0.20.2
CARGO_MACHETE=0.9.2
BINARYEN=132.0.0
NODE=22
OLDEST_NODE=20

TOOLS="$MAGENTIC_CACHE/tools"
NPM="$MAGENTIC_CACHE/npm"

# Installs system packages: names for apt, then, after --, names for Homebrew.
packages() {
    local apt=() brew=()
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        apt+=("$1")
        shift
    done
    shift
    brew=("$@")
    if have apt-get; then
        local as_root=()
        if [ "$(id -u)" != 0 ]; then
            if have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
                as_root=(sudo)
            else
                die "this needs the right to install packages. Run as root: apt-get install -y ${apt[*]}
       and then the same make target again."
            fi
        fi
        # Lists of packages that were never loaded, or are old, name files that are no longer there.
        ${as_root[@]+"${as_root[@]}"} apt-get update -qq || say "the lists of packages could not be loaded; trying with the old ones"
        ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${apt[@]}" ||
            die "apt-get could not install ${apt[*]}"
    elif have brew; then
        brew install "${brew[@]}"
    else
        die "there is neither apt-get nor Homebrew here. Install these with your system's means: ${apt[*]}"
    fi
}

# Installs a Rust program of exactly this version: crate, version, program, then options for cargo install.
cargo_tool() {
    local crate="$1" version="$2" program="$3"
    shift 3
    if [ -x "$TOOLS/bin/$program" ] && grep -q "^\"$crate $version " "$TOOLS/.crates.toml" 2>/dev/null; then
        return
    fi
    # A second installation at the same time would only compile the same again; cargo waits for the lock and finds it done.
    if have cargo-binstall; then
        say "downloading $crate $version"
        cargo binstall --no-confirm --root "$TOOLS" --disable-strategies compile "$crate@$version" && return
    fi
    say "compiling $crate $version (once; some minutes)"
    # Not in the checkout: its .cargo/config.toml is not meant for other people's programs.
    (cd / && CARGO_TARGET_DIR="$MAGENTIC_CACHE/target/tools" cargo install "$crate" --version "$version" --root "$TOOLS" "$@")
    rm -rf "$MAGENTIC_CACHE/target/tools"
}

step_compiler() {
    if have cc && have make && have curl; then return; fi
    say "installing a C compiler and linker, which Rust links with, and which libwebp and others are compiled by"
    if [ "$(uname)" = Darwin ]; then
        xcode-select --install 2>/dev/null || true
        die "the developer tools are being installed in a window of their own. Run this again when they are there."
    fi
    packages build-essential curl ca-certificates -- make curl
}

step_rust() {
    local wanted fallback
    wanted="$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)"
    if ! have rustup; then
        step_compiler
        say "installing rustup, which installs Rust $wanted"
        curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal --default-toolchain none --no-modify-path ||
            die "rustup could not be installed. See https://rustup.rs"
    fi
    if [ -z "${RUSTUP_TOOLCHAIN:-}" ] && ! rustup toolchain list | grep -q "^$wanted"; then
        say "installing Rust $wanted"
        if ! rustup toolchain install "$wanted" --profile minimal --component clippy --component rustfmt; then
            # Without a connection: any installed toolchain of the same version or a newer stable one does.
            fallback="$(rustup toolchain list | sed 's/ .*//' | while read -r toolchain; do
                version="$(rustc "+$toolchain" --version 2>/dev/null | sed -nE 's/^rustc ([0-9.]+) .*/\1/p')"
                if [ -n "$version" ] && [ "$(printf '%s\n%s\n' "$wanted" "$version" | sort -V | head -n 1)" = "$wanted" ]; then
                    echo "$toolchain"
                    break
                fi
            done)"
            [ -n "$fallback" ] || die "Rust $wanted could not be downloaded. Run: rustup toolchain install $wanted"
            say "using the installed toolchain $fallback instead"
            mkdir -p "$MAGENTIC_CACHE"
            echo "$fallback" >"$MAGENTIC_CACHE/rust-toolchain"
            export RUSTUP_TOOLCHAIN="$fallback"
        fi
    fi
}

step_wasm() {
    step_rust
    local sysroot
    sysroot="$(rustc --print sysroot)"
    [ -d "$sysroot/lib/rustlib/wasm32-unknown-unknown" ] && return
    say "installing Rust's WebAssembly target"
    rustup target add wasm32-unknown-unknown ||
        die "the WebAssembly target could not be downloaded. Run: rustup target add wasm32-unknown-unknown"
}

step_components() {
    step_rust
    local component
    for component in rustfmt clippy; do
        cargo "${component/rustfmt/fmt}" --version >/dev/null 2>&1 || {
            say "installing $component"
            rustup component add "$component"
        }
    done
}

step_leptos() {
    step_wasm
    step_compiler
    cargo_tool cargo-leptos "$CARGO_LEPTOS" cargo-leptos --locked
    # The bundle must be linked by exactly the version that it was compiled with. That version's own lock file does not
    # resolve, so this goes without --locked.
    cargo_tool wasm-bindgen-cli "$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p;}' Cargo.lock)" wasm-bindgen
}

step_checkers() {
    step_compiler
    cargo_tool cargo-deny "$CARGO_DENY" cargo-deny --locked
    cargo_tool cargo-machete "$CARGO_MACHETE" cargo-machete --locked
}

step_postgres() {
    [ -n "$(find_postgres)" ] && return
    say "installing PostgreSQL's server programs; no server of the system's own is set up"
    # Debian and Ubuntu would otherwise create a cluster and start it at each boot. Only for this installation.
    local folder=/etc/postgresql-common/createcluster.d
    if have apt-get && [ ! -e "$folder/magentic.conf" ]; then
        packages postgresql-common --
        local as_root=()
        [ "$(id -u)" = 0 ] || as_root=(sudo)
        ${as_root[@]+"${as_root[@]}"} sh -c "mkdir -p $folder && echo 'create_main_cluster = false' >$folder/magentic.conf"
        packages postgresql -- || true
        ${as_root[@]+"${as_root[@]}"} rm -f "$folder/magentic.conf"
    else
        packages postgresql -- postgresql@17
    fi
    [ -n "$(find_postgres)" ] || die "no PostgreSQL 15 or newer was found after the installation. Set PG_BIN to its bin folder."
}

node_version() { node --version 2>/dev/null | sed -nE 's/^v([0-9]+).*/\1/p'; }

step_node() {
    if ! have node || ! have npm; then
        say "installing Node and npm"
        packages nodejs npm -- node
    fi
    if [ "$(node_version)" -lt "$OLDEST_NODE" ]; then
        say "installing Node $NODE beside the system's version $(node_version), which is too old"
        npm install --prefix "$NPM" --no-audit --no-fund --silent "node@$NODE"
        hash -r
    fi
}

# Makes the release's WebAssembly smaller. Debian's version (108) breaks it.
step_binaryen() {
    step_node
    grep -q "\"version\": \"$BINARYEN\"" "$NPM/node_modules/binaryen/package.json" 2>/dev/null && return
    say "installing wasm-opt (binaryen $BINARYEN)"
    npm install --prefix "$NPM" --no-audit --no-fund --silent "binaryen@$BINARYEN"
}

step_end2end() {
    [ -f end2end/package-lock.json ] || return 0
    step_node
    # npm writes this file last.
    [ end2end/node_modules/.package-lock.json -nt end2end/package-lock.json ] && return
    say "installing the end-to-end tests' packages"
    (cd end2end && npm ci --no-audit --no-fund --silent && touch node_modules/.package-lock.json)
}

step_chromium() {
    if [ -n "${CHROMIUM:-}" ] || have chromium-headless-shell; then return; fi
    # The same browser without windows, menus and what else nobody sees in a test: the tests take two thirds of the time.
    # Debian has it; in a subshell, because not being able to install it is no reason to stop.
    if have apt-get; then
        say "installing Chromium's headless shell, which the end-to-end tests run in"
        if (packages chromium-headless-shell --) 2>/dev/null; then return; fi
    fi
    if [ -n "$(find_chromium)" ]; then return; fi
    say "installing Chromium, which the end-to-end tests run in"
    if have apt-get; then
        # On Ubuntu the package is only a pointer to a snap, which does not run in containers.
        packages chromium -- || die "Chromium could not be installed. Install Chromium or Chrome and set CHROMIUM to its path."
    else
        brew install --cask chromium
    fi
}

if [ $# = 0 ]; then
    set -- compiler rust components wasm postgres node binaryen leptos checkers end2end chromium
fi
for step in "$@"; do
    "step_$step"
done
