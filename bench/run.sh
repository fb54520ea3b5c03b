#!/usr/bin/env bash
# Measures the release on this machine, as `make run` would run it: its own PostgreSQL, the demo world, every limit in force.
# Prints one table and writes it to docs/measurements.md. Takes about a quarter of an hour; the machine should have nothing else to do.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/../tools/env.sh"

PAGE=/public                                  # the feed that everybody sees
HOME_PAGE=/                                   # the feed of whoever is signed in
API=/api/social/public_feed                   # the same as data
READER=ana                                    # who is signed in, see server/src/demo.rs
READER_PASSWORD=demo-lisbon-records
SIZES=(1000 100000 1000000)                   # posts in the table
POSTS=50                                      # on a page, as data
DATA_CLIENTS=16                               # of the API and of pgbench
PAGE_CLIENTS=64                               # of the pages
ROUNDS=3 SECONDS_EACH=5                       # of each figure the median round counts
SOCKETS=2000 SOCKET_RATE=50 SOCKET_SECONDS=30 # posts per second, and for how long
IDLE=60                                       # seconds
WRITERS=(1 8 64)                              # of transfers
STATEMENT_READS=2000 WEBHOOKS=2000 WEBHOOK_WORKERS=8
PASSAGES=100000 QUESTIONS=400                 # that one agent knows, and that are asked
LISTINGS=100000                               # on the market
EXPERTS=10000 EXPERT_READS=300 BUYERS=64      # who can be booked, and who book at once
# Models of a stand-in for a provider: name, milliseconds until the first token, tokens per second, and tokens.
QUICK=quick:20:200:50 SLOW=slow:20:20:400
ANSWERS=200 STREAMS=500                       # of the quick one after the other, and of the slow one at once

[ "$(uname)" = Linux ] || die "the measurements read /proc, so they need Linux"
tools/setup.sh postgres node end2end chromium
have wrk || tools/setup.sh wrk || die "wrk is missing. Debian, Ubuntu: apt-get install wrk; macOS: brew install wrk"
say "building the measurements' own programs"
cargo build --quiet --release -p bench
server="$MAGENTIC_RELEASE/magentic"
bench="$CARGO_TARGET_DIR/release/bench"
postgres="$(find_postgres)"
chromium="$(find_chromium)"

# Each socket is a file for the server and one for the listener.
ulimit -n "$(ulimit -Hn)"
[ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -gt $((SOCKETS + 500)) ] || die "too few open files are allowed: raise ulimit -Hn above $((SOCKETS + 500))"

# --- The server ---

folder="$(mktemp -d "${TMPDIR:-/tmp}/magentic-bench.XXXXXX")"
# PostgreSQL's user, when that is another one, must be able to pass.
chmod 711 "$folder"
free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }
port="$(free_port)"
address="127.0.0.1:$port"
pid= provider_pid=

