//! Two nodes on this machine: messages travel by themselves, arrive once, and are confirmed; files and network mix.

use crate::support;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use support::web::{Served, until};
use support::{Desk, REPORT};

const SEALED: (&str, &str) = ("content-type", "application/vnd.entente.sealed");

/// Makes a party know where another one is reached.
fn reach(desk: &Desk, party: &str, other: &str, address: &str) {
    let text = format!(
        "listen = \"127.0.0.1:0\"\n[courier]\nfirst_wait_seconds = 1\nlongest_wait_seconds = 1\n\
         [partners.\"{other}\"]\naddress = \"http://{address}\"\n"
    );
    desk.write(&format!("{party}/serve.toml"), &text);
}

/// A line to a node that can be cut, and leads elsewhere afterwards.
#[derive(Default)]
struct Line {
    to: Mutex<String>,
    /// How many bytes it carries to the node before it is cut.
    carries: AtomicUsize,
    carried: AtomicUsize,
}

impl Line {
    /// Lays it; gives its address.
    fn laid(self: &Arc<Self>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let line = self.clone();
        std::thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                let line = line.clone();
                std::thread::spawn(move || line.carry(caller));
            }
        });
        address
    }

    fn carry(&self, mut caller: TcpStream) {
        let Ok(mut node) = TcpStream::connect(self.to.lock().unwrap().as_str()) else {
            return;
        };
        let (mut back, mut answer) = (caller.try_clone().unwrap(), node.try_clone().unwrap());
        std::thread::spawn(move || {
            drop(std::io::copy(&mut answer, &mut back));
            drop(back.shutdown(Shutdown::Both));
        });
        let mut bytes = [0u8; 4096];
        while let Ok(count @ 1..) = caller.read(&mut bytes) {
            if self.carried.fetch_add(count, Ordering::Relaxed) + count > self.carries.load(Ordering::Relaxed) {
                // What came over a line that is cut did not come.
                self.carried.fetch_sub(count, Ordering::Relaxed);
                break;
            }
            if node.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        drop(caller.shutdown(Shutdown::Both));
        drop(node.shutdown(Shutdown::Both));
    }
}

#[test]
fn a_large_message_goes_on_where_it_stopped_also_when_the_receiver_was_killed_meanwhile() {
    let desk = Desk::new();
    desk.parties();
    let gbr = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    let line = Arc::new(Line::default());
    line.to.lock().unwrap().clone_from(&gbr.address);
    line.carries.store(150 << 10, Ordering::Relaxed);
    reach(&desk, "USA.SVC", "GBR.CAB", &line.laid());
    let path = "USA.SVC/serve.toml";
    let settings = std::fs::read_to_string(desk.path(path)).unwrap();
    desk.write(path, &settings.replace("[courier]\n", "[courier]\npiece_kib = 32\n"));
    let usa = Served::start(&desk, "USA.SVC", &[]);
    let mut report = std::fs::read_to_string(desk.path("report.md")).unwrap();
    for n in 0..60 {
        let words: String = (0..600)
            .map(|word| format!(" {:x}", (word * 7919 + n * 104_729) % 99_991))
            .collect();
        report.push_str(&format!("\n(U) Part {n} of a long list:{words}. {{#long-{n}}}\n"));
    }
    desk.write("report.md", &report);
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
    until("the line is cut", || usa.log().contains("a partner was not reached"));
    assert!(!holds(&desk, "GBR.CAB"), "a part is no message");
    let under_way = std::fs::read_dir(desk.path("USA.SVC/underway")).unwrap().flatten();
    let size = under_way.map(|file| file.metadata().unwrap().len()).sum::<u64>();
    let size = usize::try_from(size).unwrap();
    gbr.signal("KILL");
    drop(gbr);
    let gbr = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    line.to.lock().unwrap().clone_from(&gbr.address);
    line.carries.store(usize::MAX, Ordering::Relaxed);
    until("it arrives", || {
        holds(&desk, "GBR.CAB") && standing(&desk, "USA.SVC")["unconfirmed"] == Value::Array(vec![])
    });
    // All of it once, a piece or two again, and what announced it.
    let carried = line.carried.load(Ordering::Relaxed);
    assert!(size > 180 << 10, "{size}");
    assert!(
        (size..size + (70 << 10)).contains(&carried),
        "{carried} bytes went over the line for {size}"
    );
    let left = std::fs::read_dir(desk.path("GBR.CAB/incoming")).unwrap().flatten();
    assert_eq!(
        left.flat_map(|folder| std::fs::read_dir(folder.path()).unwrap())
            .count(),
        0,
        "nothing is left"
    );
}

