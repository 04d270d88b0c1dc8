#!/bin/sh
# Publishes logs and has them checked by the Go project's packages sumdb/note and sumdb/tlog, which share no code with
# this project; then changes, removes and adds files in a copy, each of which the Go program must reject.
#
# With `--long`, or where `litewitness` is installed (or named by LITEWITNESS), a node's ledger is also signed by that foreign
# witness (C2SP tlog-witness), before and after it grows.
#
# Needs cargo and Go (1.18 or newer; installs Debian's if there is none). Ends with 1 when a check failed.
set -eu
cd "$(dirname "$0")/.."

. tests-foreign/common.sh
need go golang-go

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

pass() {
    passed=$((passed + 1))
    if [ -n "${VERBOSE:-}" ]; then echo "ok: $1"; fi
}

fail() {
    failed=$((failed + 1))
    echo "FAILED: $1"
}

# accepts WHAT FOLDER: the Go program must find nothing wrong.
accepts() {
    if "$work/go-sumdb" "$2" >"$work/out" 2>&1; then
        pass "$1"
    else
        fail "$1: $(tail -n 1 "$work/out")"
    fi
}

# rejects WHAT FOLDER: the Go program must end with 1, which is not how it ends when it crashes.
rejects() {
    code=0
    "$work/go-sumdb" "$2" >"$work/out" 2>&1 || code=$?
    if [ "$code" -eq 1 ]; then
        pass "$1 is rejected: $(tail -n 1 "$work/out")"
    else
        fail "$1 is not rejected (the program ended with $code)"
    fi
}

# flip FILE OFFSET BIT: changes one bit of a file.
flip() {
    old=$(od -An -tu1 -j "$2" -N 1 "$1")
    octal=$(printf '%03o' $((old ^ (1 << $3))))
    printf "\\$octal" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

(cd tests-foreign/go-sumdb && go build -o "$work/go-sumdb" .)
cargo build --quiet --workspace --example make_log
make_log() { "${CARGO_TARGET_DIR:-target}/debug/examples/make_log" "$@" >/dev/null; }

# Around the widths of tiles, and with tiles at level 2.
for sizes in "1" "2 3" "0 1 255 256" "256 257 511 512 513" "7 700 65535 65536 66000"; do
    name="$work/log-$(echo "$sizes" | tr ' ' '-')"
    # shellcheck disable=SC2086 # The sizes are separate arguments.
    make_log "$name" $sizes
    accepts "a log that grew through the sizes $sizes" "$name"
done

# A small log with full and partial tiles, older checkpoints and proofs.
good=$work/good
bad=$work/bad
make_log "$good" 5 256 300
accepts "the log to tamper with" "$good"
cp -r "$good" "$bad"
for file in $(cd "$good" && find ledger proofs log.vkey -type f | sort); do
    length=$(wc -c <"$good/$file")
    for offset in 0 $((length / 3)) $((length / 2)) $((length - 1)); do
        flip "$bad/$file" "$offset" $((offset % 7))
        rejects "$file with a bit of byte $offset flipped" "$bad"
        cp "$good/$file" "$bad/$file"
    done
    case $file in
    # Kept checkpoints may be pruned, and each proof stands alone.
    ledger/checkpoints/* | *.tlog-proof) ;;
    *)
        rm "$bad/$file"
        rejects "a log without $file" "$bad"
        cp "$good/$file" "$bad/$file"
        ;;
    esac
done
cp "$good/ledger/tile/0/000" "$bad/ledger/tile/0/002"
rejects "a tile too many" "$bad"
rm "$bad/ledger/tile/0/002"
cp "$good/proofs/0.entry" "$bad/proofs/299.entry"
rejects "a proof with another entry" "$bad"
cp "$good/proofs/299.entry" "$bad/proofs/299.entry"
accepts "the copy when all is put back" "$bad"

other=$work/other
make_log "$other" 5 256 300
cp "$other/log.vkey" "$bad/log.vkey"
rejects "a log signed by another key" "$bad"

# A witness that others wrote.
witness=${LITEWITNESS:-$(command -v litewitness || true)}
if [ -z "$witness" ] && [ "${1:-}" = --long ]; then
    if GOBIN="$work" go install filippo.io/torchwood/cmd/litewitness@v0.6.1; then witness=$work/litewitness; fi
fi

# soon COMMAND: waits for it to succeed, for ten seconds at most.
soon() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.5
    done
    return 1
}

# signed SIZE: whether the foreign witness has signed the node's checkpoint of this size.
signed() {
    grep -q '^— witness.example/w1 ' "$work/node/witnessed/$1"
}

by_foreign_witness() {
    built
    export ENTENTE_PASSPHRASE="for a test" ENTENTE_HEADS="$work/heads"
    ssh-keygen -q -t ed25519 -N '' -f "$work/w.key"
    ssh-agent -a "$work/w.sock" >"$work/agent"
    agent=$(sed -n 's/.*SSH_AGENT_PID=\([0-9]*\).*/\1/p' "$work/agent")
    SSH_AUTH_SOCK="$work/w.sock" ssh-add -q "$work/w.key"
    "$witness" -db "$work/w.db" -name witness.example/w1 -key "$(ssh-keygen -lf "$work/w.key.pub" | cut -d' ' -f2)" \
        -ssh-agent "$work/w.sock" -listen 127.0.0.1:17380 >"$work/w.log" 2>&1 &
    running=$!
    soon grep -q listening "$work/w.log"
    "$entente" --data "$work/node" init --party USA.SVC --work-factor 2 >/dev/null
    # The log's own key bears the log's name there.
    origin=$(cat "$work/node/origin")
    key=$("$entente" --data "$work/node" party export 2>/dev/null | sed -n 's/.*"\(USA.SVC+[^"]*\)".*/\1/p' | head -n 1)
    key=$(printf '%s' "$key" | cut -d+ -f3-)
    id=$({ printf '%s\n' "$origin"; printf '%s' "$key" | base64 -d; } | sha256sum | cut -c1-8)
    sqlite3 "$work/w.db" "INSERT INTO log(origin,tree_size,tree_hash) VALUES('$origin',0,'47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
        INSERT INTO key(origin,key) VALUES('$origin','$origin+$id+$key');"
    printf 'listen = "127.0.0.1:0"\npublish_seconds = 1\n[witnesses."witness.example/w1"]\naddress = "http://127.0.0.1:17380"\nkey = "%s"\n' \
        "$(sed -n 's/.*vkey=\([^ ]*\).*/\1/p' "$work/w.log")" >"$work/node/serve.toml"
    "$entente" --json --data "$work/node" serve >"$work/serve.log" 2>&1 &
    serving=$!
    if soon signed 1; then pass "a foreign witness signs a new log"; else fail "a foreign witness does not sign a new log"; fi
    "$entente" --data "$work/node" party add FRA >/dev/null 2>&1
    if soon signed 2; then pass "and what continues it"; else fail "a foreign witness does not sign what continues the log"; fi
    kill "$serving" "$running" "$agent"
}

if [ -n "$witness" ] && command -v ssh-agent >/dev/null && command -v sqlite3 >/dev/null; then
    by_foreign_witness
else
    echo "not run: signatures of a foreign witness (litewitness, with ssh-agent and sqlite3; --long installs it)"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
