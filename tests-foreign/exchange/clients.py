"""Other people's clients read what the entente binary writes, and write what it takes in: stix2, stix2-validator, pymisp,
misp-stix, taxii2-client. Called by run-exchange.sh, in a folder of its own; ends with 1 when a check failed."""

import json
import sys
import warnings

import stix2
from misp_stix_converter import ExternalSTIX2toMISPParser, MISPtoSTIX21Parser
from pymisp import MISPEvent
from stix2validator import ValidationOptions, validate_file
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

from common import check, end, entente

warnings.filterwarnings("ignore")
URL, WRITER, READER = sys.argv[1:4]


def marks(report):
    shown = json.loads(entente("--data", "GBR.CAB", "--json", "report", "show", report))
    return {portion["id"]: portion["mark"] for portion in shown["portions"]}


# What we write is STIX, and says at least TLP:RED to whoever knows nothing else.
result = validate_file("out.stix", ValidationOptions(version="2.1"))
check(f"stix2-validator: {result}", result.is_valid)
bundle = stix2.parse(open("out.stix").read(), allow_custom=False)
notes = [one for one in bundle.objects if one.type == "note"]
check("five notes", len(notes) == 5)
red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
check("every note is TLP:RED for others", all(red in note.object_marking_refs for note in notes))

# What stix2 writes comes in, and comes back as it was.
who = stix2.Identity(name="CERT Example", identity_class="organization")
seen = stix2.Indicator(
    created_by_ref=who, name="A server", pattern="[ipv4-addr:value = '203.0.113.7']", pattern_type="stix",
    valid_from="2026-01-01T00:00:00Z", object_marking_refs=stix2.TLP_GREEN, labels=["a", "b"], confidence=40,
)
report = stix2.Report(
    created_by_ref=who, name="From stix2", published="2026-01-01T00:00:00Z", description="One.\n\nTwo.",
    object_refs=[seen], object_marking_refs=stix2.TLP_AMBER, report_types=["campaign"],
    granular_markings=[{"marking_ref": stix2.TLP_RED.id, "selectors": ["description"]}],
)
open("from-stix2.json", "w").write(stix2.Bundle(who, seen, report).serialize())
taken = json.loads(entente("--data", "GBR.CAB", "--json", "import", "from-stix2.json"))
own = taken[0]["reports"][0]["id"]
found = marks(own)
check(f"marks of stix2's report: {found}", found["p1"] == "(TLP:RED)" and found[seen.id] == "(TLP:GREEN)")
entente("--data", "GBR.CAB", "export", own, "--as", "stix", "--for", "GBR.CAB/reader", "-o", "back.stix")
back = stix2.parse(open("back.stix").read(), allow_custom=True)
again = next(one for one in back.objects if one.id == seen.id)
untouched = json.loads(seen.serialize())
returned = json.loads(again.serialize())
refs = returned.pop("object_marking_refs")
check("an indicator comes back untouched", {**untouched, "object_marking_refs": refs} == {**returned, "object_marking_refs": refs})
check("and no less marked", set(untouched["object_marking_refs"]) <= set(refs))

# What we write is a MISP event, and what pymisp writes comes in.
event = MISPEvent()
event.load_file("out.misp")
check("pymisp reads the event", event.info == "Planned attack on a passenger ferry" and str(event.distribution) == "0")
check("with its portions", sum(one.name == "entente-portion" for one in event.objects) == 5)
made = MISPEvent()
made.from_dict(info="From pymisp", date="2026-01-02", distribution=1, Orgc={"name": "CERT Example", "uuid": "5a3c6a2e-0000-4000-8000-00000000000a"})
made.add_tag("tlp:amber")
attribute = made.add_attribute("domain", "a.example", distribution=0)
attribute.add_tag("PAP:RED")
made.add_attribute("ip-dst", "203.0.113.9")
open("from-pymisp.json", "w").write(json.dumps({"Event": json.loads(made.to_json())}))
taken = json.loads(entente("--data", "GBR.CAB", "--json", "import", "from-pymisp.json"))
found = marks(taken[0]["reports"][0]["id"])
check(f"marks of pymisp's event: {found}", found[attribute.uuid] == "(TLP:AMBER+STRICT) (PAP:RED)")
check("a mark of the event holds for the rest", "(TLP:AMBER)" in found.values())

# misp-stix converts ours both ways, and nothing gets more open through it.
parser = MISPtoSTIX21Parser()
parser.parse_misp_event(event)
check(f"misp-stix from MISP: {parser.errors}", not parser.errors)
open("via-stix.json", "w").write(parser.bundle.serialize())
parser = ExternalSTIX2toMISPParser()
parser.load_stix_bundle(stix2.parse(open("out.stix").read(), allow_custom=True))
parser.parse_stix_bundle()
check(f"misp-stix to MISP: {parser.errors}", not parser.errors)
converted = parser.misp_event[0] if isinstance(parser.misp_event, list) else parser.misp_event
open("via-misp.json", "w").write(converted.to_json())
for file in ["via-stix.json", "via-misp.json"]:
    taken = json.loads(entente("--data", "GBR.CAB", "--json", "import", file))
    for one in taken[0]["reports"]:
        open_marks = [mark for mark in marks(one["id"]).values() if "CLEAR" in mark or "GREEN" in mark]
        check(f"{file} through misp-stix is not open: {open_marks}", not open_marks)

# A TAXII client and stix2's sink and source, unmodified.
server = Server(URL + "/taxii2/", user="x", password=WRITER)
root = server.api_roots[0]
check("one root", len(server.api_roots) == 1 and root.max_content_length > 0)
collection = next(one for one in root.collections if one.title == "The arrangement")
check("it can be written", collection.can_write and collection.can_read)
sink = stix2.TAXIICollectionSink(collection)
sink.add([who, seen, report])
check("a status adds up", collection.add_objects(json.loads(stix2.Bundle(who, seen).serialize())).status == "complete")
source = stix2.TAXIICollectionSource(collection)
check("the source gets it", source.get(seen.id).pattern == seen.pattern)
check("and nothing for what is not there", source.get("indicator--00000000-0000-4000-8000-000000000001") is None)
check("and finds it", len(source.query([stix2.Filter("type", "=", "indicator")])) == 1)
pages = list(as_pages(collection.get_objects, per_request=1))
one_by_one = [one["id"] for page in pages for one in page.get("objects", [])]
check("page by page each once", len(one_by_one) == len(set(one_by_one)) and seen.id in one_by_one)
check("the manifest is as long", len(collection.get_manifest()["objects"]) == len(one_by_one))
theirs = Server(URL + "/taxii2/", user="x", password=READER).api_roots[0].collections
theirs = [one for one in theirs if one.title == "The arrangement"]
check("a reader reads and does not write", theirs and not theirs[0].can_write and theirs[0].get_object(seen.id)["objects"])

end()
