//! What attackers try at a node on the network, each by its name; `docs/security-model.md` lists them with the others.

use crate::support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use serde_json::json;
use support::web::{Browser, Served, digits_after, join, until};
use support::{Desk, OFFICER, REPORT};

const PASSWORD: &str = "correct horse battery";

fn serving() -> (Desk, Served) {
    let desk = Desk::delivered();
    let people = [
        ("disclosure-officer", "disclosure-officer"),
        ("desk-analyst", "analyst"),
    ];
    desk.staff(&people, &[OFFICER, "GBR.CAB/desk-analyst"]);
    let node = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    (desk, node)
}

/// What comes back for bytes as they are.
fn raw(node: &Served, bytes: &str) -> String {
    let mut stream = TcpStream::connect(&node.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let _ = stream.write_all(bytes.as_bytes());
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    String::from_utf8_lossy(&all).into_owned()
}

#[test]
fn request_smuggling_finds_one_request_and_no_second() {
    let (_desk, node) = serving();
    let second = "GET /health HTTP/1.1\r\nhost: x\r\n\r\n";
    let first = |headers: &str, body: &str| format!("POST /sign-in HTTP/1.1\r\nhost: x\r\n{headers}\r\n{body}");
    for (headers, body) in [
        (
            "content-length: 5\r\ntransfer-encoding: chunked\r\n",
            format!("0\r\n\r\n{second}"),
        ),
        (
            "transfer-encoding: chunked\r\ncontent-length: 4\r\n",
            format!("0\r\n\r\n{second}"),
        ),
        ("content-length: 0\r\ncontent-length: 40\r\n", second.to_owned()),
        ("content-length: 0, 40\r\n", second.to_owned()),
        ("transfer-encoding: xchunked\r\n", format!("0\r\n\r\n{second}")),
        ("transfer-encoding: chunked, identity\r\n", format!("0\r\n\r\n{second}")),
        ("content-length: +0\r\n", second.to_owned()),
        ("content-length : 0\r\n", second.to_owned()),
    ] {
        let answered = raw(&node, &first(headers, &body));
        assert!(!answered.contains("alive"), "{headers}: {answered}");
        assert!(
            answered.starts_with("HTTP/1.1 4") || answered.is_empty(),
            "{headers}: {answered}"
        );
    }
    assert_eq!(node.get("/health").status, 200);
}

#[test]
fn slow_loris_keeps_nobody_out_and_is_ended() {
    let (_desk, node) = serving();
    let half = [
        "GET /he",
        "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\nname=a",
    ];
    let mut slow: Vec<TcpStream> = (0..40)
        .map(|n| {
            let mut stream = TcpStream::connect(&node.address).unwrap();
            stream.write_all(half[n % 2].as_bytes()).unwrap();
            stream
        })
        .collect();
    let since = Instant::now();
    assert_eq!(node.get("/health").status, 200);
    assert!(since.elapsed() < Duration::from_secs(5));
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_secs(50))).unwrap();
        let mut answer = Vec::new();
        // It ends, with a word or without one.
        stream.read_to_end(&mut answer).unwrap();
        assert!(!answer.starts_with(b"HTTP/1.1 2"));
    }
    assert!(since.elapsed() < Duration::from_secs(50));
}

