//! `entente serve`: one process, one port, as an operator runs it.

use crate::support;

use support::Desk;
use support::web::{Served, join, until};

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
    let nothing = desk.with(&["--data", "NOBODY", "serve"], "", &[("ENTENTE_PASSPHRASE", "")]);
    assert_eq!(nothing.code, 1, "keys that nothing locks are not made: {}", nothing.err);
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

/// A folder as a service manager hands it over, with the certificate that a node made for itself.
fn handed_over(desk: &Desk) -> String {
    desk.write(
        "own.toml",
        "listen = \"127.0.0.1:0\"\nown_certificate_for = [\"127.0.0.1\"]\n",
    );
    drop(Served::start(desk, "USA.SVC", &["--settings", "own.toml"]));
    std::fs::create_dir(desk.path("credentials")).unwrap();
    let made = |name: &str| std::fs::read_to_string(desk.path("USA.SVC/tls").join(name)).unwrap();
    desk.secret("credentials/passphrase", "for a test\n");
    desk.secret("credentials/tls.pem", &made("certificate.pem"));
    desk.secret("credentials/tls.key", &made("key.pem"));
    desk.secret("credentials/metrics.token", "handed over\n");
    desk.path("credentials").to_str().unwrap().to_owned()
}

#[test]
fn what_the_service_manager_hands_over_goes_before_the_file() {
    let desk = founded();
    let folder = handed_over(&desk);
    let credentials = [("CREDENTIALS_DIRECTORY", folder.as_str())];
    desk.write("serve.toml", "metrics_token = \"another\"\nlisten = \"0.0.0.0:0\"\n");
    let check = || {
        let arguments = [
            "--json",
            "--data",
            "USA.SVC",
            "serve",
            "--check",
            "--settings",
            "serve.toml",
        ];
        desk.with(&arguments, "", &credentials)
    };
    let holds = check().json();
    let file = |name: &str| desk.path("credentials").join(name).to_str().unwrap().to_owned();
    assert_eq!(holds["tls"]["certificate"], file("tls.pem"));
    assert_eq!(holds["tls"]["key"], file("tls.key"));
    assert_eq!(holds["metrics_token"], file("metrics.token"));
    std::fs::remove_file(desk.path("credentials/tls.key")).unwrap();
    let half = check();
    assert!(half.code == 1 && half.err.contains("`tls.key`"), "{}", half.err);
    // The passphrase unlocks, and the token opens the numbers.
    std::fs::remove_file(desk.path("credentials/tls.pem")).unwrap();
    let node = Served::start_with(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"], &credentials);
    assert_eq!(node.get("/ready").text(), "store: open\nkeys: unlocked\n");
    let numbers = node.ask("GET", "/metrics", &[("authorization", "Bearer handed over")], b"");
    assert!(
        numbers.text().contains("entente_disk_free_bytes "),
        "{}",
        numbers.text()
    );
    assert_eq!(node.stop().0, Some(0));
    // It is no password of a person, and none that locks the keys anew.
    let login = desk.with(&["--data", "USA.SVC", "login", "lane"], "", &credentials);
    assert!(
        login.code == 1 && login.err.contains("ENTENTE_PASSWORD"),
        "{}",
        login.err
    );
}

#[test]
fn a_secret_that_others_can_read_is_not_taken() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = founded();
    let folder = handed_over(&desk);
    let open = |name: &str, mode: u32| {
        std::fs::set_permissions(desk.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let publish = || {
        std::process::Command::new(env!("CARGO_BIN_EXE_entente"))
            .args(["--data", "USA.SVC", "ledger", "publish"])
            .current_dir(desk.path(""))
            .env("ENTENTE_HEADS", desk.path("heads"))
            .env_remove("ENTENTE_PASSPHRASE")
            .env("ENTENTE_PASSPHRASE_FILE", "credentials/passphrase")
            .output()
            .unwrap()
    };
    for (mode, taken) in [
        (0o600, true),
        (0o400, true),
        (0o640, false),
        (0o604, false),
        (0o602, false),
    ] {
        open("credentials/passphrase", mode);
        let said = publish();
        let errors = String::from_utf8_lossy(&said.stderr);
        assert_eq!(said.status.success(), taken, "{mode:o} {errors}");
        assert!(taken || errors.contains("chmod 600"), "{mode:o} {errors}");
    }
    open("credentials/passphrase", 0o600);
    open("credentials/tls.key", 0o644);
    let credentials = [("CREDENTIALS_DIRECTORY", folder.as_str())];
    let said = desk.with(
        &["--data", "USA.SVC", "serve", "--listen", "127.0.0.1:0"],
        "",
        &credentials,
    );
    assert!(
        said.code == 1 && said.err.contains("tls.key") && said.err.contains("chmod 600"),
        "{}",
        said.err
    );
}

#[test]
fn the_first_account_is_not_made_from_afar_through_a_proxy() {
    let desk = founded();
    let forwarded = |node: &Served, whom: &str| {
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("x-forwarded-for", whom),
        ];
        let code = node.code.as_deref().unwrap();
        let body = format!("code={code}&name=lane&password=correct+horse+battery&again=correct+horse+battery");
        node.ask("POST", "/join", &headers, body.as_bytes()).status
    };
    // A proxy that nobody named makes nobody a caller from this machine.
    let node = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    assert_eq!(forwarded(&node, "127.0.0.1"), 409);
    drop(node);
    desk.write("USA.SVC/serve.toml", "trusted_proxies = [\"127.0.0.1\"]\n");
    let node = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    assert_eq!(forwarded(&node, "127.0.0.1, 203.0.113.9"), 409);
    assert_eq!(forwarded(&node, "127.0.0.1"), 200);
    // Without a proxy between, it is as before.
    join(&node, node.code.as_deref().unwrap(), "lane", "correct horse battery");
}

#[test]
fn setting_up_at_every_start_sets_up_once() {
    let desk = Desk::new();
    let folder = |name: &str, text: &str| desk.secret(name, text);
    std::fs::create_dir(desk.path("credentials")).unwrap();
    folder("credentials/passphrase", "for a test\n");
    let credentials = desk.path("credentials");
    let init = |party: &str, more: &[&str]| {
        let arguments = [
            &["--data", "node", "init", "--party", party, "--work-factor", "2"],
            more,
        ]
        .concat();
        desk.with(
            &arguments,
            "",
            &[("CREDENTIALS_DIRECTORY", credentials.to_str().unwrap())],
        )
    };
    let made = init("USA.SVC", &["--unless-there"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let again = init("USA.SVC", &["--unless-there"]);
    assert!(
        again.code == 0 && again.err.contains("already"),
        "{}{}",
        again.out,
        again.err
    );
    assert_eq!(init("USA.SVC", &[]).code, 1);
    let other = init("GBR.CAB", &["--unless-there"]);
    assert!(other.code == 1 && other.err.contains("USA.SVC"), "{}", other.err);
    desk.ok("node", &["ledger", "publish"]);
}

#[test]
fn every_command_reads_the_settings_that_the_environment_names() {
    let desk = founded();
    desk.write("elsewhere.toml", "[sessions]\nidle_minute = 5\n");
    let said = desk.with(
        &["--data", "USA.SVC", "account", "list"],
        "",
        &[
            ("ENTENTE_SETTINGS", "elsewhere.toml"),
            ("ENTENTE_PASSPHRASE", "for a test"),
        ],
    );
    assert!(
        said.code == 1 && said.err.contains("elsewhere.toml"),
        "{}{}",
        said.out,
        said.err
    );
}
