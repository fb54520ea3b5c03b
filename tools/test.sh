#!/usr/bin/env bash
# Everything: the checks, the tests, the release build, and the release in a real browser. Goes on after a failure where
# that makes sense. The last line is `N passed, N failed`: checks and tests together.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"
tools/setup.sh

# What earlier builds left to build on grows without end, a set for each commit and choice of features. It only saves time.
free_gigabytes() { df -Pk "$MAGENTIC_CACHE" | awk 'NR == 2 { print int($4 / 1048576) }'; }
if [ "$(free_gigabytes)" -lt 30 ] && [ -d "$CARGO_TARGET_DIR" ]; then
    say "less than 30 GB are free: removing what incremental builds left"
    find "$CARGO_TARGET_DIR" -maxdepth 3 -type d -name incremental -exec rm -rf {} +
fi

passed=0
failed=0
log="$(mktemp)"
trap 'rm -f "$log"' EXIT

# Runs a stage, shows and keeps what it says. A stage that fails without counting a failure counts as one.
stage() {
    local name="$1" count="$2" status=0 more_failed begun=$SECONDS
    shift 2
    say "$name"
    "$@" 2>&1 | tee "$log" || status=$?
    say "$name: $((SECONDS - begun)) s"
    more_failed=0
    if [ "$count" != - ]; then
        passed=$((passed + $("$count" passed)))
        more_failed=$("$count" failed)
    fi
    [ $status = 0 ] || [ "$more_failed" -gt 0 ] || more_failed=1
    failed=$((failed + more_failed))
    return $status
}
sum() { awk '{ n += $1 } END { print n + 0 }'; }
plain() { sed $'s/\033\\[[0-9;]*[A-Za-z]//g' "$log"; }
count_checks() { plain | tail -n 1 | sed -nE "s/^(.* )?([0-9]+) $1.*/\\2/p" | sum; }
count_cargo() { plain | sed -nE "s/^test result: .* ([0-9]+) $1;.*/\\1/p" | sum; }
# Playwright's summary. A flaky test has failed once, and what sometimes fails is not passed.
count_playwright() {
    local words="$1"
    [ "$words" = failed ] && words="failed|flaky|did not run|interrupted"
    plain | sed -nE "s/^ *([0-9]+) ($words)( \\(.*\\))?$/\\1/p" | sum
}

# The Stripe adapter against what others wrote in Stripe's stead, which comes from PyPI and npm.
stripe_fakes() {
    local run=(tools/with-stripe-fakes.sh LOCALSTRIPE_URL EMULATE_URL)
    if ! "${run[@]}" true; then
        say "NOT CHECKED: localstripe and emulate cannot be had here"
        return 0
    fi
    "${run[@]}" cargo test --quiet -p payments-stripe --test stripe -- localstripe:: emulate::
}
# The adapter of remote models against what others wrote in the providers' stead, which comes from npm.
model_fakes() {
    local run=(tools/with-model-fakes.sh AIMOCK_URL)
    if ! "${run[@]}" true; then
        say "NOT CHECKED: aimock cannot be had here"
        return 0
    fi
    "${run[@]}" cargo test --quiet -p models-remote --test remote -- aimock:: || return
    "${run[@]}" tools/with-postgres.sh TEST_DATABASE_URL cargo test --quiet -p agents-core --test agents -- aimock::
}
# Servers of tools against the Model Context Protocol's own server for tests, which comes from npm.
mcp_server() {
    local run=(tools/with-mcp-server.sh MCP_SERVER_URL MCP_SERVER_PROGRAM)
    if ! "${run[@]}" true; then
        say "NOT CHECKED: the server \"everything\" cannot be had here"
        return 0
    fi
    "${run[@]}" tools/with-postgres.sh TEST_DATABASE_URL cargo test --quiet -p agents-core --test agents -- mcp::everything::
}
end_to_end() { (cd end2end && npx playwright test); }

stage "checks" count_checks tools/check.sh || true
stage "tests" count_cargo tools/with-postgres.sh TEST_DATABASE_URL cargo test --workspace --no-fail-fast || true
stage "stand-ins for Stripe" count_cargo stripe_fakes || true
stage "stand-ins for models" count_cargo model_fakes || true
stage "server of tools" count_cargo mcp_server || true
if stage "release build" - tools/build.sh; then
    if [ -f end2end/package.json ]; then
        CHROMIUM="$(find_chromium)"
        export CHROMIUM
        stage "end-to-end tests" count_playwright end_to_end || true
    fi
fi

printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