# Usage: start [setting=value...]
start() {
    (
        cd "$folder" || exit
        exec env -u DATABASE_URL LISTEN="$address" DATA_FOLDER="$folder/data" DATABASE_CONNECTIONS=20 DEMO=on "$@" "$server" serve
    ) >>"$folder/server.log" 2>&1 &
    pid=$!
    local tries=0
    until curl -sf "http://$address/readyz" >/dev/null 2>&1; do
        kill -0 "$pid" 2>/dev/null || { tail -n 20 "$folder/server.log" >&2; die "the server did not start"; }
        tries=$((tries + 1))
        [ $tries -lt 1200 ] || die "the server is not ready after two minutes"
        sleep 0.1
    done
}
stop() {
    [ -n "$pid" ] || return 0
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    pid=
}
clean_up() {
    local status=$?
    stop
    [ -z "$provider_pid" ] || kill "$provider_pid" 2>/dev/null || true
    if [ $status != 0 ] && [ -f "$folder/server.log" ]; then
        cp "$folder/server.log" "${TMPDIR:-/tmp}/magentic-bench.log"
        say "the server's log is in ${TMPDIR:-/tmp}/magentic-bench.log"
    fi
    rm -rf "$folder"
    return $status
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# --- Figures ---

declare -A figure
calc() { awk "BEGIN { $1 }"; }
rounded() { calc "printf \"%.${2:-0}f\", $1"; }
thousands() { printf '%s' "$1" | sed -E ':a; s/^([0-9]+)([0-9]{3})/\1 \2/; ta'; }
resident_mb() { awk '/^VmRSS:/ { printf "%.0f", $2 / 1000 }' "/proc/$pid/status"; }
sql() { "$postgres/psql" -XqAt -h "$folder/data/postgres/socket" -U postgres -d magentic "$@"; }

# The time in milliseconds, and the processor time of the server and of each of its database connections, in ticks by process.
processor() {
    local postmaster id files=("/proc/$pid/stat")
    postmaster="$(head -n 1 "$folder/data/postgres/cluster/postmaster.pid")"
    for id in $(pgrep -P "$postmaster" -f 'magentic magentic'); do files+=("/proc/$id/stat"); done
    printf 'now %s\n' "$(date +%s%3N)"
    # A connection may be closed while this is being read.
    { cat "${files[@]}" 2>/dev/null || true; } | awk '{ id = $1; sub(/.*\) /, ""); print id, $12 + $13 }'
}
# What was used between two such readings per request, in milliseconds: by the server, and by PostgreSQL.
# Usage: processor_per_request <before> <after> <requests per second>
processor_per_request() {
    awk -v server="$pid" -v rate="$3" -v ticks="$(getconf CLK_TCK)" '
        NR == FNR { before[$1] = $2; next }
        { used = $2 - before[$1] }
        $1 == "now" { requests = used / 1000 * rate; next }
        $1 == server { ours = used; next }
        { theirs += used }
        END { printf "%.3f %.3f\n", ours * 1000 / ticks / requests, theirs * 1000 / ticks / requests }' "$1" "$2"
}

# Loads an address. Usage: load <name> <clients> <path> [header] [accept] [script]. Leaves rate, p50, p95 and processor time per
# request.
load() {
    local name="$1" clients="$2" url="http://$address$3" script="${6:-bench/report.lua}" headers=(-H "Accept-Encoding: gzip, deflate, br, zstd" -H "Accept: ${5:-text/html}")
    [ -z "${4:-}" ] || headers+=(-H "$4")
    local round rate p50 p95 errors loading
    # Once unmeasured: connections open, statements are planned.
    wrk -t 2 -c "$clients" -d 1 --timeout 10s -s "$script" "${headers[@]}" "$url" >/dev/null
    : >"$folder/rounds"
    for ((round = 0; round < ROUNDS; round++)); do
        wrk -t 2 -c "$clients" -d "$SECONDS_EACH" --timeout 10s -s "$script" "${headers[@]}" "$url" >"$folder/round" &
        loading=$!
        # Between beginning and end, where requests are being cut off.
        sleep 0.5
        processor >"$folder/before"
        sleep $((SECONDS_EACH - 1))
        processor >"$folder/after"
        wait "$loading" || die "$name: wrk failed"
        read -r _ rate p50 p95 errors < <(grep '^RESULT ' "$folder/round") || die "$name: wrk gave no result"
        [ "$errors" = 0 ] || die "$name: $errors requests failed"
        [ "$(calc "print ($rate > 0) ? 1 : 0")" = 1 ] || die "$name: nothing was answered in $SECONDS_EACH seconds"
        printf '%s %s %s %s\n' "$rate" "$p50" "$p95" \
            "$(processor_per_request "$folder/before" "$folder/after" "$rate")" >>"$folder/rounds"
    done
    read -r "figure[$name.rate]" "figure[$name.p50]" "figure[$name.p95]" "figure[$name.ours]" "figure[$name.theirs]" \
        < <(sort -n "$folder/rounds" | sed -n "$(((ROUNDS + 1) / 2))p")
    say "$name: ${figure[$name.rate]}/s, p50 ${figure[$name.p50]} ms, p95 ${figure[$name.p95]} ms;" \
        "processor per request: server ${figure[$name.ours]} ms, PostgreSQL ${figure[$name.theirs]} ms"
}

# The same statement by pgbench. Usage: load_sql <name> <posts>
load_sql() {
    local name="$1" results='' round
    for ((round = 0; round < ROUNDS; round++)); do
        # A parameter without a value is null: nobody is signed in. One row more than the page has, as the server asks for.
        results+="$("$postgres/pgbench" -n -h "$folder/data/postgres/socket" -U magentic -M prepared -f "$folder/feed.sql" \
            -D before=ffffffff-ffff-ffff-ffff-ffffffffffff -D rows="$(($2 + 1))" \
            -c "$DATA_CLIENTS" -j 2 -T "$SECONDS_EACH" magentic 2>/dev/null | sed -nE 's/^tps = ([0-9.]+).*/\1/p')"$'\n'
    done
    figure[$name.rate]="$(printf '%s' "$results" | sort -n | sed -n "$(((ROUNDS + 1) / 2))p")"
    say "$name: ${figure[$name.rate]}/s"
}

# --- Measuring ---

say "starting a new server with the demo world"
start
"$bench" statement | sed -E 's/\$1/:viewer/g; s/\$2/:before/g; s/\$3/:rows/g; $s/$/;/' >"$folder/feed.sql"

say "visiting the feed with a browser"
node bench/visit.mjs "$chromium" "$port" "$PAGE" >"$folder/visits" 2>"$folder/visits.detail" || { cat "$folder/visits.detail" >&2; die "the visit failed"; }
while read -r name bytes; do figure[$name]="$bytes"; done <"$folder/visits"
sort -k1,1 -k3,3nr "$folder/visits.detail"

curl -sf -o /dev/null -c "$folder/cookies" -H "Origin: http://$address" \
    --data-urlencode "login=$READER" --data-urlencode "password=$READER_PASSWORD" "http://$address/api/identity/sign_in" ||
    die "$READER cannot sign in"
session="$(awk '$6 == "session" { print $7 }' "$folder/cookies")"
[ -n "$session" ] || die "signing in gave no session"
cookie="Cookie: session=$session"

# How many posts the API gives when it is asked for as many as we want.
count_posts='let text = ""; process.stdin.on("data", (more) => (text += more)).on("end", () => console.log(JSON.parse(text).posts.length))'
sql -v reader="$READER" -f bench/accounts.sql
for size in "${SIZES[@]}"; do
    say "filling up to $(thousands "$size") posts"
    sql -v total="$size" -f bench/posts.sql
    [ -n "${data_path:-}" ] || {
        data_path="$API?size=$POSTS"
        data_posts="$(curl -sf "http://$address$data_path" | node -e "$count_posts")"
    }
    load_sql "statement.$size" "$POSTS"
    [ "$data_posts" = "$POSTS" ] || load_sql "statement_short.$size" "$data_posts"
    load "data.$size" "$DATA_CLIENTS" "$data_path" "" application/json
    load "data_signed_in.$size" "$DATA_CLIENTS" "$data_path" "$cookie" application/json
    figure[service.$size.rate]="$("$bench" feed --database "postgres://magentic@localhost/magentic?host=$folder/data/postgres/socket" \
        --clients "$DATA_CLIENTS" --posts "$POSTS" --seconds $((SECONDS_EACH * 2)) | awk '$1 == "rate" { print $2 }')"
    say "service.$size: ${figure[service.$size.rate]}/s"
    load "page.$size" "$PAGE_CLIENTS" "$PAGE"
    load "page_signed_in.$size" "$PAGE_CLIENTS" "$PAGE" "$cookie"
    load "home.$size" "$PAGE_CLIENTS" "$HOME_PAGE" "$cookie"
