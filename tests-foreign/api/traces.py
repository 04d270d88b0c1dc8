"""A node's traces, read with the classes that the OpenTelemetry project makes of its own definitions: what is in them, and what must not be.
Run by run-api.sh, in a folder where USA.SVC and GBR.CAB know each other.

Usage: traces.py ENTENTE
"""

import http.server
import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from common import ENTENTE, PASSED, check, entente, serving

HIDDEN = [b"SVC-2026", b"GBR", b"USA", b"tracer", b"plot", b"127.0.0.1", b"localhost"]
TRACE = "0af7651916cd43dd8448eb211c80319c"


class Collector(http.server.BaseHTTPRequestHandler):
    seen = []
    status = 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        Collector.seen.append((self.path, dict(self.headers.items()), body))
        self.send_response(Collector.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def ask(url, token, path, method="GET", headers={}):
    request = urllib.request.Request(url + path, method=method, headers={"authorization": f"Bearer {token}", **headers})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def served(asked):
    """Serves, asks, and stops: what is left is sent at the end."""
    if os.path.exists("traces.log"):
        os.remove("traces.log")
    node, url = serving("USA.SVC", "traces.log", "--listen", "127.0.0.1:0")
    asked(url)
    node.send_signal(signal.SIGTERM)
    status, log = node.wait(timeout=30), open("traces.log").read()
    check("it stops cleanly", status == 0, log)
    return log


def values(attributes):
    return {one.key: one.value.string_value or one.value.int_value for one in attributes}


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open("USA.SVC/collector.token", "w") as file:
        file.write("a token for traces\n")
    settings = f'''[traces]
collector = "http://127.0.0.1:{server.server_port}"
token = "collector.token"
service = "entente-test"
'''
    with open("USA.SVC/serve.toml", "w") as file:
        file.write('trusted_proxies = ["127.0.0.1"]\n' + settings)
    entente("USA.SVC", "person", "add", "USA.SVC/tracer", "--role", "analyst")
    token = json.loads(entente("USA.SVC", "account", "token", "USA.SVC/tracer", "--name", "traces", "--scope", "read"))["token"]
    report = "/api/v1/reports/SVC-2026-0412"

    def asked(url):
        above = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "x-forwarded-for": "192.0.2.7"}
        ask(url, token, report, headers=above)
        ask(url, token, report)
        ask(url, token, "/no/such/SVC-2026-0412", method="SVC-2026-0412")
        ask(url, token, "/health")

    served(asked)
    check("spans are sent", Collector.seen)
    spans = []
    for path, headers, body in Collector.seen:
        check("where OTLP is sent", path == "/v1/traces" and headers["content-type"] == "application/x-protobuf", (path, headers))
        check("the token is shown", headers.get("authorization") == "Bearer a token for traces", headers)
        check("no name is in them", not any(word in body for word in HIDDEN), body)
        told = ExportTraceServiceRequest.FromString(body)
        for resource in told.resource_spans:
            check("the service", values(resource.resource.attributes)["service.name"] == "entente-test", resource)
            spans.extend(span for scope in resource.scope_spans for span in scope.spans)
    answers = [span for span in spans if span.kind == span.SPAN_KIND_SERVER]
    names = [span.name for span in answers]
    check("a span for each request, by its pattern", names.count("GET /api/v1/reports/{id}") == 2, names)
    check("what somebody made up is not repeated", "_OTHER (none)" in names, names)
    check("instruments are not traced", not any("/health" in name for name in names), names)
    below = [span for span in answers if span.trace_id.hex() == TRACE]
    check("below the proxy's span", len(below) == 1 and below[0].parent_span_id.hex() == "b7ad6b7169203331", below)
    seen = values(below[0].attributes)
    check("what was answered", seen["http.response.status_code"] in (200, 403, 404) and seen["http.request.method"] == "GET", seen)
    work = [span for span in spans if span.trace_id.hex() == TRACE and span.parent_span_id == below[0].span_id]
    check("what it took", work and all(span.end_time_unix_nano >= span.start_time_unix_nano for span in work), spans)

    # From anybody else, nobody's trace is gone on with.
    Collector.seen.clear()
    with open("USA.SVC/serve.toml", "w") as file:
        file.write(settings)
    served(lambda url: ask(url, token, report, headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}))
    check("a stranger's trace is not gone on with", bytes.fromhex(TRACE) not in b"".join(body for *_, body in Collector.seen))

    # A collector that takes nothing: the node answers, and says so once.
    Collector.status = 503
    statuses = []

    def refused(url):
        statuses.append(ask(url, token, report))
        time.sleep(1.5)
        statuses.append(ask(url, token, report))

    log = served(refused)
    check("the node answers all the same", len(set(statuses)) == 1 and statuses[0] < 500, statuses)
    check("it says once that traces were not taken", log.count("traces were not taken") == 1, log)
    server.shutdown()
    server.server_close()
    log = served(lambda url: ask(url, token, report))
    check("or that nobody listens there", log.count("traces were not taken") == 1, log)

    # What could be read on the way is not sent.
    for line in ['collector = "http://collector.example:4318"', 'collector = "file:///tmp/x"', f'collector = "http://127.0.0.1:1"\npercent = 101']:
        with open("USA.SVC/serve.toml", "w") as file:
            file.write(f"[traces]\n{line}\n")
        done = subprocess.run([ENTENTE, "--data", "USA.SVC", "serve", "--check"], capture_output=True, text=True)
        check(f"{line} is refused", done.returncode != 0 and "traces." in done.stderr, done.stderr)
    os.remove("USA.SVC/serve.toml")
    print(f"{len(PASSED)} passed, 0 failed")


main()
