//! `entente serve`: one process, one port, as an operator runs it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use support::Desk;
use support::web::{Served, until};

fn founded() -> Desk {
    let desk = Desk::new();
    desk.found("USA.SVC");
    desk
}

#[test]
fn a_flag_goes_before_the_environment_and_the_environment_before_the_file() {
    let desk = founded();
    desk.write(
        "USA.SVC/serve.toml",
        "listen = \"127.0.0.1:1111\"\npublish_seconds = 7\n",
    );
    let checked = |more: &[&str]| {
        desk.ok("USA.SVC", &[&["--json", "serve", "--check"], more].concat())
            .json()
    };
    assert_eq!(checked(&[])["listen"], "127.0.0.1:1111");
    assert_eq!(checked(&["--listen", "127.0.0.1:2222"])["listen"], "127.0.0.1:2222");
    assert_eq!(checked(&["--listen", "127.0.0.1:2222"])["publish_seconds"], 7);
    let text = desk.ok("USA.SVC", &["serve", "--check"]).out;
    assert!(
        text.contains("publish_seconds = 7") && text.contains("[sessions]"),
        "{text}"
    );
    // What is handed out is a settings file.
    let example = desk.ok("USA.SVC", &["serve", "--example"]).out;
    desk.write("all.toml", &example);
    desk.ok("USA.SVC", &["serve", "--check", "--settings", "all.toml"]);
}

#[test]
fn what_cannot_be_served_safely_is_refused_with_its_place_and_remedy() {
    let desk = founded();
    let refused = |arguments: &[&str], says: &str| {
        let said = desk.run(&[&["--data", "USA.SVC", "serve"], arguments].concat());
        assert_eq!(said.code, 1, "{arguments:?} {}{}", said.out, said.err);
        assert!(said.err.contains(says), "{}", said.err);
    };
    refused(&["--listen", "0.0.0.0:0"], "without TLS");
    desk.write("bad.toml", "[courier]\nmessages_per_minute = 3\n");
    refused(&["--settings", "bad.toml"], "line 2");
    desk.write("tls.toml", "[tls]\ncertificate = \"none.pem\"\nkey = \"none.key\"\n");
    refused(&["--settings", "tls.toml", "--listen", "127.0.0.1:0"], "none.pem");
    let nothing = desk.run(&["--data", "NOBODY", "serve"]);
    assert_eq!(nothing.code, 5, "{}", nothing.err);
}

#[test]
fn it_says_how_it_is_names_nobody_and_ends_cleanly() {
    let desk = founded();
    desk.write("token", "a long secret\n");
    desk.write("USA.SVC/serve.toml", "metrics_token = \"../token\"\n");
    let node = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    assert_eq!(node.get("/health").status, 200);
    let ready = node.get("/ready");
    assert_eq!(
        (ready.status, ready.text().as_str()),
        (200, "store: open\nkeys: unlocked\n")
    );
    assert_eq!(
        node.get("/metrics").status,
        404,
        "without the token there is no such page"
    );
    assert_eq!(
        node.ask("GET", "/metrics", &[("authorization", "Bearer wrong")], b"")
            .status,
        404
    );
    let metrics = node.ask("GET", "/metrics", &[("authorization", "Bearer a long secret")], b"");
    let text = metrics.text();
    assert!(
        text.contains("entente_keys_unlocked 1") && text.contains("class=\"4xx\"} 2"),
        "{text}"
    );
    assert!(!text.contains("USA"), "{text}");
    assert_eq!(
        node.get("/reports/SVC-SECRET-1").status,
        303,
        "whoever is not signed in signs in first"
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
    ] {
        assert_eq!(node.get("/nowhere").header(name), Some(value));
    }
    let (code, log) = node.stop();
    assert_eq!(code, Some(0), "{log}");
    for line in log.lines() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        assert!(object["time"].is_string() && object["what"].is_string(), "{line}");
    }
    assert!(log.contains("\"what\":\"stopped\""), "{log}");
    assert!(
        !log.contains("SVC-SECRET-1"),
        "the log names routes, not what was asked for: {log}"
    );
    desk.ok("USA.SVC", &["store", "check"]);
    desk.ok("USA.SVC", &["ledger", "verify"]);
}

#[test]
fn settings_are_reread_and_bad_ones_change_nothing() {
    let desk = founded();
    let node = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    let metrics = || {
        node.ask("GET", "/metrics", &[("authorization", "Bearer one")], b"")
            .status
    };
    assert_eq!(metrics(), 404);
    desk.write("token", "one");
    desk.write("USA.SVC/serve.toml", "metrics_token = \"../token\"\n");
    node.signal("HUP");
    until("the settings are reread", || metrics() == 200);
    desk.write("USA.SVC/serve.toml", "metrics_token = 5\n");
    node.signal("HUP");
    until("the bad settings are noticed", || {
        node.log().contains("the old ones hold")
    });
    assert_eq!(metrics(), 200);
}

#[test]
fn without_the_passphrase_it_reads_and_signs_nothing() {
    let desk = founded();
    let node = Served::start_with(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"], &[]);
    assert_eq!(node.get("/ready").text(), "store: open\nkeys: locked\n");
    let sealed = [("content-type", "application/vnd.entente.sealed")];
    assert_eq!(node.ask("POST", "/partner/inbox", &sealed, b"anything").status, 503);
    assert_eq!(node.stop().0, Some(0));
}

#[test]
fn a_command_beside_a_serving_node_is_not_kept_out() {
    let desk = founded();
    let node = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    desk.ok("USA.SVC", &["person", "add", "USA.SVC/hale", "--role", "auditor"]);
    assert!(desk.ok("USA.SVC", &["person", "list"]).out.contains("hale"));
    drop(node);
}

#[test]
fn a_head_that_is_too_large_or_not_http_harms_nobody() {
    let desk = founded();
    let node = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    let long = "x".repeat(200_000);
    assert!([414, 431].contains(&node.get(&format!("/{long}")).status));
    assert_eq!(node.get("/health").status, 200);
}
