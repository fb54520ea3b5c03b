#!/usr/bin/env bash
# Runs a command with a throwaway PostgreSQL. Usage: tools/with-postgres.sh VARIABLE command...
# VARIABLE gets the address of an empty database. The role may create more databases, and like the server's own role it
# is no superuser. Everything is deleted afterwards; nothing survives a power cut, which makes it fast.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"
[ $# -ge 2 ] || die "usage: tools/with-postgres.sh VARIABLE command..."
variable="$1"
shift

programs="$(find_postgres)"
[ -n "$programs" ] || die "PostgreSQL was not found. Run: make setup"

# A short path: a socket's must fit into some hundred bytes.
folder="$(mktemp -d /tmp/magentic-pg.XXXXXX)"
# PostgreSQL refuses to run as root. Only its user (and root) can enter the folder, so whoever connects may be trusted.
as_postgres() { (cd / && env LC_ALL=C "$@"); }
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id -u "$user" >/dev/null 2>&1 || user=nobody
    chown "$user" "$folder"
    as_postgres() { (cd / && exec setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups env LC_ALL=C "$@"); }
fi

clean_up() {
    # Nothing of it is kept, so it need not shut down in order.
    as_postgres "$programs/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

locale=(--locale=C.UTF-8)
[ "$(uname)" = Darwin ] && locale=(--locale=C --lc-ctype=UTF-8)
as_postgres "$programs/initdb" -D "$folder/data" --username=postgres --auth=trust --encoding=UTF8 "${locale[@]}" \
    --no-sync --no-instructions >"$folder.log" 2>&1 || { cat "$folder.log" >&2; rm -f "$folder.log"; die "initdb failed"; }
rm -f "$folder.log"
as_postgres "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 start -o "-c listen_addresses='' \
    -c unix_socket_directories=$folder -c max_connections=400 -c fsync=off -c full_page_writes=off \
    -c synchronous_commit=off -c wal_level=minimal -c max_wal_senders=0 -c shared_buffers=256MB -c jit=off \
    -c timezone=UTC -c log_min_messages=fatal" >/dev/null || { cat "$folder/log" >&2; die "PostgreSQL did not start"; }
sql() { as_postgres "$programs/psql" -XqAt -v ON_ERROR_STOP=1 -h "$folder" -U postgres -d postgres -c "$1"; }
sql "CREATE ROLE magentic LOGIN CREATEDB"
sql "CREATE DATABASE magentic OWNER magentic"

export "$variable=postgres://magentic@localhost/magentic?host=$folder"
"$@"
