#!/usr/bin/env bash
# Runs a command with two stand-ins for Stripe that others wrote. Usage:
#   tools/with-stripe-fakes.sh LOCALSTRIPE_VARIABLE EMULATE_VARIABLE command...
# The variables get their addresses: localstripe knows customers, cards, charges and refunds, emulate knows products, prices
# and Checkout. Both listen on this machine only, keep everything in memory and are stopped afterwards.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"
[ $# -ge 3 ] || die "usage: tools/with-stripe-fakes.sh LOCALSTRIPE_VARIABLE EMULATE_VARIABLE command..."
localstripe_variable="$1"
emulate_variable="$2"
shift 2

LOCALSTRIPE=1.15.10
AIOHTTP=3.14.5
EMULATE=0.12.2
# What emulate needs; beside the system's Node, and where nothing else finds it.
NODE=22.23.3

folder="$MAGENTIC_CACHE/stripe-fakes"
python="$folder/venv/bin/python"
installed="$folder/localstripe-$LOCALSTRIPE-$AIOHTTP-emulate-$EMULATE-node-$NODE"
if [ ! -e "$installed" ]; then
    tools/setup.sh node
    have python3 || die "Python 3 was not found. Install it (apt-get install python3-venv, brew install python)."
    say "installing localstripe $LOCALSTRIPE and emulate $EMULATE"
    rm -rf "$folder"
    mkdir -p "$folder/npm"
    python3 -m venv "$folder/venv" || die "no Python environment could be made. On Debian: apt-get install python3-venv"
    "$python" -m pip install --quiet --disable-pip-version-check "localstripe==$LOCALSTRIPE" "aiohttp==$AIOHTTP"
    npm install --prefix "$folder/npm" --no-audit --no-fund --silent "emulate@$EMULATE" "node@$NODE"
    touch "$installed"
fi

# Its own command listens on every address and keeps what it knows in a file that all of them share.
localstripe='
import sys
import localstripe.resources
localstripe.resources.Store.dump_to_disk = lambda self: None
from localstripe.server import app
from aiohttp import web
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
'
free_port='import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'

logs="$(mktemp -d)"
running=()
clean_up() {
    # They have nothing to keep.
    [ ${#running[@]} = 0 ] || kill -9 "${running[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$logs"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# Starts a stand-in and waits until it answers: name, port, path it answers on, command.
start() {
    local name="$1" port="$2" path="$3" pid tries=0
    shift 3
    "$@" >"$logs/$name" 2>&1 &
    pid=$!
    running+=("$pid")
    until curl --silent --fail --output /dev/null --header "Authorization: Bearer sk_test_12345" "http://127.0.0.1:$port$path"; do
        tries=$((tries + 1))
        if [ $tries -gt 300 ] || ! kill -0 "$pid" 2>/dev/null; then
            cat "$logs/$name" >&2
            die "$name did not start"
        fi
        sleep 0.1
    done
}

port="$("$python" -c "$free_port")"
start localstripe "$port" /v1/customers "$python" -c "$localstripe" "$port"
export "$localstripe_variable=http://127.0.0.1:$port"
port="$("$python" -c "$free_port")"
start emulate "$port" /v1/customers \
    "$folder/npm/node_modules/.bin/node" "$folder/npm/node_modules/emulate/dist/index.js" start --service stripe --port "$port"
export "$emulate_variable=http://127.0.0.1:$port"
"$@"
