"""People sign in with their organisation: through a real provider (oidc-provider), and not through one that lies.

Usage: oidc.py ENTENTE PROVIDER.JS, in a folder where GBR.CAB is set up.
"""

import base64
import hashlib
import html
import http.client
import http.server
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from common import PASSED, check, entente, serving, started

PROVIDER = sys.argv[2]


def free():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Browser:
    """As plain as can be: cookies by host, redirects one by one."""

    def __init__(self):
        self.cookies = {}

    def ask(self, method, url, form=None):
        parts = urllib.parse.urlsplit(url)
        line = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=60)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        kept = self.cookies.setdefault(parts.netloc, {})
        headers = {"host": parts.netloc, "sec-fetch-site": "same-origin"}
        if kept:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in kept.items())
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["content-type"] = "application/x-www-form-urlencoded"
        line.request(method, path, body, headers)
        answer = line.getresponse()
        # What a page says without the marks that keep the direction of names apart.
        text = re.sub("[\u2066-\u2069]", "", answer.read().decode(errors="replace"))
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                pair, *rest = value.split(";")
                key, _, said = pair.partition("=")
                if any("max-age=0" in part.lower() for part in rest) or not said:
                    kept.pop(key, None)
                else:
                    kept[key] = said
        location = answer.getheader("location")
        return answer.status, location and urllib.parse.urljoin(url, location), text

    def follow(self, url, until):
        """Goes where it is sent, and stops before an address that `until` fits."""
        for _ in range(12):
            if until(url):
                return url, None
            status, location, text = self.ask("GET", url)
            if location is None:
                return url, (status, text)
            url = location
        check("it ends somewhere", False, url)

    def at_provider(self, url, login, back):
        """Signs in at the real provider; gives the address to which it sends back."""
        url, page = self.follow(url, lambda url: url.startswith(back))
        for fields in [{"prompt": "login", "login": login, "password": "x"}, {"prompt": "consent"}]:
            if page is None:
                break
            action = html.unescape(re.search(r'action="([^"]+)"', page[1]).group(1))
            status, location, text = self.ask("POST", urllib.parse.urljoin(url, action), fields)
            url, page = self.follow(location, lambda url: url.startswith(back))
        check("the provider sends back", page is None, page)
        return url


def key_of(page):
    return re.search(r'name="key" value="([^"]+)"', page).group(1)


