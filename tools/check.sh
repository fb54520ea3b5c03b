#!/usr/bin/env bash
# Everything that can be said about the code without running it. Goes on after a failure, so that one run shows them all.
# The last line is `N passed, N failed`.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"
tools/setup.sh compiler rust components wasm checkers postgres

passed=0
failed=()
check() {
    local name="$1"
    shift
    say "$name"
    if "$@"; then passed=$((passed + 1)); else failed+=("$name"); fi
}

# The list of known weaknesses is a repository of its own, which cannot be reached from everywhere.
advisories() {
    local said
    if said="$(cargo deny --log-level error check advisories 2>&1)"; then return 0; fi
    if printf '%s' "$said" | grep -qiE "failed to (fetch|clone|acquire|open)|network|could not resolve|advisory database"; then
        say "NOT CHECKED: the database of known weaknesses (RustSec) cannot be reached from here"
        return 0
    fi
    printf '%s\n' "$said"
    return 1
}

check "format" cargo fmt --all --check
check "unused dependencies" cargo machete
check "licences, bans and sources" cargo deny --log-level error check licenses bans sources
check "known weaknesses" advisories
check "clippy, server" cargo clippy --quiet --workspace --all-targets -- -D warnings
check "clippy, browser" cargo clippy --quiet -p frontend --target wasm32-unknown-unknown -- -D warnings
check "requests to Stripe" tools/check-stripe-requests.sh
check "who may depend on whom" cargo test --quiet -p server --test architecture
check ".sqlx is up to date" tools/sqlx.sh --check
if have shellcheck; then
    check "shell scripts" shellcheck -x tools/*.sh .ci/run
fi

for name in ${failed[@]+"${failed[@]}"}; do
    printf 'FAILED: %s\n' "$name"
done
printf '%s passed, %s failed\n' "$passed" "${#failed[@]}"
[ ${#failed[@]} = 0 ]
