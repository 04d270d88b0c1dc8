#!/bin/bash
# Two nodes as two machines, with a cable between them (network namespaces of Linux, unprivileged): the cable is cut and becomes slow,
# either node is killed in the middle of a message, either disk is full. Afterwards everything has arrived, once, and both ledgers say the same.
#
# Needs cargo, Python and unshare; installs Debian's iproute2 if it is missing. Ends with 1 when a check failed. Says "not run" where the
# kernel lets nobody make namespaces.
set -eu
cd "$(dirname "$0")/.."
. tests-foreign/common.sh

if [ "${1:-}" != inside ]; then
    need ip iproute2
    built
    export entente
    if ! unshare -rnm ip link add one type veth peer name other 2>/dev/null; then
        echo "not run: two nodes in network namespaces (unshare -rnm is not allowed here, or there is no veth)"
        exit 0
    fi
    exec unshare -rnm tests-foreign/run-namespaces.sh inside
fi

work=$(mktemp -d)
usa=
gbr=
started=
far=
end() {
    for one in $usa $gbr $started $far; do kill -KILL "$one" 2>/dev/null || true; done
    umount -l "$work/USA.SVC" "$work/GBR.CAB" 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT
set +m
cp examples/ferry/*.* "$work"
cd "$work"
passed=0
check() { # WHAT COMMAND…
    what=$1
    shift
    if "$@" >said.check 2>&1; then
        passed=$((passed + 1))
        [ -z "${VERBOSE:-}" ] || echo "ok: $what"
    else
        echo "FAILED: $what"
        sed 's/^/    /' said.check
        tail -n 5 ./*.journal
        exit 1
    fi
}
refuses() { ! "$@"; }
until_so() { # SECONDS COMMAND…
    late=$(($(date +%s) + $1))
    shift
    until "$@"; do
        [ "$(date +%s)" -lt "$late" ] || return 1
        sleep 0.3
    done
}

# Two machines with a small disk each, and a cable.
unshare -n sleep infinity &
far=$!
disown "$far"
until_so 5 sh -c "[ \"\$(readlink /proc/$far/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]"
ip link add cable type veth peer name cable netns "$far"
ip addr add 10.77.0.1/24 dev cable
ip link set cable up
ip link set lo up
there() { nsenter -t "$far" -n -- "$@"; }
there ip addr add 10.77.0.2/24 dev cable
there ip link set cable up
there ip link set lo up
for party in USA.SVC GBR.CAB; do
    mkdir "$party"
    mount -t tmpfs -o size=48m,mode=700 tmpfs "$party"
done

export ENTENTE_PASSPHRASE=test ENTENTE_HEADS="$work/heads" ENTENTE_OUT="$work/post" ENTENTE_LOGIN="$work/nobody"
at() { "$entente" --data "$@"; }
give() { at "$@" >given 2>&1 || { cat given; echo "FAILED: entente --data $*"; exit 1; }; }
for pair in "USA.SVC 1" "GBR.CAB 2"; do
    set -- $pair
    give "$1" init --party "$1" --work-factor 2
    cat >"$1/serve.toml" <<TOML
listen = "10.77.0.$2:8420"
own_certificate_for = ["10.77.0.$2"]
publish_seconds = 1
[courier]
first_wait_seconds = 1
longest_wait_seconds = 2
piece_kib = 32
TOML
done
# starts PARTY WAY…: serves, by a way into its machine; $started is the process.
starts() {
    party=$1
    shift
    : >"$party.said"
    "$@" "$entente" --json --data "$party" serve >"$party.said" 2>>"$party.journal" &
    started=$!
    disown "$started"
    said '"url"' "$party.said" "$party.journal" "$started"
}
start_usa() { starts USA.SVC && usa=$started; }
start_gbr() { starts GBR.CAB nsenter -t "$far" -n -- && gbr=$started; }
stopped() { # PROCESS: told to stop, and gone.
    kill "$1"
    until_so 30 refuses kill -0 "$1" 2>/dev/null
}
# The first start makes the certificates that the invitations hand over.
start_usa
start_gbr
give USA.SVC partner invite --address https://10.77.0.1:8420 -o USA.SVC.invitation
give GBR.CAB partner invite --address https://10.77.0.2:8420 -o GBR.CAB.invitation
for pair in "USA.SVC GBR.CAB" "GBR.CAB USA.SVC"; do
    set -- $pair
    print=$(at "$1" partner accept "$2.invitation" 2>&1 | grep -oE -m 1 '([0-9A-F]{4} ){5}[0-9A-F]{4}' | head -n 1)
    give "$1" partner accept "$2.invitation" --fingerprint "$print"
    give "$1" arrangement add arrangement.json
done
give GBR.CAB person add --file persons.json
kill -HUP "$usa" "$gbr"

number=0
report() { # KIB: a report of so much text, delivered.
    number=$((number + 1))
    {
        printf -- '---\nid: N-%s\nscheme: us-ic\narrangements: [GBR-USA-2024]\n---\n' "$number"
        printf '(S//REL TO USA, GBR) Number %s. ' "$number"
        head -c $(($1 * 768)) /dev/urandom | base64 -w 76 | tr '+/=' 'abc' | tr '\n' ' '
        printf '\n'
    } >"n-$number.md"
    give USA.SVC report add "n-$number.md"
    give USA.SVC deliver "N-$number" --to GBR.CAB
}
count() { at GBR.CAB --json report list --limit 500 2>/dev/null | grep -o '"id": *"N-[0-9]*"' | sort | uniq -c | awk -v n="$1" '$1 != 1 { bad = 1 } END { exit !(NR == n && !bad) }'; }
confirmed() { at USA.SVC --json partner list 2>/dev/null | python3 -c 'import json, sys; said = json.load(sys.stdin); one = said[0]["standing"]; sys.exit(bool(one["unconfirmed"]) or one["waiting"] != 0)'; }
all_there() { until_so "$1" count "$number" && until_so 30 confirmed; }
answers() { # A command of its own party is not kept waiting by the cable.
    before=$(date +%s%N)
    at USA.SVC report list >/dev/null && [ $((($(date +%s%N) - before) / 1000000)) -lt 3000 ]
}
slow() { ip link set cable up && tc qdisc replace dev cable root tbf rate "$1" burst 16kb latency 500ms; }
fast() { tc qdisc del dev cable root; }

for _ in 1 2 3; do report 1; done
check "what is given arrives" all_there 30

for n in 1 2 3 4 5 6 7 8 9 10; do
    report 1
    [ "$n" != 4 ] || ip link set cable down
done
sleep 2
check "nothing arrives without a cable" refuses count "$number"
check "the node answers its own party without one" answers
ip link set cable up
check "and all of it once the cable is back" all_there 60

slow 400kbit
report 300
sleep 2
check "a slow partner keeps nobody else waiting" answers
check "a large message is still under way" refuses count "$number"
check "it arrives over a slow line" all_there 120

report 300
sleep 3
kill -KILL "$gbr"
sleep 1
start_gbr
check "a receiver that was killed in the middle has all of it" all_there 120

report 300
sleep 3
kill -KILL "$usa"
sleep 1
start_usa
check "and so when the sender was killed" all_there 120
fast

fill() { dd if=/dev/zero of="$1/filling" bs=64k 2>/dev/null || true; }
fill GBR.CAB
for _ in 1 2 3; do report 20; done
sleep 3
check "nothing is taken in by a node whose disk is full" refuses count "$number"
check "it answers its own party all the same" at GBR.CAB report list
rm GBR.CAB/filling
# What a disk failed to keep is not known for sure: a node writes again once it was started anew, and says so.
check "it says what to do" grep -q "see to the disk, then start again" GBR.CAB.journal
stopped "$gbr"
start_gbr
check "and takes it in when there is room" all_there 60

fill USA.SVC
printf -- '---\nid: LOST\nscheme: us-ic\n---\n(S//REL TO USA, GBR) %s\n' "$(head -c 60000 /dev/urandom | base64 -w 0)" >lost.md
check "what cannot be kept is refused" refuses at USA.SVC report add lost.md
check "and the node answers" at USA.SVC report list
rm USA.SVC/filling
stopped "$usa"
start_usa
give USA.SVC report add lost.md
report 1
check "and keeps what comes afterwards" all_there 60

check "both have the same on record" until_so 30 at USA.SVC ledger reconcile GBR.CAB
stopped "$usa"
stopped "$gbr"
usa=
gbr=
started=
for party in USA.SVC GBR.CAB; do
    check "$party's ledger verifies" at "$party" ledger verify
    check "$party's state is that of its events" at "$party" store check
done
echo "$passed passed, 0 failed"