done
figure[after_load]="$(resident_mb)"

# Transfers by pgbench: what a payment writes, and nothing else. Usage: load_transfers <name> <writers> <payees>
load_transfers() {
    figure[$1.rate]="$("$postgres/pgbench" -n -h "$folder/data/postgres/socket" -U magentic -M prepared -f bench/transfer.sql \
        -D wallets="$wallets" -D payees="$3" -c "$2" -j 2 -T "$((SECONDS_EACH * 2))" magentic 2>/dev/null |
        sed -nE 's/^tps = ([0-9.]+).*/\1/p')"
    say "$1: ${figure[$1.rate]}/s"
}
database="postgres://magentic@localhost/magentic?host=$folder/data/postgres/socket"
# Once unmeasured: wallets come into being.
"$bench" transfers --database "$database" --writers 64 --pattern spread --seconds 1 >/dev/null
sql -f bench/ledger.sql
wallets="$(sql -c 'select count(*) from bench_wallets')"
sql -c 'grant select on bench_wallets to magentic' >/dev/null
for writers in "${WRITERS[@]}"; do
    for pattern in spread hot; do
        name="transfers_$pattern.$writers"
        figure[$name.rate]="$("$bench" transfers --database "$database" --writers "$writers" --pattern "$pattern" \
            --seconds $((SECONDS_EACH * 2)) | awk '$1 == "rate" { print $2 }')"
        say "$name: ${figure[$name.rate]}/s"
        [ "$pattern" = hot ] && payees=1 || payees="$wallets"
        load_transfers "pgbench_$pattern.$writers" "$writers" "$payees"
    done
