#!/usr/bin/env bash
# Runs a command with a server of tools that others wrote: "everything", the Model Context Protocol's own server for tests.
# Usage:
#   tools/with-mcp-server.sh ADDRESS_VARIABLE PROGRAM_VARIABLE command...
# The first variable gets the address where it speaks over HTTP, the second one the program that speaks over its standard
# input and output. It listens on this machine only and is stopped afterwards.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"
[ $# -ge 3 ] || die "usage: tools/with-mcp-server.sh ADDRESS_VARIABLE PROGRAM_VARIABLE command..."
address="$1"
program="$2"
shift 2

EVERYTHING=2026.8.31

folder="$MAGENTIC_CACHE/mcp-server"
installed="$folder/everything-$EVERYTHING"
if [ ! -e "$installed" ]; then
    tools/setup.sh node
    say "installing the server \"everything\" $EVERYTHING"
    rm -rf "$folder"
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-audit --no-fund --silent "@modelcontextprotocol/server-everything@$EVERYTHING" ||
        die "the server \"everything\" could not be installed"
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

# It takes the port from PORT and listens on every address unless it is made to listen on this machine's: in this shell's name.
port="$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')"
PORT="$port" node --import 'data:text/javascript,import net from "node:net"; const listen = net.Server.prototype.listen; net.Server.prototype.listen = function (port, ...rest) { return listen.call(this, Number(port), "127.0.0.1", ...rest); };' \
    "$folder/node_modules/@modelcontextprotocol/server-everything/dist/index.js" streamableHttp >"$log" 2>&1 &
running=$!
tries=0
# What is not a request of the protocol is answered with an error, which is an answer.
until curl --silent --output /dev/null "http://127.0.0.1:$port/mcp"; do
    tries=$((tries + 1))
    if [ $tries -gt 300 ] || ! kill -0 "$running" 2>/dev/null; then
        cat "$log" >&2
        die "the server \"everything\" did not start"
    fi
    sleep 0.1
done
export "$address=http://127.0.0.1:$port/mcp"
export "$program=$folder/node_modules/.bin/mcp-server-everything"
"$@"