#[test]
fn session_fixation_gets_a_session_of_one_s_own() {
    let (desk, node) = serving();
    let code = desk.ok("GBR.CAB", &["--json", "account", "invite", OFFICER]).json();
    let (secret, _) = join(&node, code["code"].as_str().unwrap(), "officer", PASSWORD);
    let planted = format!("__Host-entente={}", "A".repeat(52));
    let body = format!(
        "name=officer&password=correct+horse+battery&digits={}",
        digits_after(&secret, 1)
    );
    let headers = [
        ("cookie", planted.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let answer = node.ask("POST", "/sign-in", &headers, body.as_bytes());
    assert_eq!(answer.status, 303, "{}", answer.text());
    let set = answer.header("set-cookie").unwrap();
    assert!(
        set.starts_with("__Host-entente=") && !set.starts_with(&planted),
        "{set}"
    );
    let with = |cookie: &str| {
        node.ask(
            "GET",
            "/reports",
            &[("cookie", cookie), ("sec-fetch-site", "none")],
            b"",
        )
        .status
    };
    assert_eq!((with(&planted), with(set.split(';').next().unwrap())), (303, 200));
}

#[test]
fn csrf_a_browser_s_cookie_counts_for_nothing_at_the_interface_for_programs() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let cookie = browser.cookie().unwrap();
    let headers = [
        ("cookie", cookie.as_str()),
        ("content-type", "application/json"),
        ("sec-fetch-site", "cross-site"),
    ];
    let said = json!({ "report": REPORT, "reason": "x" }).to_string();
    for path in ["/api/v1/commands/hold", "/access/v1/evaluation"] {
        assert_eq!(node.ask("POST", path, &headers, said.as_bytes()).status, 401, "{path}");
    }
    assert_eq!(browser.get("/api/v1/reports").status, 401);
    // What a form of another page can send without asking first is no command either.
    let act = format!("Bearer {}", desk.token(OFFICER, "act"));
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let headers = [("authorization", act.as_str()), ("content-type", kind)];
        assert_eq!(
            node.ask("POST", "/api/v1/commands/hold", &headers, said.as_bytes())
                .status,
            415,
            "{kind}"
        );
    }
    assert!(
        node.get("/api/v1/reports")
            .header("access-control-allow-origin")
            .is_none()
    );
}

#[test]
fn confused_deputy_acts_as_its_token_s_person_and_for_nobody_else() {
    let (desk, node) = serving();
    let analyst = format!("Bearer {}", desk.token("GBR.CAB/desk-analyst", "act"));
    let post = |token: &str, name: &str, said: serde_json::Value| {
        let headers = [
            ("authorization", token),
            ("content-type", "application/json"),
            // What somebody between could add about who asks, or from where, counts for nothing.
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-user", OFFICER),
            ("x-remote-user", OFFICER),
        ];
        node.ask(
            "POST",
            &format!("/api/v1/commands/{name}"),
            &headers,
            said.to_string().as_bytes(),
        )
    };
    for (name, said) in [
        ("hold", json!({ "report": REPORT, "reason": "x" })),
        ("deliver", json!({ "report": REPORT, "to": ["USA.SVC"] })),
        (
            "override",
            json!({ "report": REPORT, "portions": ["plot"], "people": ["CHL/x"], "reason": "x" }),
        ),
    ] {
        assert_eq!(post(&analyst, name, said).status, 403, "{name}");
    }
    // No field says who acts.
    for field in ["by", "actor", "authority", "given_by", "reader"] {
        let mut said = json!({ "report": REPORT, "people": ["CHL/foreign-minister"] });
        said[field] = json!(OFFICER);
        assert_eq!(post(&analyst, "open-request", said).status, 400, "{field}");
    }
    // A token for one kind of thing does no other.
    for scope in ["read", "evaluate"] {
        let token = format!("Bearer {}", desk.token(OFFICER, scope));
        assert_eq!(
            post(&token, "hold", json!({ "report": REPORT, "reason": "x" })).status,
            403,
            "{scope}"
        );
    }
}

#[test]
fn ssrf_a_partner_that_points_elsewhere_is_not_followed() {
    let desk = Desk::new();
    desk.parties();
    let (partner, elsewhere) = (
        TcpListener::bind("127.0.0.1:0").unwrap(),
        TcpListener::bind("127.0.0.1:0").unwrap(),
    );
    elsewhere.set_nonblocking(true).unwrap();
    let text = format!(
        "listen = \"127.0.0.1:0\"\n[courier]\nfirst_wait_seconds = 1\nlongest_wait_seconds = 1\n[partners.\"GBR.CAB\"]\naddress = \"http://{}\"\n",
        partner.local_addr().unwrap()
    );
    desk.write("USA.SVC/serve.toml", &text);
    let node = Served::start(&desk, "USA.SVC", &[]);
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
    for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let (mut stream, _) = partner.accept().unwrap();
        let to = elsewhere.local_addr().unwrap();
        let answer = format!(
            "HTTP/1.1 {status}\r\nlocation: http://{to}/partner/inbox\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        let mut head = [0; 1024];
        let _ = stream.read(&mut head);
        let _ = stream.write_all(answer.as_bytes());
    }
    until("the courier says so", || node.log().contains("30"));
    assert!(
        elsewhere.accept().is_err(),
        "nobody is asked but the address in the settings"
    );
    // No command takes an address to be asked.
    let document = node.get("/api/v1/openapi.json").text();
    assert!(!document.contains("\"url\"") && !document.contains("\"uri\"") && !document.contains("\"address\""));
}