done
for owner in bench_1k bench_1m; do
    "$bench" ledger --database "$database" --owner "$owner" --reads "$STATEMENT_READS" >"$folder/ledger"
    while read -r name value; do figure[$owner.$name]="$value"; done <"$folder/ledger"
    say "$owner: ${figure[$owner.lines]} lines, p50 ${figure[$owner.p50_ms]} ms, p95 ${figure[$owner.p95_ms]} ms"
done
figure[webhooks.rate]="$("$bench" webhooks --database "$database" --workers "$WEBHOOK_WORKERS" --events "$WEBHOOKS" | awk '$1 == "rate" { print $2 }')"
say "webhooks: ${figure[webhooks.rate]}/s"

say "letting an agent know $(thousands "$PASSAGES") passages"
sql -v total="$PASSAGES" -v reader="$READER" -f bench/passages.sql
for words in mixed rare common; do
    "$bench" retrieval --database "$database" --agent bench_knows --words "$words" --questions "$QUESTIONS" >"$folder/retrieval"
    while read -r name value; do figure[retrieval_$words.$name]="$value"; done <"$folder/retrieval"
    say "retrieval, $words words: p50 ${figure[retrieval_$words.p50_ms]} ms, p95 ${figure[retrieval_$words.p95_ms]} ms"
done

say "having $(thousands "$EXPERTS") experts booked"
sql -v total="$EXPERTS" -f bench/experts.sql
"$bench" experts --database "$database" --reads "$EXPERT_READS" --buyers "$BUYERS" --seconds $((SECONDS_EACH * 2)) >"$folder/experts" ||
    die "booking failed"
cat "$folder/experts"
while read -r name value; do figure[experts.$name]="$value"; done <"$folder/experts"

say "offering $(thousands "$LISTINGS") agents on the market"
sql -v total="$LISTINGS" -f bench/market.sql
# A listing in the middle of those that are there, in the order of how much they are used.
middle="$(sql -c "select replace(id::text, '-', '') from listings where state = 'listed' and at_work
    order by users desc, id desc offset $((LISTINGS / 2)) limit 1")"
word() { sql -c "select bench.word($1)"; }
# What is looked for. Of the words of passages.sql the first is in nearly every listing, and one of the last in a few dozen.
declare -A market=(
    [shared]='' [first]='' [deep]="?after=$middle" [topic]="?category=learning" [topic_deep]="?category=learning&sort=rating&after=$middle"
    [narrowed]="?category=learning&price=subscription&max=20&rating=4&language=en" [cheap]="?sort=price&language=de&rating=4"
    [common]="?words=$(word 0)" [rare]="?words=$(word 9437)" [misspelt]="?words=$(word 317 | sed 's/./y/6')+$(word 4128 | sed 's/./y/6')"
)
MARKET=(first shared deep topic topic_deep narrowed cheap common rare misspelt)
stop
start TRUSTED_PROXIES=1
for name in "${MARKET[@]}"; do
    found="$(curl -s "http://$address/market${market[$name]}" | grep -oE 'href="/market/[^"?]*"' | sort -u | wc -l)"
    say "market.$name: $found listings on the page"
    if [ "$name" = shared ]; then
        load "market.$name" "$PAGE_CLIENTS" /market "" "" bench/visitors.lua
    else
        load "market.$name" "$DATA_CLIENTS" "/market${market[$name]}" "" "" bench/own_pages.lua
    fi
done

say "restarting the server, and leaving it alone for $IDLE seconds"
stop
start
sleep "$IDLE"
figure[idle]="$(resident_mb)"
say "resident: ${figure[idle]} MB; at the end of the load it was ${figure[after_load]} MB"

say "opening $SOCKETS sockets, then $SOCKET_RATE posts a second for $SOCKET_SECONDS seconds"
"$bench" sockets --server "$address" --pid "$pid" --database "postgres://magentic@localhost/magentic?host=$folder/data/postgres/socket" \
    --sockets "$SOCKETS" --rate "$SOCKET_RATE" --seconds "$SOCKET_SECONDS" >"$folder/sockets" || die "the sockets failed"
cat "$folder/sockets"
while read -r name value; do figure[sockets.$name]="$value"; done <"$folder/sockets"

