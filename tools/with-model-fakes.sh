#!/usr/bin/env bash
# Runs a command with a stand-in for providers of models that others wrote. Usage:
#   tools/with-model-fakes.sh VARIABLE command...
# The variable gets the address of aimock, which speaks as OpenAI and as Anthropic do and answers what stands in
# app/models/remote/tests/remote/fixtures.json, or in the file or folder that AIMOCK_FIXTURES names. It listens on this
# machine only and is stopped afterwards.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"
[ $# -ge 2 ] || die "usage: tools/with-model-fakes.sh VARIABLE command..."
variable="$1"
shift

AIMOCK=1.43.0

folder="$MAGENTIC_CACHE/model-fakes"
installed="$folder/aimock-$AIMOCK"
if [ ! -e "$installed" ]; then
    tools/setup.sh node
    say "installing aimock $AIMOCK"
    rm -rf "$folder"
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-audit --no-fund --silent "@copilotkit/aimock@$AIMOCK" || die "aimock could not be installed"
    touch "$installed"
fi

log="$(mktemp)"
running=
clean_up() {
    # It has nothing to keep.
    [ -z "$running" ] || kill -9 "$running" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -f "$log"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

port="$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')"
"$folder/node_modules/.bin/llmock" --port "$port" --host 127.0.0.1 --log-level warn --validate-on-load \
    --fixtures "${AIMOCK_FIXTURES:-app/models/remote/tests/remote/fixtures.json}" >"$log" 2>&1 &
running=$!
tries=0
until curl --silent --fail --output /dev/null "http://127.0.0.1:$port/health"; do
    tries=$((tries + 1))
    if [ $tries -gt 300 ] || ! kill -0 "$running" 2>/dev/null; then
        cat "$log" >&2
        die "aimock did not start"
    fi
    sleep 0.1
done
export "$variable=http://127.0.0.1:$port"
"$@"