#[test]
fn token_leakage_no_secret_stands_in_logs_accounts_or_answers() {
    let (desk, node) = serving();
    let act = desk.token(OFFICER, "act");
    let bearer = format!("Bearer {act}");
    let secrets = ["a-secret-key-of-a-program", "secret-query-word", act.as_str()];
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", secrets[0]),
    ];
    let answers = [
        node.ask(
            "POST",
            "/api/v1/commands/hold",
            &headers,
            json!({ "report": REPORT, "reason": "x" }).to_string().as_bytes(),
        ),
        node.ask("POST", "/api/v1/commands/nothing", &headers, b"{}"),
        node.ask(
            "GET",
            &format!("/api/v1/reports/{}?search={}", secrets[2], secrets[1]),
            &headers,
            b"",
        ),
        node.ask("GET", &format!("/{}", secrets[1]), &headers, b""),
    ];
    let log = node.log();
    drop(node);
    let kept = std::fs::read_to_string(desk.path("GBR.CAB/accounts.json")).unwrap();
    for secret in secrets {
        assert!(!log.contains(secret) && !kept.contains(secret), "{secret}");
        assert!(answers.iter().all(|answer| !answer.text().contains(secret)), "{secret}");
    }
    assert!(!log.contains(REPORT), "a line names no report");
}

#[test]
fn replay_a_captured_command_is_done_once_under_its_key() {
    let (desk, node) = serving();
    let bearer = format!("Bearer {}", desk.token(OFFICER, "act"));
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", "k"),
    ];
    let said =
        json!({ "reports": [REPORT], "people": ["CHL/foreign-minister"], "purpose": "threat-warning" }).to_string();
    let answers: Vec<_> = (0..3)
        .map(|_| node.ask("POST", "/api/v1/commands/brief", &headers, said.as_bytes()))
        .collect();
    assert!(
        answers
            .iter()
            .all(|answer| (answer.status, &answer.body) == (200, &answers[0].body)),
        "{answers:?}"
    );
    assert_eq!(
        desk.ok("GBR.CAB", &["--json", "brief", "list"])
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn ssrf_by_a_webhook_reaches_nobody_inside_and_follows_nobody() {
    let (desk, node) = serving();
    let token = desk.token(OFFICER, "act");
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let inside = format!("http://{}/x", listener.local_addr().unwrap());
    listener.set_nonblocking(true).unwrap();
    for address in [
        inside.as_str(),
        "http://localhost:1/x",
        "https://127.0.0.1/x",
        "https://[::ffff:169.254.169.254]/latest",
        "https://10.0.0.1/x",
        "https://0/x",
        "https://2130706433/x",
        "https://user:word@127.0.0.1/x",
        "file:///etc/passwd",
    ] {
        let body = json!({ "kinds": [], "webhook": address }).to_string();
        let answer = node.ask("PUT", "/api/v1/notices", &headers, body.as_bytes());
        assert_eq!(answer.status, 400, "{address}: {}", answer.text());
    }
    let forged = json!({ "kinds": [], "mail": "a@b.example\r\nBcc: c@d.example" }).to_string();
    assert_eq!(
        node.ask("PUT", "/api/v1/notices", &headers, forged.as_bytes()).status,
        400
    );
    assert!(listener.accept().is_err(), "nobody was called");
    // A notice's link leads nobody to anything that is not theirs.
    let officer = Browser::as_person(&desk, &node, OFFICER);
    assert_eq!(officer.get("/notices").status, 200);
    let link = format!("/notices/{}", "0".repeat(32));
    assert_eq!(officer.get(&link).status, 404);
}
