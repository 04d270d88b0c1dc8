"""What the entente binary writes for the record of others, read by others' libraries: policies by pyld and rdflib, receipts by
scitt-cose; and what it believes of credentials that sd-jwt issues. Called by run-exchange.sh, in a folder of its own; ends with 1 when a check failed."""

import base64
import json
import subprocess
import sys
import time
import urllib.request
import zlib

import cbor2
import pyld
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, ODRL2, RDF, XSD
from scitt_cose import verify_receipt
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer

from common import ENTENTE, check, end, entente

PROFILE = "urn:entente:odrl:1#"
# Policies. Nothing is asked of the network to read them.
def nobody(url, options):
    raise RuntimeError(f"{url} was asked for")


pyld.jsonld.set_document_loader(nobody)
odrl = {str(ODRL2[name]) for name in ODRL2.__annotations__ if not name.startswith("_")}
context = json.loads(entente("--data", "GBR.CAB", "--json", "consent", "export", "--for", "GBR.CAB"))["document"]["@context"]


def words(value):
    """Every name of a field in a document."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "@context":
                yield name
                yield from words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words(inner)


def graph_of(document):
    graph = rdflib.Graph()
    graph.parse(data=json.dumps(document), format="json-ld")
    return graph


def policies(what, document):
    """Checks a document of policies against the vocabulary, and gives its graph."""
    lost = {name for name in words(document) if not name.startswith("@") and name not in context}
    check(f"{what}: no word is lost: {lost}", not lost)
    graph = graph_of(document)
    nquads = pyld.jsonld.to_rdf(document, {"format": "application/n-quads"})
    other = rdflib.Graph()
    other.parse(data=nquads, format="nquads")
    check(f"{what}: both libraries read the same", isomorphic(graph, other))
    used = {str(term) for triple in graph for term in triple if str(term).startswith((str(ODRL2), PROFILE))}
    unknown = {term for term in used if not term.startswith(PROFILE) and term not in odrl}
    check(f"{what}: every word of ODRL is one: {unknown}", not unknown)
    undefined = {term for term in used if term.startswith(PROFILE) and not list(PROFILE_GRAPH.objects(rdflib.URIRef(term)))}
    check(f"{what}: every word of the profile is defined: {undefined}", not undefined)
    for policy in graph.subjects(RDF.type, ODRL2.Agreement):
        check(f"{what}: {policy} has assigner and assignee", graph.value(policy, ODRL2.assigner) and graph.value(policy, ODRL2.assignee))
        check(f"{what}: {policy} names the profile", str(graph.value(policy, ODRL2.profile)) == PROFILE[:-1])
        check(f"{what}: {policy} has a target", graph.value(policy, ODRL2.target))
        rules = [rule for kind in (ODRL2.permission, ODRL2.prohibition) for rule in graph.objects(policy, kind)]
        check(f"{what}: {policy} has a rule", rules)
        issued = graph.value(policy, DCTERMS.issued)
        check(f"{what}: {policy} was issued", issued is not None and issued.datatype == XSD.dateTime and not issued.ill_typed)
    for rule in graph.objects(None, ODRL2.permission):
        asked = [graph.value(one, ODRL2.leftOperand) for one in graph.objects(rule, ODRL2.constraint)]
        check(f"{what}: each permission asks for a decision", rdflib.URIRef(PROFILE + "decision") in asked)
    for kind in (ODRL2.permission, ODRL2.prohibition, ODRL2.duty, ODRL2.obligation):
        for rule in graph.objects(None, kind):
            check(f"{what}: each rule has one action", len(list(graph.objects(rule, ODRL2.action))) == 1)
    for one in graph.objects(None, ODRL2.constraint):
        sides = [list(graph.objects(one, side)) for side in (ODRL2.leftOperand, ODRL2.operator, ODRL2.rightOperand)]
        check(f"{what}: each constraint has its three parts", len(sides[0]) == len(sides[1]) == 1 and sides[2])
    for literal in graph.objects(None, ODRL2.rightOperand):
        check(f"{what}: {literal} is what it says", not isinstance(literal, rdflib.Literal) or not literal.ill_typed)
    return graph


served = json.loads(urllib.request.urlopen(f"{sys.argv[1]}/odrl/1.jsonld").read())
PROFILE_GRAPH = graph_of(served)
strange = {str(term) for triple in PROFILE_GRAPH for term in triple if str(term).startswith(str(ODRL2))} - odrl
check(f"the profile names words of ODRL: {strange}", not strange)
actions = set(PROFILE_GRAPH.subjects(RDF.type, ODRL2.Action))
check("it has actions, each part of use", actions and all((action, ODRL2.includedIn, ODRL2.use) in PROFILE_GRAPH for action in actions))
check("the context that is served is the one in the files", served["@context"] == context)

terms = json.loads(entente("--data", "USA.SVC", "arrangement", "export", "GBR-USA-2024", "--for", "GBR.CAB"))
graph = policies("the arrangement", terms)
members = set(graph.subjects(ODRL2.partOf, rdflib.URIRef("urn:entente:arrangement:GBR-USA-2024/parties")))
check("its parties are members", {str(member) for member in members} == {"urn:entente:party:GBR.CAB", "urn:entente:party:USA.SVC"})
consenting = {str(party) for party in graph.objects(None, ODRL2.consentingParty)}
check("originators consent", consenting == {PROFILE + "originators"})
entente("--data", "USA.SVC", "arrangement", "suspend", "GBR-USA-2024", "--reason", "a review")
stopped = json.loads(entente("--data", "USA.SVC", "arrangement", "export", "GBR-USA-2024", "--for", "GBR.CAB"))
graph = policies("the arrangement, suspended", stopped)
check("nothing is permitted", not list(graph.objects(None, ODRL2.permission)))
entente("--data", "USA.SVC", "arrangement", "resume", "GBR-USA-2024")
entente("--data", "USA.SVC", "release", "SVC-2026-0412", "--portions", "advice", "--to", "CHL/foreign-minister", "--for", "threat-warning", "--condition", "orally only")
consents = json.loads(entente("--data", "USA.SVC", "consent", "export", "--for", "USA.SVC"))
graph = policies("consents", consents)
conditions = {str(text) for text in graph.objects(None, rdflib.URIRef(PROFILE + "condition"))}
check(f"a condition is a duty: {conditions}", conditions == {"orally only"})

# Receipts.
entente("--data", "USA.SVC", "ledger", "publish")
key = entente("--data", "USA.SVC", "party", "export", "--as", "pem")
other_key = entente("--data", "GBR.CAB", "party", "export", "--as", "pem")


def receipt(event):
    value = json.loads(entente("--data", "USA.SVC", "--json", "ledger", "prove", str(event), "--as", "cose"))
    return base64.b64decode(value["receipt"]), value["entry"].encode().hex()


def verified(made, entry, by=key):
    return verify_receipt(made, leaf_entry_hex=entry, log_public_key_pem=by)


receipts = {event: receipt(event) for event in (1, 2, 3, 5)}
for event, (made, entry) in receipts.items():
    result = verified(made, entry)
    check(f"the receipt for event {event}: {result.errors}", result.ok and result.leaf_index == event - 1)
    check("it says what it is about", result.subject == f"event {event}" and result.issuer.startswith("USA.SVC"))
    check("and by which key", result.protected_header_ext[4].startswith(b"USA.SVC+"))
made, entry = receipts[3]
check("another entry is refused", not verified(made, receipts[2][1]).ok)
check("another key is refused", not verified(made, entry, other_key).ok)
good = verified(made, entry)
survived = []
for place in range(len(made)):
    for bit in (1, 0x10, 0x80):
        changed = bytearray(made)
        changed[place] ^= bit
        result = verified(bytes(changed), entry)
        # RFC 9942 leaves the size unsigned: another one under which the path leads to the same root proves the same.
        size_only = result.root == good.root and result.leaf_index == good.leaf_index and result.tree_size != good.tree_size
        if result.ok and not size_only:
            survived.append((place, bit))
check(f"no changed bit is taken: {survived}", not survived)
check("nor half of it", not verified(made[: len(made) // 2], entry).ok)
protected, unprotected, payload, signature = cbor2.loads(made).value
headers = dict(cbor2.loads(protected))


def rebuilt(headers, unprotected, payload=None):
    return cbor2.dumps(cbor2.CBORTag(18, [cbor2.dumps(headers), dict(unprotected), payload, signature]))


check("built again it is the same", verified(cbor2.dumps(cbor2.CBORTag(18, [protected, dict(unprotected), payload, signature])), entry).ok)
check("another algorithm is refused", not verified(rebuilt({**headers, 1: -7}, unprotected), entry).ok)
check("another tree is refused", not verified(rebuilt({**headers, 395: 2}, unprotected), entry).ok)
elsewhere = cbor2.loads(receipts[2][0]).value[1]
check("the path of another entry is refused", not verified(rebuilt(headers, elsewhere), entry).ok)
check("a root that is brought along is refused", not verified(rebuilt(headers, unprotected, bytes(32)), entry).ok)
size, index, path = cbor2.loads(dict(unprotected[396])[-1][0])
longer = {396: {-1: [cbor2.dumps([size * 4, index, list(path)])]}}
check("a size to which the path does not fit is refused", not verified(rebuilt(headers, longer), entry).ok)

# Credentials.
ISSUER, LIST = "https://ministry.example", "https://ministry.example/lists/1"
now = int(time.time())


def token(key, alg, typ, payload):
    made = JWS(json.dumps(payload))
    made.add_signature(key, alg=alg, protected=json.dumps({"alg": alg, "typ": typ}))
    return made.serialize(compact=True)


def published(key, alg, revoked=()):
    """A list of the status of 64 credentials, of which these were taken back."""
    bits = bytearray(8)
    for index in revoked:
        bits[index // 8] |= 1 << (index % 8)
    lst = base64.urlsafe_b64encode(zlib.compress(bytes(bits), 9)).rstrip(b"=").decode()
    claims = {"sub": LIST, "iat": now, "exp": now + 3600, "status_list": {"bits": 1, "lst": lst}}
    open("GBR.CAB/list.jwt", "w").write(token(key, alg, "statuslist+jwt", claims))


def issued(key, alg, name, holder=None, **more):
    """A credential of which the holder discloses what they like."""
    claims = {
        "iss": ISSUER, "vct": "clearance", "iat": now, "exp": now + 86400, "status": {"status_list": {"idx": 13, "uri": LIST}},
        SDObj("sub"): f"CHL/{name}", SDObj("name"): "an envoy", "citizenships": [SDObj("CHL"), SDObj("GBR")],
        SDObj("clearances"): {SDObj("us-ic"): "TS"}, SDObj("accesses"): ["SI"], **more,
    }
    return SDJWTIssuer(
        user_claims=claims, issuer_key=key, holder_key=holder, sign_alg=alg, add_decoy_claims=True,
        extra_header_parameters={"typ": "dc+sd-jwt"},
    ).sd_jwt_issuance


def taken(text, *more):
    open("credential.sd-jwt", "w").write(text)
    done = subprocess.run(
        [ENTENTE, "--data", "GBR.CAB", "--json", "person", "add", "--credential", "credential.sd-jwt", *more],
        capture_output=True, text=True,
    )
    return json.loads(done.stdout)[0] if done.returncode == 0 else f"{done.returncode}: {done.stderr}"


entente("--data", "GBR.CAB", "party", "add", "CHL")
pins = f"""[issuers."{ISSUER}"]
keys = "ministry.jwk"
types = ["clearance"]
parties = ["CHL"]
schemes = ["us-ic"]
[issuers."{ISSUER}".status]
"{LIST}" = "list.jwt"
"""
open("GBR.CAB/serve.toml", "w").write(pins)
kinds = [("ES256", {"kty": "EC", "crv": "P-256"}), ("EdDSA", {"kty": "OKP", "crv": "Ed25519"})]
for alg, kind in kinds:
    key = JWK.generate(**kind)
    open("GBR.CAB/ministry.jwk", "w").write(key.export_public())
    published(key, alg)
    whole = issued(key, alg, f"envoy-{alg.lower()}")
    person = taken(whole)
    check(f"{alg}: a credential of sd-jwt is taken: {person}", isinstance(person, dict) and person["clearances"]["us-ic"]["name"] == "TOP SECRET")
    check(f"{alg}: with what is disclosed in it", person["citizenships"] == ["CHL", "GBR"] and person["accesses"] == ["us-ic/sci/SI"])
    holder = SDJWTHolder(whole)
    holder.create_presentation({"sub": True, "clearances": {"us-ic": True}})
    person = taken(holder.sd_jwt_presentation)
    check(f"{alg}: less where less is presented: {person}", person["citizenships"] == [] and person["accesses"] == [])
    check(f"{alg}: and not without a name", "whom it is about" in taken(whole.split("~")[0] + "~"))
    parts = whole.split("~")
    stray = issued(key, alg, "other").split("~")[1]
    check(f"{alg}: a disclosure of another credential is refused", "did not sign for" in taken("~".join([*parts[:-1], stray, ""])))
    forged = JWK.generate(**kind)
    check(f"{alg}: another key is refused", "none of the pinned keys" in taken(issued(forged, alg, "forged")))
    check(f"{alg}: a claim that is not understood is refused", "restrictions" in taken(issued(key, alg, "x", restrictions="Mondays")))
    published(key, alg, revoked=[13])
    check(f"{alg}: one that was taken back is refused", "took it back" in taken(whole))
    published(key, alg, revoked=[12, 14])
    check(f"{alg}: others that were taken back say nothing of it", isinstance(taken(whole), dict))
    published(forged, alg)
    check(f"{alg}: a list of somebody else is none", "signed the status list" in taken(whole))
    published(key, alg)
    own = JWK.generate(kty="EC", crv="P-256")
    bound = issued(key, alg, "bound", holder=own)
    check(f"{alg}: one that belongs to a key is not taken without it", "does not show that this is them" in taken(bound))
    for nonce, good in [("gate 4", True), ("gate 5", False)]:
        holder = SDJWTHolder(bound)
        holder.create_presentation({"sub": True}, nonce, "GBR.CAB", own, sign_alg="ES256")
        person = taken(holder.sd_jwt_presentation, "--nonce", "gate 4")
        check(f"{alg}: with it, for {nonce}: {person}", isinstance(person, dict) == good)
    survived = []
    text = whole.split("~")[0]
    for place in range(0, len(text), 23):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        if isinstance(taken("~".join([changed, *parts[1:]])), dict):
            survived.append(place)
    check(f"{alg}: no changed letter is taken: {survived}", not survived)

end()