/// Two parties that know each other and serve, each reached by the other.
fn linked() -> (Desk, Served, Served) {
    let desk = Desk::new();
    desk.parties();
    let gbr = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    reach(&desk, "USA.SVC", "GBR.CAB", &gbr.address);
    let usa = Served::start(&desk, "USA.SVC", &[]);
    reach(&desk, "GBR.CAB", "USA.SVC", &usa.address);
    gbr.signal("HUP");
    until("the settings are reread", || gbr.log().contains("settings were reread"));
    (desk, usa, gbr)
}

pub(crate) fn standing(desk: &Desk, party: &str) -> Value {
    desk.ok(party, &["--json", "partner", "list"]).json()[0]["standing"].clone()
}

fn holds(desk: &Desk, party: &str) -> bool {
    desk.run(&["--data", party, "report", "show", REPORT]).code == 0
}

#[test]
fn a_report_a_request_and_a_consent_travel_by_themselves() {
    let (desk, usa, gbr) = linked();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    let delivered = desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
    assert!(
        delivered.err.contains("over the network"),
        "{}{}",
        delivered.out,
        delivered.err
    );
    until("the report arrives", || holds(&desk, "GBR.CAB"));
    desk.ask("plot");
    let requests = || desk.ok("USA.SVC", &["--json", "request", "list", "--open"]).json();
    until("the request arrives", || {
        requests().as_array().is_some_and(|all| all.len() == 1)
    });
    let id = requests()[0]["request"]["id"].as_str().unwrap().to_owned();
    desk.ok("USA.SVC", &["consent", "grant", &id, "--until", "2099-12-31"]);
    let consents = || desk.ok("GBR.CAB", &["--json", "consent", "list"]).json();
    until("the consent arrives", || {
        consents().as_array().is_some_and(|all| all.len() == 1)
    });
    for (party, sent) in [("USA.SVC", 2), ("GBR.CAB", 1)] {
        until("all is confirmed", || {
            standing(&desk, party)["unconfirmed"] == Value::Array(vec![]) && standing(&desk, party)["waiting"] == 0
        });
        assert!(standing(&desk, party)["confirmed_at"].is_string() && standing(&desk, party)["heard_at"].is_string());
        let log = desk.ok(party, &["ledger", "log"]).out;
        assert_eq!(log.matches("receipt-taken").count(), sent, "{log}");
    }
    assert!(std::fs::read_dir(desk.path("post")).is_err(), "no file was written");
    assert!(
        std::fs::read_dir(desk.path("USA.SVC/underway"))
            .unwrap()
            .next()
            .is_none()
    );
    for served in [usa, gbr] {
        assert_eq!(served.stop().0, Some(0));
    }
    for party in ["USA.SVC", "GBR.CAB"] {
        desk.ok(party, &["store", "check"]);
        desk.ok(party, &["ledger", "verify"]);
    }
}

