"""A node tells people that something waits for them: by mail, through a real server (aiosmtpd, over TLS, with a password), and by
a call that the library of Standard Webhooks verifies. Run by run-api.sh, in a folder where USA.SVC and GBR.CAB know each other.

Usage: notices.py ENTENTE
"""

import http.server
import json
import logging
import os
import re
import signal
import ssl
import subprocess
import threading
import time
import urllib.request
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from standardwebhooks import Webhook

from common import PASSED, check, entente, serving

# That a password goes over TLS is seen to by the socket.
warnings.filterwarnings("ignore", message="Requiring AUTH")
logging.getLogger("mail.log").setLevel(logging.ERROR)
HIDDEN = ["SVC-2026-0412", "GBR", "CHL", "request", "plot", "ferr"]


class Mails:
    def __init__(self):
        self.all = []

    async def handle_DATA(self, server, session, envelope):
        self.all.append((envelope.rcpt_tos, envelope.content.decode(), session.authenticated))
        return "250 taken"


def signs_in(server, session, envelope, mechanism, data):
    fits = isinstance(data, LoginPassword) and data.login == b"entente" and data.password == b"a password for mail"
    return AuthResult(success=fits)


class Calls(http.server.BaseHTTPRequestHandler):
    seen = []
    answers = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        status = Calls.answers.pop(0) if Calls.answers else 204
        Calls.seen.append((status, self.path, dict(self.headers.items()), body))
        self.send_response(status)
        if status == 302:
            self.send_header("location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def until(what, holds, seconds=30):
    end = time.time() + seconds
    while not holds():
        if time.time() > end:
            check(what, False, "waited in vain")
        time.sleep(0.05)
    PASSED.append(what)


def put(url, token, body):
    request = urllib.request.Request(
        f"{url}/api/v1/notices", method="PUT", data=json.dumps(body).encode(),
        headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def main():
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "mail.key", "-out", "mail.pem"],
        check=True, capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("mail.pem", "mail.key")
    mails = Mails()
    server = Controller(
        mails, hostname="localhost", port=0, ssl_context=context, authenticator=signs_in, auth_required=True, auth_require_tls=False,
    )
    # The port is chosen here: the controller cannot say which one it got.
    import socket
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server.port = free.getsockname()[1]
    server.start()
    calls = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Calls)
    threading.Thread(target=calls.serve_forever, daemon=True).start()
    with open("USA.SVC/mail.password", "w") as file:
        file.write("a password for mail\n")
    os.chmod("USA.SVC/mail.password", 0o600)
    with open("USA.SVC/serve.toml", "w") as file:
        file.write(f'''origin = "https://node.example"
[courier]
first_wait_seconds = 1
longest_wait_seconds = 2
[notices]
every_seconds = 1
hooks_inside = ["127.0.0.0/8"]
[notices.mail]
server = "smtps://localhost:{server.port}"
certificate = "{os.getcwd()}/mail.pem"
from = "Entente <entente@node.example>"
user = "entente"
password = "mail.password"
''')
    for name, role in [("hale", "disclosure-officer"), ("clerk", "analyst")]:
        entente("USA.SVC", "person", "add", f"USA.SVC/{name}", "--role", role)
    token = {
        name: json.loads(entente("USA.SVC", "account", "token", f"USA.SVC/{name}", "--name", f"notices {name}", "--scope", "act"))["token"]
        for name in ["hale", "clerk"]
    }
    node, url = serving("USA.SVC", "node.log", "--listen", "127.0.0.1:0")
    hook = f"http://127.0.0.1:{calls.server_port}/told"
    kinds = ["request-to-answer", "recall-to-follow"]
    for address in ["http://10.0.0.1/x", "http://169.254.169.254/latest", "http://[::1]:1/x", "file:///etc/passwd", "http://a b/"]:
        status, said = put(url, token["hale"], {"kinds": kinds, "webhook": address})
        check(f"{address} is refused", status == 400, said)
    status, said = put(url, token["hale"], {"kinds": kinds, "mail": "hale@svc.example", "webhook": hook})
    check("what somebody wishes is kept", status == 200 and said["secret"].startswith("whsec_"), said)
    secret = said["secret"]
    status, said = put(url, token["hale"], {"kinds": kinds, "mail": "hale@svc.example", "webhook": hook})
    check("the secret is said once", status == 200 and said["secret"] is None, said)
    put(url, token["clerk"], {"kinds": kinds, "mail": "clerk@svc.example"})
    Calls.answers.extend([500, 302])
    entente("GBR.CAB", "request", "open", "SVC-2026-0412", "--to", "CHL/foreign-minister", "--portions", "plot", "--purpose", "threat-warning")
    entente("GBR.CAB", "outbox", "send")
    entente("USA.SVC", "receive", *[f"post/{name}" for name in sorted(os.listdir("post")) if "USA" in name])
    until("the call is tried", lambda: len(Calls.seen) >= 1)
    # It stops without a word, and goes on where it was.
    node.send_signal(signal.SIGKILL)
    node.wait()
    node, url = serving("USA.SVC", "node.log", "--listen", "127.0.0.1:0")
    until("the call is tried until it is taken", lambda: any(status == 204 for status, *_ in Calls.seen))
    until("the mail arrives", lambda: mails.all)
    time.sleep(2.5)
    node.send_signal(signal.SIGTERM)
    node.wait()
    server.stop()
    check("nobody is followed elsewhere", all(path == "/told" for _, path, *_ in Calls.seen), Calls.seen)
    ids = {headers["webhook-id"] for _, _, headers, _ in Calls.seen}
    check("each try is the same notice", len(ids) == 1, Calls.seen)
    for _, _, headers, body in Calls.seen:
        told = Webhook(secret).verify(body, headers)
        check("a foreign library verifies each try", set(told) == {"type", "timestamp", "data"} and set(told["data"]) == {"id", "link"}, told)
        check("the link is the node's", re.fullmatch(r"https://node\.example/notices/[0-9a-f]{32}", told["data"]["link"]), told)
        check("a call says nothing of what it is about", not any(word in body.decode() for word in HIDDEN), body)
    check("one mail, to whoever may do it", [to for to, *_ in mails.all] == [["hale@svc.example"]], mails.all)
    text = mails.all[0][1]
    check("the server was signed in to", mails.all[0][2])
    check("a mail has a link of its own", re.search(r"https://node\.example/notices/[0-9a-f]{32}", text) and ids.isdisjoint(re.findall(r"[0-9a-f]{32}", text)), text)
    check("a mail says nothing of what it is about", not any(word in text for word in HIDDEN), text)
    log = open("node.log").read()
    check("no address stands in the log", "svc.example" not in log and "/told" not in log and secret not in log, log)
    print(f"{len(PASSED)} passed, 0 failed")


main()