sql -v reader="$READER" -v quick="${QUICK%%:*}" -v slow="${SLOW%%:*}" -f bench/answers.sql
provider="127.0.0.1:$(free_port)"
"$bench" provider --listen "$provider" --model "$QUICK" --model "$SLOW" >"$folder/provider.log" 2>&1 &
provider_pid=$!
stop
# What answers cost is counted, and more than enough may be spent.
start OPENAI_API_BASE="http://$provider/v1" MODELS="offline, openai/${QUICK%%:*}, openai/${SLOW%%:*}" EMBEDDING_MODEL=none \
    MODEL_PRICES="$(printf '"openai/%s" = { input = 25, output = 200 }\n' "${QUICK%%:*}" "${SLOW%%:*}")"
say "asking for $ANSWERS answers, of the provider and through the server in turn"
"$bench" answers --server "$address" --provider "$provider" --database "$database" --model "$QUICK" --questions "$ANSWERS" \
    >"$folder/answers" || die "asking failed"
cat "$folder/answers"
while read -r name value; do figure[answers.$name]="$value"; done <"$folder/answers"
say "asking for $STREAMS answers at once, of the provider and then through the server"
"$bench" streams --server "$address" --pid "$pid" --provider "$provider" --database "$database" --model "$SLOW" --streams "$STREAMS" \
    >"$folder/streams" || die "asking at once failed"
cat "$folder/streams"
while read -r name value; do figure[streams.$name]="$value"; done <"$folder/streams"

panics="$(grep -c "panicked at" "$folder/server.log" || true)"

# --- The table ---

rows="$folder/rows"
# Usage: row <what> <measured> <aim, or the peer> [condition that the aim is met]
row() {
    local met=''
    if [ -n "${4:-}" ]; then
        met=NO
        [ "$(calc "print ($4) ? 1 : 0")" = 1 ] && met=yes
    fi
    printf '%s\t%s\t%s\t%s\n' "$1" "$2" "${3:-}" "$met" >>"$rows"
}
words_for() { sed -E 's/000000$/ M/; s/000$/ k/' <<<"$1"; }
# What a request costs with each size of the table, as multiples of the first: the processor time of server and PostgreSQL.
growth() {
    local name="$1" size first parts=()
    first="(${figure[$name.${SIZES[0]}.ours]} + ${figure[$name.${SIZES[0]}.theirs]})"
    for size in "${SIZES[@]}"; do
        parts+=("$(rounded "(${figure[$name.$size.ours]} + ${figure[$name.$size.theirs]}) / $first" 2)")
    done
    local IFS=/
    printf '%s' "${parts[*]}" | sed 's|/| / |g'
}
# The rates with each size.
rates() {
    local name="$1" size parts=()
    for size in "${SIZES[@]}"; do parts+=("$(rounded "${figure[$name.$size.rate]}")"); done
    local IFS=/
    printf '%s' "${parts[*]}" | sed 's|/| / |g'
}
worst() { tr -d ' ' <<<"$1" | tr / '\n' | sort -n | tail -n 1; }
page_row() {
    local name="$2"
    row "$1" "$(rounded "${figure[$name.rate]}") /s, p95 $(rounded "${figure[$name.p95]}") ms" "p95 < 100 ms" "${figure[$name.p95]} < 100"
}
growth_row() {
    local cost
    cost="$(growth "$2")"
    row "$1" "$cost x ($(rates "$2") /s)" "<= 1.3 x" "$(worst "$cost") <= 1.3"
}
peer_row() {
    local ours="${figure[$2.rate]}" theirs="${figure[$3.rate]}"
    row "$1" "$(rounded "$ours") /s" "pgbench $(rounded "$theirs") /s; at least half of it ($(rounded "100 * $ours / $theirs") %)" "$ours >= $theirs / 2"
}

most="${SIZES[-1]}"
in_all="$(for size in "${SIZES[@]}"; do words_for "$size"; done | paste -sd/ | sed 's|/| / |g')"
if [ "$data_posts" = "$POSTS" ]; then
    peer_row "Feed of $POSTS posts as data, visitor, HTTP, $DATA_CLIENTS clients" "data.$most" "statement.$most"
    peer_row "Feed of $POSTS posts as data, signed in, HTTP, $DATA_CLIENTS clients" "data_signed_in.$most" "statement.$most"
else
    peer_row "Feed of $data_posts posts as data, visitor, HTTP, $DATA_CLIENTS clients" "data.$most" "statement_short.$most"
    peer_row "Feed of $data_posts posts as data, signed in, HTTP, $DATA_CLIENTS clients" "data_signed_in.$most" "statement_short.$most"
