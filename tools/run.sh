#!/usr/bin/env bash
# Builds the release and runs it on http://127.0.0.1:3000, with everything it needs embedded.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"
# With an address of a database nothing has to be installed for one.
[ -n "${DATABASE_URL:-}" ] || tools/setup.sh postgres
tools/build.sh
exec "$MAGENTIC_RELEASE/magentic" serve "$@"