#[test]
fn what_waits_while_a_partner_is_away_arrives_once_it_is_back() {
    let desk = Desk::new();
    desk.parties();
    reach(&desk, "USA.SVC", "GBR.CAB", "127.0.0.1:1");
    let usa = Served::start(&desk, "USA.SVC", &[]);
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
    until("it is tried", || usa.log().contains("a partner was not reached"));
    assert_eq!(standing(&desk, "USA.SVC")["waiting"], 1);
    // The sender dies in between; the message keeps its bytes.
    usa.signal("KILL");
    drop(usa);
    let gbr = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    reach(&desk, "USA.SVC", "GBR.CAB", &gbr.address);
    let usa = Served::start(&desk, "USA.SVC", &[]);
    until("it arrives", || {
        holds(&desk, "GBR.CAB") && standing(&desk, "USA.SVC")["waiting"] == 0
    });
    drop(usa);
    // The same message again, as after a lost receipt, changes nothing and gets the same receipt.
    assert_eq!(standing(&desk, "USA.SVC")["unconfirmed"], Value::Array(vec![]));
}

#[test]
fn a_file_and_the_network_carry_the_same_message_and_it_is_taken_in_once() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
    let file = std::fs::read(desk.path(&desk.newest("GBR.CAB"))).unwrap();
    let gbr = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    let sealed = |body: &[u8]| gbr.ask("POST", "/partner/inbox", &[SEALED], body);
    // By network first, then as a file.
    let receipt = sealed(&file);
    assert_eq!((receipt.status, receipt.header("content-type")), (200, Some(SEALED.1)));
    assert_eq!(sealed(&file).status, 200, "once more is answered with the receipt");
    let again = desk.run(&["--data", "GBR.CAB", "receive", &desk.newest("GBR.CAB")]);
    assert!(
        again.code != 0 && again.err.contains("taken in before"),
        "{}",
        again.err
    );
    let events = desk.ok("GBR.CAB", &["ledger", "log"]).out;
    assert_eq!(events.matches("envelope-received").count(), 1, "{events}");
    let name = entente_seal::peek(&file).unwrap().id;
    assert_eq!(
        standing(&desk, "USA.SVC")["unconfirmed"],
        serde_json::json!([name]),
        "a file is confirmed by nobody"
    );
}

#[test]
fn pieces_of_what_nobody_announced_are_not_kept() {
    let desk = Desk::new();
    desk.parties();
    let gbr = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    let digest = "a".repeat(64);
    let path = format!("/partner/inbox/{digest}");
    let kind = ("content-type", "application/partial-upload");
    for (headers, status) in [
        (vec![kind, ("upload-offset", "0")], 404),
        (vec![kind], 400),
        (vec![kind, ("upload-offset", "-1")], 400),
        (vec![("upload-offset", "0")], 415),
    ] {
        let answer = gbr.ask("PUT", &path, &headers, b"bytes");
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (status, &b""[..]),
            "{headers:?}"
        );
    }
    let climbing = gbr.ask(
        "PUT",
        "/partner/inbox/..%2F..%2Forigin",
        &[kind, ("upload-offset", "0")],
        b"bytes",
    );
    assert_eq!(climbing.status, 404);
    assert!(!desk.path("GBR.CAB/incoming").exists());
}

#[test]
fn strangers_and_broken_messages_get_one_and_the_same_answer() {
    let desk = Desk::new();
    desk.parties();
    // A party that GBR.CAB does not know, and one that sends to somebody else.
    desk.found("CHL");
    desk.ok("CHL", &["party", "add", "GBR.CAB", "--keys", "GBR.CAB.keys"]);
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
    let good = std::fs::read(desk.path(&desk.newest("GBR.CAB"))).unwrap();
    let mut changed = good.clone();
    *changed.last_mut().unwrap() ^= 1;
    let stranger = String::from_utf8_lossy(&good)
        .into_owned()
        .replace("USA.SVC", "XXX.SVC")
        .into_bytes();
    let usa = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    let gbr = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    let answers: Vec<_> = [&changed[..], &stranger, b"", b"entente-bundle/1\n", &good[..200]]
        .into_iter()
        .map(|body| gbr.ask("POST", "/partner/inbox", &[SEALED], body))
        .chain([usa.ask("POST", "/partner/inbox", &[SEALED], &good)])
        .collect();
    for answer in &answers {
        assert_eq!((answer.status, answer.body.len()), (400, 0), "{answer:?}");
    }
    assert_eq!(
        gbr.ask("POST", "/partner/inbox", &[("content-type", "application/json")], &good)
            .status,
        415
    );
    assert_eq!(gbr.get("/partner/inbox").status, 405);
    assert!(!holds(&desk, "GBR.CAB"), "nothing of it was taken in");
    let text = gbr.log();
    assert!(!text.contains("XXX") && !text.contains("SVC-2026"), "{text}");
}