fi
peer_row "Feed of $POSTS posts as data, service to JSON, $DATA_CLIENTS clients" "service.$most" "statement.$most"
page_row "Feed page, visitor, $PAGE_CLIENTS connections" "page.$most"
page_row "Feed page, signed in, $PAGE_CLIENTS connections" "page_signed_in.$most"
page_row "Home feed page, signed in, $PAGE_CLIENTS connections" "home.$most"
growth_row "Cost with $in_all posts: as data, signed in, HTTP" data_signed_in
growth_row "Cost with $in_all posts: page, visitor" page
growth_row "Cost with $in_all posts: page, signed in" page_signed_in
growth_row "Cost with $in_all posts: home feed page" home
for writers in "${WRITERS[@]}"; do
    for pattern in spread hot; do
        [ "$pattern" = hot ] && to="all to one account" || to="spread"
        peer="${figure[pgbench_$pattern.$writers.rate]}" ours="${figure[transfers_$pattern.$writers.rate]}"
        row "Transfers, $writers writers, $to" "$(rounded "$ours") /s" "pgbench writing the same rows $(rounded "$peer") /s ($(rounded "100 * $ours / $peer") %)"
    done
done
row "Balance and statement, $(thousands "${figure[bench_1m.lines]}") postings" "p50 ${figure[bench_1m.p50_ms]} ms, p95 ${figure[bench_1m.p95_ms]} ms" "p95 < 10 ms" "${figure[bench_1m.p95_ms]} < 10"
row "- the same with $(thousands "${figure[bench_1k.lines]}")" "p50 ${figure[bench_1k.p50_ms]} ms, p95 ${figure[bench_1k.p95_ms]} ms" "1 M no dearer" "${figure[bench_1m.p95_ms]} <= ${figure[bench_1k.p95_ms]} * 1.5"
row "Webhooks taken and handled, $WEBHOOK_WORKERS workers" "$(rounded "${figure[webhooks.rate]}") /s"
for words in mixed rare common; do
    name="retrieval_$words"
    case $words in
        mixed) what="Retrieval over $(thousands "$PASSAGES") passages" ;;
        rare) what="- the same, only rare words" ;;
        common) what="- the same, only words that are nearly everywhere" ;;
    esac
    row "$what" "p50 ${figure[$name.p50_ms]} ms, p95 ${figure[$name.p95_ms]} ms" "p95 < 50 ms" "${figure[$name.p95_ms]} < 50"
done
row "Free times of an expert in four weeks, 10 000 calls before" "p50 ${figure[experts.slots_p50_ms]} ms, p95 ${figure[experts.slots_p95_ms]} ms" "p95 < 10 ms" "${figure[experts.slots_p95_ms]} < 10"
row "Who of $(thousands "$EXPERTS") experts is free first" "p50 ${figure[experts.soonest_p50_ms]} ms, p95 ${figure[experts.soonest_p95_ms]} ms" "p95 < 100 ms" "${figure[experts.soonest_p95_ms]} < 100"
row "- of those with a skill" "p50 ${figure[experts.soonest_skill_p50_ms]} ms, p95 ${figure[experts.soonest_skill_p95_ms]} ms" "p95 < 100 ms" "${figure[experts.soonest_skill_p95_ms]} < 100"
row "Bookings paid, $BUYERS buyers, 100 experts" "$(rounded "${figure[experts.spread_booked]}") /s" "" ""
row "- all of one expert" "$(rounded "${figure[experts.one_booked]}") /s ($(rounded "${figure[experts.one_tried]}") tries)" "" ""
row "- calls that overlap" "${figure[experts.overlaps]}" "0" "${figure[experts.overlaps]} == 0"
for name in "${MARKET[@]}"; do
    case $name in
        first) what="Market of $(thousands "$LISTINGS") listings, made for each, $DATA_CLIENTS connections" ;;
        shared) what="- made once for all who ask, $PAGE_CLIENTS connections" ;;
        deep) what="- the page after $(thousands "$((LISTINGS / 2))") of them" ;;
        topic) what="- one topic" ;;
        topic_deep) what="- one topic by rating, from the middle on" ;;
        narrowed) what="- one topic, a way to pay, a highest price, a rating and a language" ;;
        cheap) what="- the cheapest of a language with a rating" ;;
        common) what="- with a word that is nearly everywhere" ;;
        rare) what="- with a rare word" ;;
        misspelt) what="- with two words spelt wrongly" ;;
    esac
    page_row "$what" "market.$name"
