#!/bin/sh
# Has other people's clients read what the entente binary writes, and write what it takes in: stix2, stix2-validator, pymisp,
# misp-stix and taxii2-client from PyPI, and the CSAF validator of the Secvisogram project from npm. Policies (ODRL) are read by PyLD and
# rdflib, receipts of the ledger (COSE) by scitt-cose, and credentials about people are issued by sd-jwt.
#
# Needs cargo; installs Debian's Python and npm, and the packages, if they are missing. Ends with 1 when a check failed.
set -eu
cd "$(dirname "$0")/.."

. tests-foreign/common.sh
need python3 python3
need npm npm
python3 -c 'import ensurepip' 2>/dev/null || debian python3-venv

built
tools=${ENTENTE_TOOLS:-$PWD/target/tools}/exchange
mkdir -p "$tools"
[ -x "$tools/venv/bin/python" ] || python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet --disable-pip-version-check -r tests-foreign/exchange/requirements.txt
cp tests-foreign/exchange/* "$tools"
(cd "$tools" && npm install --silent --no-audit --no-fund --ignore-scripts)

work=$(mktemp -d)
served=
end() {
    [ -z "$served" ] || { kill "$served" 2>/dev/null || true; wait "$served" 2>/dev/null || true; }
    rm -rf "$work"
}
trap end EXIT
cp examples/ferry/*.* "$work"
cd "$work"
export ENTENTE_PASSPHRASE=test ENTENTE_HEADS="$work/heads" ENTENTE_OUT="$work/post"
give() { "$entente" --data "$@" >/dev/null 2>&1 || { echo "FAILED: entente --data $*"; exit 1; }; }
for party in USA.SVC GBR.CAB; do
    give $party init --party $party --work-factor 2
    "$entente" --data $party party export >$party.keys
done
give USA.SVC party add GBR.CAB --keys GBR.CAB.keys
give GBR.CAB party add USA.SVC --keys USA.SVC.keys
give USA.SVC arrangement add arrangement.json
give USA.SVC report add report.md
for form in stix misp csaf; do
    give USA.SVC export SVC-2026-0412 --as $form --for GBR.CAB -o out.$form
done
cat >terms.json <<'TERMS'
{"id": "ISAC-1", "title": "The arrangement", "parties": ["GBR.CAB", "USA.SVC"], "onward": "members"}
TERMS
give GBR.CAB arrangement add terms.json
give GBR.CAB person add GBR.CAB/writer --role analyst
give GBR.CAB person add GBR.CAB/reader --role analyst
token() { "$entente" --json --data GBR.CAB account token GBR.CAB/$1 --name $1 --scope $2 | sed -n 's/.*"token": *"\([^"]*\)".*/\1/p'; }
writer=$(token writer act)
reader=$(token reader read)
"$entente" --json --data GBR.CAB serve --listen 127.0.0.1:0 >said 2>errors &
served=$!
said '"url"' said errors "$served"
url=$(sed -n 's/.*"url": *"\([^"]*\)".*/\1/p' said)

status=0
ENTENTE="$entente" "$tools/venv/bin/python" "$tools/clients.py" "$url" "$writer" "$reader" || status=1
ENTENTE="$entente" "$tools/venv/bin/python" "$tools/record.py" "$url" || status=1
node "$tools/csaf.mjs" "$work/out.csaf" || status=1
exit $status