#[test]
fn two_messages_under_one_id_are_kept_as_evidence() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    // Before the second is sealed, the folder is put back as it was: the sender uses the same id for another message.
    let copy = |from: &str, to: &str| {
        let status = std::process::Command::new("cp")
            .args(["-a", from, to])
            .current_dir(desk.0.path())
            .status();
        assert!(status.unwrap().success());
    };
    copy("USA.SVC", "before");
    copy("heads", "heads-before");
    desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
    let first = std::fs::read(desk.path(&desk.newest("GBR.CAB"))).unwrap();
    std::fs::rename(desk.path("USA.SVC"), desk.path("after")).unwrap();
    std::fs::remove_dir_all(desk.path("heads")).unwrap();
    copy("heads-before", "heads");
    copy("before", "USA.SVC");
    desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
    let second = std::fs::read(desk.path(&desk.newest("GBR.CAB"))).unwrap();
    assert_ne!(first, second);
    let gbr = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    for message in [&first, &second] {
        assert_eq!(gbr.ask("POST", "/partner/inbox", &[SEALED], message).status, 200);
    }
    let kept: Vec<_> = std::fs::read_dir(desk.path("GBR.CAB/conflicts"))
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(std::fs::read(kept[0].path()).unwrap(), second);
    until("it is said", || gbr.log().contains("\"outcome\":\"refused\""));
}

/// A party alone that serves with a certificate of its own.
fn alone(desk: &Desk, party: &str) -> Served {
    desk.found(party);
    let text = "listen = \"127.0.0.1:0\"\nown_certificate_for = [\"127.0.0.1\"]\n[courier]\nfirst_wait_seconds = 1\nlongest_wait_seconds = 1\n";
    desk.write(&format!("{party}/serve.toml"), text);
    Served::start(desk, party, &[])
}

/// Writes the invitation of a party that serves; gives its fingerprint.
fn invited(desk: &Desk, party: &str, node: &Served) -> String {
    let address = format!("https://{}", node.address);
    let file = format!("{party}.invitation");
    let said = desk
        .ok(party, &["partner", "invite", "--address", &address, "-o", &file])
        .err;
    said.lines()
        .find_map(|line| line.strip_prefix("fingerprint "))
        .unwrap()
        .to_owned()
}