done
IFS=: read -r _ first rate tokens <<<"$QUICK"
row "First words of an answer, $ANSWERS of $tokens tokens" "p50 $(rounded "${figure[answers.through_first_p50_ms]}") ms, p95 $(rounded "${figure[answers.through_first_p95_ms]}") ms" \
    "the provider itself p50 $(rounded "${figure[answers.direct_first_p50_ms]}") ms, p95 $(rounded "${figure[answers.direct_first_p95_ms]}") ms"
row "- more than the provider itself took" "p50 ${figure[answers.added_p50_ms]} ms, p95 ${figure[answers.added_p95_ms]} ms" "p95 < 15 ms" "${figure[answers.added_p95_ms]} < 15"
row "- tokens per second from the first to the last" "${figure[answers.through_per_second]} /s" "the provider itself ${figure[answers.direct_per_second]} /s; at least 95 % of it" \
    "${figure[answers.through_per_second]} >= 0.95 * ${figure[answers.direct_per_second]}"
row "- tokens that came by themselves" "${figure[answers.through_alone_percent]} %" "the provider itself ${figure[answers.direct_alone_percent]} %; at least 95 %" "${figure[answers.through_alone_percent]} >= 95"
row "- from one token to the next" "p50 ${figure[answers.through_gap_p50_ms]} ms, p99 ${figure[answers.through_gap_p99_ms]} ms" \
    "the provider itself p50 ${figure[answers.direct_gap_p50_ms]} ms, p99 ${figure[answers.direct_gap_p99_ms]} ms"
row "- whole" "${figure[answers.through_whole]} of $ANSWERS" "all" "${figure[answers.through_whole]} == $ANSWERS"
IFS=: read -r _ _ rate tokens <<<"$SLOW"
row "Answers at once, $tokens tokens each, $rate a second" "${figure[streams.through_most]}" "$STREAMS" "${figure[streams.through_most]} == $STREAMS"
row "- whole at their end" "${figure[streams.through_whole]} of $STREAMS" "all" "${figure[streams.through_whole]} == $STREAMS"
row "- memory of each at the peak" "$(rounded "${figure[streams.bytes_per_stream]} / 1000" 1) kB" "" ""
row "- resident memory before, at the peak, after" "$(rounded "${figure[streams.before_bytes]} / 1000000"), $(rounded "${figure[streams.peak_bytes]} / 1000000"), $(rounded "${figure[streams.after_bytes]} / 1000000") MB" "" ""
row "- from one token to the next" "p50 $(rounded "${figure[streams.through_gap_p50_ms]}") ms, p99 $(rounded "${figure[streams.through_gap_p99_ms]}") ms" \
    "the provider itself p50 $(rounded "${figure[streams.direct_gap_p50_ms]}") ms, p99 $(rounded "${figure[streams.direct_gap_p99_ms]}") ms"
row "Memory per socket, $SOCKETS open" "$(rounded "${figure[sockets.bytes_per_socket]} / 1000" 1) kB" "< 40 kB" "${figure[sockets.bytes_per_socket]} < 40000"
row "Memory per socket after $(thousands "${figure[sockets.deliveries]}") deliveries" "$(rounded "${figure[sockets.bytes_per_socket_used]} / 1000" 1) kB" "< 40 kB" "${figure[sockets.bytes_per_socket_used]} < 40000"
row "Delivery to $SOCKETS sockets at $SOCKET_RATE posts/s" "p50 $(rounded "${figure[sockets.delivery_p50_ms]}") ms, p99 $(rounded "${figure[sockets.delivery_p99_ms]}") ms" "p99 < 250 ms" "${figure[sockets.delivery_p99_ms]} < 250"
row "Deliveries lost or repeated" "${figure[sockets.wrong]} of $(thousands "$((${figure[sockets.posts]} * SOCKETS))")" "0" "${figure[sockets.wrong]} == 0"
row "Panics in the log" "$panics" "0" "$panics == 0"
row "First visit to the feed, all included" "$(rounded "${figure[first]} / 1000") kB" "< 350 kB" "${figure[first]} < 350000"
row "- of which portraits and pictures of the demo world's posts" "$(rounded "${figure[first_pictures]} / 1000") kB" "" ""
row "Second visit" "$(rounded "${figure[second]} / 1000") kB" "" ""
row "Resident memory of the idle server" "${figure[idle]} MB" "< 100 MB" "${figure[idle]} < 100"
row "Resident memory at the end of the load" "${figure[after_load]} MB" "" ""

