//! Two nodes on this machine: messages travel by themselves, arrive once, and are confirmed; files and network mix.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

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

fn standing(desk: &Desk, party: &str) -> Value {
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
    assert_eq!(
        standing(&desk, "USA.SVC")["unconfirmed"],
        serde_json::json!(["USA.SVC-000001"]),
        "a file is confirmed by nobody"
    );
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