class Liar(http.server.BaseHTTPRequestHandler):
    """A provider that keeps to the protocol but for one lie."""

    lie = None
    port = None
    seen = []
    nonce = None
    challenge = None
    secret = "the liar's secret, also long enough for a key"
    own = ec.generate_private_key(ec.SECP256R1())
    other = ec.generate_private_key(ec.SECP256R1())

    def do_GET(self):
        issuer = f"http://127.0.0.1:{Liar.port}"
        Liar.seen.append(self.path)
        if self.path == "/.well-known/openid-configuration":
            elsewhere = f"http://127.0.0.1:{Liar.elsewhere}"
            self.say(200, {
                "issuer": f"{elsewhere}" if Liar.lie == "another issuer in the document" else issuer,
                "authorization_endpoint": f"{issuer}/auth",
                "token_endpoint": f"{elsewhere}/token" if Liar.lie == "a token endpoint elsewhere" else f"{issuer}/token",
                "jwks_uri": f"{elsewhere}/keys" if Liar.lie == "keys elsewhere" else f"{issuer}/keys",
                "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
                "authorization_response_iss_parameter_supported": True,
            })
        elif self.path == "/keys":
            numbers = Liar.own.public_key().public_numbers()
            number = lambda n: base64.urlsafe_b64encode(n.to_bytes(32, "big")).decode().rstrip("=")
            self.say(200, {"keys": [{"kty": "EC", "crv": "P-256", "kid": "1", "use": "sig", "alg": "ES256", "x": number(numbers.x), "y": number(numbers.y)}]})
        else:
            self.say(404, {})

    def do_POST(self):
        Liar.seen.append(self.path)
        body = urllib.parse.parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        verifier = body.get("code_verifier", [""])[0]
        proof = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        if proof != Liar.challenge:
            return self.say(400, {"error": "invalid_grant"})
        if Liar.lie == "a redirect of the token endpoint":
            self.send_response(307)
            self.send_header("location", f"http://127.0.0.1:{Liar.elsewhere}/token")
            self.send_header("content-length", "0")
            return self.end_headers()
        now = int(time.time())
        claims = {"iss": f"http://127.0.0.1:{Liar.port}", "aud": "entente", "sub": "lane", "iat": now, "exp": now + 300, "nonce": Liar.nonce}
        claims |= {
            "another nonce": {"nonce": "x" * 20}, "another audience": {"aud": "somebody else"},
            "another issuer": {"iss": "http://127.0.0.1:1"}, "an old token": {"iat": now - 9000, "exp": now - 8000},
        }.get(Liar.lie, {})
        if Liar.lie == "no nonce":
            del claims["nonce"]
        key, algorithm = Liar.own, "ES256"
        if Liar.lie == "another key":
            key = Liar.other
        if Liar.lie == "no signature":
            key, algorithm = None, "none"
        if Liar.lie == "the client's secret as key":
            key, algorithm = Liar.secret, "HS256"
        token = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "1"})
        said = {"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": token}
        if Liar.lie == "no identity":
            del said["id_token"]
        self.say(200, said)

    def say(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Elsewhere(http.server.BaseHTTPRequestHandler):
    asked = []

    def do_GET(self):
        Elsewhere.asked.append(self.path)
        self.send_error(404)

    do_POST = do_GET

    def log_message(self, *_):
        pass


def main():
    port, real, liar = free(), free(), http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    elsewhere = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    Liar.port, Liar.elsewhere = liar.server_port, elsewhere.server_port
    for server in [liar, elsewhere]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://gbr-cab.localhost:{port}"
    back = f"{origin}/sign-in/with/ministry/back"
    provider = started("node", PROVIDER, str(real), back, stderr=subprocess.DEVNULL)
    provider.stdout.readline()
    for name, secret in [("ministry", "a secret of the client that is long enough"), ("liar", Liar.secret)]:
        open(f"GBR.CAB/{name}.secret", "w").write(secret)
        os.chmod(f"GBR.CAB/{name}.secret", 0o600)
    entente("GBR.CAB", "person", "add", "GBR.CAB/lane", "--role", "auditor", "--role", "analyst", "--role", "security-officer")
    entente("GBR.CAB", "person", "add", "GBR.CAB/osei", "--role", "administrator")
    with open("GBR.CAB/serve.toml", "w") as file:
        file.write(f'listen = "127.0.0.1:{port}"\norigin = "{origin}"\n')
        for name, title, at in [("ministry", "the ministry", real), ("liar", "the liar", Liar.port)]:
            file.write(f'''[sign_in_with.{name}]
title = "{title}"
issuer = "http://127.0.0.1:{at}"
client = "entente"
secret = "{name}.secret"
[sign_in_with.{name}.roles]
"entente-analysts" = ["analyst"]
"entente-disclosure" = ["disclosure-officer", "security-officer"]
''')
    node, _ = serving("GBR.CAB", "oidc.log")

    # The real provider: there and back, a code once, and roles by groups.
    page = Browser().ask("GET", f"{origin}/sign-in")[2]
    check("the page offers both", "Sign in with the ministry" in page and "Sign in with the liar" in page, page)
    browser = Browser()
    answer = browser.at_provider(f"{origin}/sign-in/with/ministry?to=/ledger", "lane", back)
    status, location, page = browser.ask("GET", answer)
    check("whoever is not known yet is asked for a code", status == 200 and "Who are you here?" in page, (status, page))
    check("and is not signed in", browser.ask("GET", f"{origin}/ledger")[0] == 303)
    bind = f"{origin}/sign-in/with/ministry/bind"
    status, _, page = browser.ask("POST", bind, {"key": key_of(page), "code": "AAAA-AAAA"})
    check("a wrong code binds nobody", status == 409 and "cannot be used" in page, page)
    code = json.loads(entente("GBR.CAB", "account", "invite", "GBR.CAB/lane"))["code"]
    stolen = Browser()
    check("a form counts in its own browser", stolen.ask("POST", bind, {"key": key_of(page), "code": code})[0] == 403)
    status, location, page = browser.ask("POST", bind, {"key": key_of(page), "code": code})
    check("the code signs in, and leads where one wanted to go", status == 303 and location == f"{origin}/ledger", (status, location, page))
    people = {person["id"]: person for person in json.loads(entente("GBR.CAB", "person", "list"))}
    roles = sorted(people["GBR.CAB/lane"]["roles"])
    check("groups give and take the roles of the table, and no others", roles == ["analyst", "auditor"], roles)
    check("the session is theirs", browser.ask("GET", f"{origin}/ledger")[0] == 200)
    access = [one for one in json.loads(entente("GBR.CAB", "account", "access", "GBR.CAB/lane")) if one["way"] == "browser"]
    check("and says by what", [one["by"] for one in access] == ["OpenID Connect, ministry"], access)
    second = Browser()
    answer = second.at_provider(f"{origin}/sign-in/with/ministry", "lane", back)
    status, location, _ = second.ask("GET", answer)
    check("from then on the button alone signs in", (status, location) == (303, f"{origin}/"), (status, location))
    check("an answer counts once", second.ask("GET", answer)[0] == 403)
    stranger = Browser()
    answer = stranger.at_provider(f"{origin}/sign-in/with/ministry", "stranger", back)
    check("somebody else is somebody else", "Who are you here?" in stranger.ask("GET", answer)[2])

    # State: an answer belongs to the browser that began, and to the provider it began with.
    victim, attacker = Browser(), Browser()
    answer = attacker.at_provider(f"{origin}/sign-in/with/ministry", "lane", back)
    check("another browser's answer signs nobody in", victim.ask("GET", answer)[0] == 403)
    check("and is used up", attacker.ask("GET", answer)[0] == 403)
    begun = Browser()
    answer = begun.at_provider(f"{origin}/sign-in/with/ministry", "lane", back)
    mixed = answer.replace("/with/ministry/back", "/with/liar/back")
    check("an answer of one provider counts for no other", begun.ask("GET", mixed)[0] == 403)
    begun = Browser()
    answer = begun.at_provider(f"{origin}/sign-in/with/ministry", "lane", back)
    check("the provider says who it is", "iss=" in answer, answer)
    other = re.sub(r"iss=[^&]*", "iss=" + urllib.parse.quote(f"http://127.0.0.1:{Liar.port}", safe=""), answer)
    check("an answer with another issuer signs nobody in", begun.ask("GET", other)[0] == 403)
    for forged in [f"{back}?code=x&state=y", back, f"{back}?error=access_denied&state=y"]:
        check(f"{forged} signs nobody in", Browser().ask("GET", forged)[0] == 403)

    # The liar: each lie alone is enough.
    def lied(lie, answer_of=lambda state: f"code=x&state={state}&iss=http%3A%2F%2F127.0.0.1%3A{Liar.port}"):
        Liar.lie, Liar.seen = lie, []
        browser = Browser()
        status, location, page = browser.ask("GET", f"{origin}/sign-in/with/liar")
        if status != 303:
            return status, page
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
        check("PKCE, state and nonce are asked with", asked["code_challenge_method"] == "S256" and len(asked["state"]) > 40 and len(asked["nonce"]) > 40, asked)
        Liar.nonce, Liar.challenge = asked["nonce"], asked["code_challenge"]
        status, _, page = browser.ask("GET", f"{origin}/sign-in/with/liar/back?{answer_of(asked['state'])}")
        return status, page

    status, page = lied(None)
    check("without a lie it is believed", status == 200 and "Who are you here?" in page, (status, page))
    for lie in ["another nonce", "no nonce", "another audience", "another issuer", "an old token", "another key", "no signature",
                "the client's secret as key", "no identity", "a redirect of the token endpoint"]:
        status, page = lied(lie)
        check(f"{lie} signs nobody in", status == 403, (status, page))
    status, page = lied(None, lambda state: f"code=x&state={state}")
    check("a provider that says its issuer has to", status == 403, (status, page))
    for lie in ["another issuer in the document", "a token endpoint elsewhere", "keys elsewhere"]:
        node.terminate()
        node.wait()
        node, _ = serving("GBR.CAB", "oidc.log")
        status, page = lied(lie)
        check(f"{lie} is not followed", status in (403, 502), (status, page))
    check("nobody else was asked", Elsewhere.asked == [], Elsewhere.asked)
    node.terminate()
    node.wait()
    provider.kill()
    log = open("oidc.log").read()
    check("no secret stands in the log", Liar.secret not in log and "client that is long" not in log)
    print(f"{len(PASSED)} passed, 0 failed")


main()