table() {
    awk -F '\t' '
        NR == FNR { for (i = 1; i <= 4; i++) if (length($i) > width[i]) width[i] = length($i); next }
        FNR == 1 { line("What", "Measured", "Aim", "Met"); rule() }
        { line($1, $2, $3, $4) }
        function line(a, b, c, d) { printf "| %-*s | %-*s | %-*s | %-3s |\n", width[1], a, width[2], b, width[3], c, d }
        function rule(  i, text) {
            for (i = 1; i <= 4; i++) { text = sprintf("%*s", (i == 4 ? 3 : width[i]) + 2, ""); gsub(/ /, "-", text); printf "|%s", text }
            print "|"
        }' "$rows" "$rows"
}
# A line for each kind of request: where its time goes.
costs() {
    local name words
    for name in data data_signed_in page page_signed_in home; do
        case $name in
            data) words="feed of $data_posts posts as data, visitor" ;;
            data_signed_in) words="feed of $data_posts posts as data, signed in" ;;
            page) words="feed page, visitor" ;;
            page_signed_in) words="feed page, signed in" ;;
            home) words="home feed page" ;;
        esac
        printf -- '- %s: server %s ms, PostgreSQL %s ms\n' "$words" "$(rounded "${figure[$name.$most.ours]}" 2)" "$(rounded "${figure[$name.$most.theirs]}" 2)"
    done
}

cat >docs/measurements.md <<END
# Measurements

\`make bench\` measures the release and writes this page. It runs the server as \`make run\` does: on its own PostgreSQL with the
settings it gives it, durable, with the demo world, one line of log per request, and every limit in force. The load comes
from the same machine, so it shares the processors with what it measures. Of each rate the median of $ROUNDS rounds counts.

$(date -u +%Y-%m-%d), commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)$(git diff --quiet HEAD 2>/dev/null || echo " with changes"); $(nproc) processors ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)), $(awk '/^MemTotal/ { printf "%.0f", $2 / 1e6 }' /proc/meminfo) GB, Linux $(uname -r), $("$postgres/postgres" --version | sed -E 's/^.*\(PostgreSQL\) ([^ ]+).*/PostgreSQL \1/').

$(table)

Where no size is named, there are $(words_for "$most") posts. They are older than those of the demo world, so each size shows the very
same pages. The cost is the processor time of server and PostgreSQL together; of one request it is:

$(costs)

- **As data**: \`wrk\` on the server function, \`bench feed\` on the service behind it; \`pgbench\` runs that service's statement,
  prepared, with as many clients. Visitors share what they read, as they share its page; whoever is signed in is read for.
- **Pages**: rendered on the server, whole; \`wrk\` with $PAGE_CLIENTS connections that ask again at once. Who is signed in follows
  $(sql -c "select count(*) from follows where follower_id = (select id from accounts where handle = '$READER')") accounts.
- **Market**: \`bench/market.sql\` offers agents of twelve topics and six languages. Each request comes from another visitor, as through a
  proxy: one alone is soon asked to wait. What visitors see at one address is made once for all who ask within five seconds; where it is
  "made for each", every request has an address of its own, so that each page is read from the database and rendered.
- **Answers**: \`bench provider\` speaks as OpenAI does, at a steady pace: first token after $first ms. \`bench answers\` asks it, and asks an agent
  that answers by it, in turn and one after the other; \`bench streams\` asks all at once. The clock runs from before the question
  is put until its first words have been read, through what a page does: it asks (p50 ${figure[answers.asked_p50_ms]} ms), reads the conversation
  (${figure[answers.read_p50_ms]} ms) and follows the answer (${figure[answers.followed_p50_ms]} ms). With many at once server and listeners used ${figure[streams.server_processors]} and
  ${figure[streams.client_processors]} processors.
- **Sockets**: \`bench sockets\` publishes through the product's service, as several accounts, and listens. The clock runs from before the
  transaction until the socket has read the notice. Server and listeners used ${figure[sockets.server_processors]} and ${figure[sockets.client_processors]} processors.
- **Visits**: Chromium through a proxy that counts everything the server sends: headers, page, styles, scripts, WebAssembly,
  font, icons, the pictures of the first screen (1280 x 800), and what the service worker asks for.
- **Memory**: resident, without PostgreSQL; of a server that was started $IDLE seconds ago.
END
say "written to docs/measurements.md"
table
