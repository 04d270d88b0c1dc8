"""Gives made-up questions the names of things that are there, half of the time, so that they come further than the door."""

import schemathesis

# A credential travels as text.
schemathesis.serializer.alias("application/dc+sd-jwt", "text/plain")

KNOWN = {
    "report": "SVC-2026-0412",
    "reports": ["SVC-2026-0412"],
    "portions": ["plot"],
    "portion": "plot",
    "people": ["CHL/foreign-minister"],
    "to": "USA.SVC",
    "party": "USA.SVC",
    "purpose": "threat-warning",
    "person": "GBR.CAB/everything",
    "by": "GBR.CAB/everything",
    "authority": "GBR.CAB/everything",
    "speaker": "GBR.CAB/everything",
    "arrangement": "GBR-USA-2024",
    "mark": "(S//REL TO USA, GBR)",
    "until": "2099-12-31",
    "as": "stix",
    "reason": "a reason",
    "note": "a note",
    "title": "A title",
    "text": "---\nid: CAB-77\n---\n(S//NF) A text of our own. {#one}\n",
    "route": "said",
}


def bare(value):
    """Whether this body keeps only the names that are known here, so that nothing else in it is refused."""
    return sum(repr(value).encode()) % 4 == 0


def named(value):
    """Whether this body is one of those that name what is there: always the same for the same body."""
    return sum(repr(value).encode()) % 2 == 0


@schemathesis.hook
def map_body(context, body):
    if not isinstance(body, dict) or not named(body):
        return body
    if bare(body):
        return {name: KNOWN[name] for name in body if name in KNOWN}
    return {name: KNOWN[name] if name in KNOWN and type(value) is type(KNOWN[name]) else value for name, value in body.items()}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if path_parameters and "id" in path_parameters and named(path_parameters):
        return {**path_parameters, "id": KNOWN["report"]}
    return path_parameters