#[test]
fn two_nodes_that_exchanged_invitations_talk_over_tls_with_their_own_certificates() {
    let desk = Desk::new();
    let (usa, gbr) = (alone(&desk, "USA.SVC"), alone(&desk, "GBR.CAB"));
    for (party, other, node) in [("USA.SVC", "GBR.CAB", &gbr), ("GBR.CAB", "USA.SVC", &usa)] {
        let fingerprint = invited(&desk, other, node);
        let file = format!("{other}.invitation");
        let unseen = desk.run(&["--data", party, "partner", "accept", &file]);
        assert_eq!(
            (unseen.code, unseen.err.contains(&fingerprint)),
            (2, true),
            "{}",
            unseen.err
        );
        let wrong = desk.run(&[
            "--data",
            party,
            "partner",
            "accept",
            &file,
            "--fingerprint",
            "0000 0000",
        ]);
        assert_eq!((wrong.code, wrong.err.contains("DIFFER")), (1, true), "{}", wrong.err);
        assert!(
            !desk.ok(party, &["party", "list"]).out.contains(other),
            "nothing was taken in"
        );
        desk.ok(
            party,
            &["partner", "accept", &file, "--fingerprint", &fingerprint.to_lowercase()],
        );
        desk.ok(party, &["arrangement", "add", "arrangement.json"]);
    }
    for node in [&usa, &gbr] {
        node.signal("HUP");
        until("the settings are reread", || {
            node.log().contains("settings were reread")
        });
    }
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
    until("the report arrives", || holds(&desk, "GBR.CAB"));
    until("it is confirmed", || {
        standing(&desk, "USA.SVC")["confirmed_at"].is_string()
    });
    assert!(std::fs::read_dir(desk.path("post")).is_err(), "no file was written");
    // Somebody else answers in the partner's place: nothing is said to it.
    std::fs::copy(
        desk.path("USA.SVC/tls/certificate.pem"),
        desk.path("USA.SVC/partners/GBR.CAB.pem"),
    )
    .unwrap();
    desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
    desk.ok(
        "USA.SVC",
        &[
            "recall",
            "order",
            REPORT,
            "--action",
            "retain-warn",
            "--reason",
            "wrong",
        ],
    );
    until("the certificate is refused", || {
        usa.log().contains("certificate is not the one")
    });
    assert_ne!(standing(&desk, "USA.SVC")["waiting"], 0);
    // Other keys under the same name are refused, however they come.
    let other = Desk::new();
    let impostor = alone(&other, "GBR.CAB");
    let fingerprint = invited(&other, "GBR.CAB", &impostor);
    std::fs::copy(other.path("GBR.CAB.invitation"), desk.path("other.invitation")).unwrap();
    let changed = desk.run(&[
        "--data",
        "USA.SVC",
        "partner",
        "accept",
        "other.invitation",
        "--fingerprint",
        &fingerprint,
    ]);
    assert_eq!(
        (changed.code, changed.err.contains("NOT THOSE KNOWN HERE")),
        (1, true),
        "{}",
        changed.err
    );
}

/// A request of a partner about whatever it likes, signed with its own good key.
fn probe(keys: &entente_seal::KeyPair, to: &entente_seal::PublicKeys, id: &str, number: usize) -> (String, Vec<u8>) {
    let message = serde_json::json!({ "message": "request", "data": {
        "id": format!("req-{number}"), "from": "GBR.CAB", "to": "USA.SVC", "report": id, "version": 1, "portions": ["plot"],
        "audience": [{ "id": "CHL/visitor", "party": "CHL" }], "purpose": null, "opened": "2026-11-20T10:00:00Z",
    } });
    let request: entente_core::Request = serde_json::from_value(message["data"].clone()).unwrap();
    let payload = serde_json::to_vec(&entente_core::Message::Request(request)).unwrap();
    let header = entente_seal::Header {
        from: "GBR.CAB".to_owned(),
        to: "USA.SVC".to_owned(),
        id: format!("{number:032x}"),
        created: "2026-11-20T10:00:00Z".to_owned(),
        kind: "request".to_owned(),
    };
    let sealed = entente_seal::seal(&header, &payload, keys, &to.recipient).unwrap();
    (header.id, sealed)
}

