#!/usr/bin/env bash
# Puts the style sheets into one file, in the order and the layers that style/main.css says: what `@import` would do, without
# a request for each. cargo-leptos minifies and hashes the result.

# shellcheck source=tools/env.sh
. "$(dirname "$0")/env.sh"

bundle=target/style/main.css
mkdir -p target/style
awk '
    match($0, /^@import url\("[^"]+"\) layer\([a-z]+\);$/) {
        split($0, part, "\"")
        layer = $0
        sub(/.*layer\(/, "", layer)
        sub(/\);$/, "", layer)
        file = "style/" part[2]
        print "@layer " layer " {"
        while ((got = (getline line < file)) > 0) print line
        if (got < 0) { print "cannot read " file > "/dev/stderr"; exit 1 }
        close(file)
        print "}"
        next
    }
    { print }
' style/main.css >"$bundle.new"
# Left alone when nothing changed, so that nothing is built anew.
if cmp -s "$bundle.new" "$bundle"; then rm "$bundle.new"; else mv "$bundle.new" "$bundle"; fi
