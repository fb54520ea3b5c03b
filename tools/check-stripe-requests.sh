#!/usr/bin/env bash
# Holds each request that the tests of the Stripe adapter make against Stripe's own types of exactly that version of the
# API, which come with its library for Node: names and values that don't exist and what is missing are errors.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"
tools/setup.sh compiler rust node

# Made for the version that async-stripe in Cargo.toml is made for; to be changed together with it.
STRIPE=23.0.1
TYPESCRIPT=5.9.3

npm="$MAGENTIC_CACHE/npm"
for package in "stripe@$STRIPE" "typescript@$TYPESCRIPT"; do
    grep -q "\"version\": \"${package#*@}\"" "$npm/node_modules/${package%@*}/package.json" 2>/dev/null && continue
    say "installing $package"
    npm install --prefix "$npm" --no-audit --no-fund --silent "$package"
done

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir "$work/node_modules"
cp -R "$npm/node_modules/stripe" "$work/node_modules/"
# The types allow for values that are yet to come. Here only those that there are will do.
shared="$work/node_modules/stripe/cjs/shared.d.ts"
sed 's/^export type OtherString = .*/export type OtherString = never;/' "$shared" >"$work/shared.d.ts"
mv "$work/shared.d.ts" "$shared"

mkdir "$work/recordings"
STRIPE_RECORDINGS="$work/recordings" cargo test --quiet -p payments-stripe --test stripe -- requests:: payouts::
node tools/check-stripe-requests.mjs "$work/recordings" "$work/requests.ts"
"$npm/node_modules/.bin/tsc" --strict --noEmit --skipLibCheck --target es2022 --module nodenext "$work/requests.ts"
say "all of them are as Stripe's types want them"