/// What a partner gets for a question about what is missing, about what is protected, and about what was never given to it.
#[test]
fn a_partner_learns_no_more_by_asking_than_by_waiting() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.write(
        "hidden.md",
        "---\nid: SVC-HIDDEN\nexistence-protected: true\n---\n(TS//TK//REL TO USA, GBR) Canary. {#plot}\n",
    );
    desk.ok("USA.SVC", &["report", "add", "hidden.md"]);
    let usa = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    let load = |party: &str| {
        let passphrase = entente_seal::SecretString::from("for a test".to_owned());
        entente_seal::KeyPair::load(&desk.path(&format!("{party}/keys.age")), passphrase).unwrap()
    };
    let (keys, theirs) = (load("GBR.CAB"), load("USA.SVC").public());
    let ids = ["SVC-NOWHERE", "SVC-HIDDEN", REPORT];
    let mut seen: Vec<Vec<(f64, usize, String)>> = vec![Vec::new(); 3];
    for number in 0..90 {
        let (id, sealed) = probe(&keys, &theirs, ids[number % 3], number);
        let since = std::time::Instant::now();
        let answer = usa.ask("POST", "/partner/inbox", &[SEALED], &sealed);
        let took = since.elapsed().as_secs_f64();
        assert_eq!(answer.status, 200);
        let opened = entente_seal::open(&answer.body, &keys, |_| Some(theirs.signing.clone())).unwrap();
        let receipt: Value = serde_json::from_slice(&opened.payload).unwrap();
        assert_eq!(
            (receipt["message"].as_str(), receipt["leaf"].as_str()),
            (Some(id.as_str()), None)
        );
        let head = answer.body.windows(5).position(|five| five == b"\n--- ").unwrap();
        let says = format!("{} {} {}", opened.header.kind, receipt["outcome"], receipt["by"]);
        seen[number % 3].push((took, answer.body.len() - head, says));
    }
    let alike = |of: &dyn Fn(&(f64, usize, String)) -> String| {
        let all: std::collections::BTreeSet<String> = seen.iter().flatten().map(of).collect();
        assert_eq!(all.len(), 1, "{all:?}");
    };
    alike(&|answer| answer.1.to_string());
    alike(&|answer| answer.2.clone());
    // Every answer takes its class, whatever was looked up for it.
    assert!(seen.iter().flatten().all(|answer| answer.0 >= 0.016));
    let of = |class: usize| -> Vec<f64> { seen[class].iter().map(|answer| answer.0).collect() };
    for other in [1, 2] {
        let t = welch(&of(0), &of(other));
        assert!(t.abs() < 4.5, "{} differs from {} in time: t = {t}", ids[other], ids[0]);
    }
    let log = desk.ok("USA.SVC", &["ledger", "log"]).out;
    assert!(!log.contains("request-received"), "{log}");
}

/// How far two samples' means differ, in standard errors.
fn welch(one: &[f64], other: &[f64]) -> f64 {
    let of = |all: &[f64]| {
        let n = all.len() as f64;
        let mean = all.iter().sum::<f64>() / n;
        (
            mean,
            all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n,
        )
    };
    let ((a, va), (b, vb)) = (of(one), of(other));
    (a - b) / (va + vb).sqrt()
}

#[test]
fn what_messages_are_called_counts_nothing() {
    let desk = Desk::new();
    desk.parties();
    desk.found("CHL");
    desk.ok("USA.SVC", &["party", "add", "CHL", "--keys", "CHL.keys"]);
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    let mut names = std::collections::BTreeSet::new();
    for _ in 0..3 {
        desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
        let file = std::fs::read(desk.path(&desk.newest("GBR.CAB"))).unwrap();
        let header = entente_seal::peek(&file).unwrap();
        assert!(
            header.id.len() == 32 && header.id.chars().all(|c| c.is_ascii_hexdigit()),
            "{}",
            header.id
        );
        assert_eq!((header.kind.as_str(), header.created.as_str()), ("", ""));
        assert!(names.insert(header.id), "a name is used once");
    }
    // Files are numbered for each receiver by itself: the number tells of nobody else.
    let mut files: Vec<String> = std::fs::read_dir(desk.path("post"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("-to-GBR.CAB") && name.starts_with("USA.SVC"))
        .collect();
    files.sort();
    let numbered = [1, 2, 3].map(|n| format!("USA.SVC-{n:06}-to-GBR.CAB.entente"));
    assert!(
        files.ends_with(&numbered[1..]) && files.contains(&numbered[0]),
        "{files:?}"
    );
}
