//! A first start: the party, its first administrator and its first partner, in the browser; sample data that is gone again.

use crate::support;

use support::Desk;
use support::web::{Answer, Browser, Served, between, digits_after, join, until};

const PASSWORD: &str = "correct horse battery";

/// A node that is started on a folder that is not there yet, and the path of the link that it prints.
fn first(desk: &Desk) -> (Served, String) {
    let node = Served::start(desk, "NEW", &["--listen", "127.0.0.1:0"]);
    let link = node.link.clone().unwrap();
    let path = link.split_once("://").unwrap().1;
    let path = path[path.find('/').unwrap()..].to_owned();
    assert!(
        link.starts_with("http://entente.localhost:"),
        "passkeys are made for a name: {link}"
    );
    (node, path)
}

fn says(answer: &Answer, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert!(answer.text().contains(words), "{words}: {}", answer.text());
}

#[test]
fn a_first_start_leads_from_nothing_to_a_partner_in_the_browser() {
    let desk = Desk::new();
    let (node, path) = first(&desk);
    let browser = Browser::new(&node);
    for elsewhere in ["/", "/sign-in", "/join/AAAA-AAAA-AAAA-AAAA-AAAA"] {
        says(&browser.get(elsewhere), 503, "not set up yet");
    }
    let page = browser.get(&path);
    says(&page, 200, "Set up this node");
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains("default-src 'none'")
    );
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let party = [("party", "USA.SVC"), ("name", "The Service")];
    says(&browser.post_from("cross-site", &path, &party), 503, "not set up yet");
    says(
        &browser.post(&path, &[("party", "<b>a</b>")]),
        409,
        "&#60;b&#62;a&#60;/b&#62;",
    );
    assert!(!desk.path("NEW/origin").exists(), "nothing was made by that");

    assert_eq!(browser.post(&path, &party).header("location"), Some(path.as_str()));
    let account = browser.get(&path);
    says(&account, 200, "First start, step 2 of 2");
    says(&account, 200, "data-passkey=\"join\"");
    let code = path.strip_prefix("/join/").unwrap();
    let problem = [
        ("linked", "yes"),
        ("code", code),
        ("name", "osei"),
        ("password", "short"),
        ("again", "short"),
    ];
    says(&browser.post("/join", &problem), 409, "data-passkey=\"join\"");
    let (secret, made) = join(&node, code, "osei", PASSWORD);
    assert!(made.contains("Write this down"), "{made}");
    says(&browser.get(&path), 409, "cannot be used");

    let digits = digits_after(&secret, 1);
    let entered = browser.post(
        "/sign-in",
        &[("name", "osei"), ("password", PASSWORD), ("digits", &digits)],
    );
    assert_eq!(entered.status, 303, "{}", entered.text());
    invites(&desk, &browser);
    drop(node);
    let listed = desk.ok("NEW", &["--json", "party", "list"]).out;
    assert!(listed.contains("The Service") && listed.contains("GBR.CAB"), "{listed}");
    let again = Served::start(&desk, "NEW", &["--listen", "127.0.0.1:0"]);
    assert_eq!((&again.code, &again.link), (&None, &None), "what is set up is served");
}

/// The administrator hands out an invitation, and takes a partner's in once its fingerprint was said.
fn invites(desk: &Desk, browser: &Browser<'_>) {
    let own = browser.send("/partners/invite", &[]);
    assert_eq!(
        own.header("content-disposition"),
        Some("attachment; filename=\"USA.SVC.invitation\"")
    );
    desk.write("own", &own.text());
    desk.found("GBR.CAB");
    let asked = desk.run(&["--data", "GBR.CAB", "partner", "accept", "own"]);
    assert!(
        asked.err.contains("the invitation is of USA.SVC, fingerprint"),
        "{}",
        asked.err
    );
    let theirs = desk.ok("GBR.CAB", &["partner", "invite"]);
    let fingerprint = between(&theirs.err, "fingerprint ", "\n").unwrap();
    // As a browser sends what was pasted.
    let pasted = theirs.out.replace('\n', "\r\n");
    let fields = |said: &'static str| [("invitation", pasted.clone()), ("fingerprint", said.to_owned())];
    for (said, problem) in [
        ("", "let a person of GBR.CAB read theirs to you"),
        ("AAAA", "THE FINGERPRINTS DIFFER"),
    ] {
        let fields = fields(said);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        says(&browser.send("/partners/accept", &fields), 409, problem);
    }
    let right = [("invitation", pasted.as_str()), ("fingerprint", fingerprint.as_str())];
    assert_eq!(
        browser.send("/partners/accept", &right).header("location"),
        Some("/partners")
    );
    says(&browser.get("/partners"), 200, "GBR.CAB");
}

#[test]
fn sample_data_is_shown_before_anything_is_made_and_thrown_away() {
    let desk = Desk::new();
    let (node, path) = first(&desk);
    let browser = Browser::new(&node);
    let sample = format!("{path}/sample");
    assert_eq!(browser.post(&sample, &[("do", "begin")]).status, 303);
    let begins = browser.get(&path);
    says(&begins, 200, "The sample is being made");
    assert_eq!(begins.header("refresh"), Some("3"), "the page looks again by itself");
    let served = || browser.get(&path).text().contains("CHL/foreign-minister");
    until("the sample serves", served);
    let guest = between(&browser.get(&path).text(), "http://usa-svc.localhost:", "/").unwrap();
    let address = format!("127.0.0.1:{guest}");
    assert!(std::net::TcpStream::connect(&address).is_ok(), "its nodes serve");
    assert_eq!(browser.post(&sample, &[("do", "end")]).status, 303);
    says(&browser.get(&path), 200, "Show the sample");
    assert!(std::net::TcpStream::connect(&address).is_err(), "its nodes are gone");
    assert!(
        !desk.path("NEW").exists(),
        "and nothing of it is in the folder of the node"
    );
}
