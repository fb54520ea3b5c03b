#!/usr/bin/env bash
# Brings .sqlx up to date, or with --check only says whether it is. Builds read it instead of asking a database.
#
# This is what `cargo sqlx prepare --workspace` does, with two differences: there is no tool to compile first, and it does
# not mark every source file as changed, which would make the next build start from the beginning.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"

if [ -z "${SQLX_DATABASE:-}" ]; then
    tools/setup.sh compiler rust postgres
    exec tools/with-postgres.sh SQLX_DATABASE "$0" "$@"
fi

psql="$(find_postgres)/psql"
for migration in migrations/*.sql; do
    "$psql" -XqAt1 -v ON_ERROR_STOP=1 -d "$SQLX_DATABASE" -f "$migration" >/dev/null ||
        die "$migration cannot be applied"
done

# A target folder of its own: our crates must be compiled anew, because a query can change its meaning without its crate
# having changed, when a migration has. Everybody else's crates are kept. Tests are left out: they use sqlx::query(…).
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/sqlx"
fresh="$CARGO_TARGET_DIR/queries"
rm -rf "$fresh"
mkdir -p "$fresh"
if [ -d "$CARGO_TARGET_DIR/debug" ]; then
    cargo clean --workspace --quiet
fi
complete=true
DATABASE_URL="$SQLX_DATABASE" SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$fresh" \
    cargo check --workspace --keep-going --quiet || complete=false

if [ "${1:-}" = --check ]; then
    $complete || die "the code does not compile against the migrations"
    diff -rq "$fresh" .sqlx || die ".sqlx does not fit the queries and migrations. Run: make sqlx"
    exit
fi
mkdir -p .sqlx
# A crate that does not compile yet must not keep the others' queries from being known, nor lose its own.
if $complete; then
    rm -f .sqlx/query-*.json
fi
find "$fresh" -name 'query-*.json' -exec cp {} .sqlx/ \;
$complete || die "some crates do not compile. New queries were added, outdated ones kept: run this again when they do."
say ".sqlx has $(find .sqlx -name 'query-*.json' | wc -l | tr -d ' ') queries; commit it with the code"
