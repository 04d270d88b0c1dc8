//! Ways in: sessions in browsers, logins at the command line and tokens are listed and ended, by whoever they are of and by an
//! administrator, on the page, by the interface and by the command line.

use crate::support;

use serde_json::Value;
use support::Desk;
use support::web::{Answer, Browser, Served, between};

const OSEI: &str = "GBR.CAB/osei";
const LANE: &str = "GBR.CAB/lane";

fn serving() -> (Desk, Served) {
    let desk = Desk::delivered();
    desk.staff(&[("osei", "administrator"), ("lane", "analyst")], &[]);
    let node = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    (desk, node)
}

fn asked(node: &Served, token: &str, method: &str, path: &str) -> Answer {
    node.ask(method, path, &[("authorization", &format!("Bearer {token}"))], b"")
}

fn listed(answer: &Answer) -> Vec<Value> {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.text()));
    body["access"].as_array().unwrap().clone()
}

/// The ids on a page of ways in.
fn ids(page: &str) -> Vec<String> {
    let parts = page.split("name=\"id\" value=\"").skip(1);
    parts
        .filter_map(|part| Some(part.split_once('"')?.0.to_owned()))
        .collect()
}

#[test]
fn everybody_ends_their_own_ways_in_and_an_administrator_anybody_s() {
    let (desk, node) = serving();
    let [osei, first, second] = [OSEI, LANE, LANE].map(|person| Browser::as_person(&desk, &node, person));
    // Somebody sees their own and ends them; another's is as good as not there.
    let page = first.get("/access").text();
    assert!(
        page.contains("2 ways in are open in your name") && !page.contains("Everybody else"),
        "{page}"
    );
    let own = ids(&osei.get("/access").text());
    assert_eq!(own.len(), 3, "an administrator sees all");
    let osei_s = own.iter().find(|id| !page.contains(id.as_str())).unwrap();
    assert_eq!(first.send("/access", &[("id", osei_s)]).status, 404);
    assert_eq!(osei.get("/access").status, 200);
    let before = ids(&first.get("/access").text());
    assert_eq!(first.send("/access", &[("id", &before[0])]).status, 303);
    let open = [first.get("/access").status, second.get("/access").status];
    assert!(
        open == [200, 303] || open == [303, 200],
        "one of both has ended: {open:?}"
    );
    // By the interface: the same list, the same limits.
    let third = Browser::as_person(&desk, &node, LANE);
    let (read, act) = (desk.token(LANE, "read"), desk.token(LANE, "act"));
    let (all, does) = (desk.token(OSEI, "read"), desk.token(OSEI, "act"));
    let mine = listed(&asked(&node, &read, "GET", "/api/v1/access"));
    assert!(mine.iter().all(|access| access["person"] == LANE), "{mine:?}");
    assert_eq!(mine.len(), 4, "two sessions and two tokens: {mine:?}");
    let everybody_s = listed(&asked(&node, &all, "GET", "/api/v1/access"));
    assert_eq!(everybody_s.len(), 7, "{everybody_s:?}");
    let text = serde_json::to_string(&everybody_s).unwrap();
    for secret in [read.trim(), act.trim(), &third.cookie().unwrap()] {
        assert!(
            !text.contains(secret.trim_start_matches("__Host-entente=")),
            "no token is shown"
        );
    }
    let end = |token: &str, id: &str| asked(&node, token, "DELETE", &format!("/api/v1/access/{id}")).status;
    assert_eq!(end(&read, osei_s), 403, "a token to read ends nothing");
    assert_eq!(end(&act, osei_s), 404, "another's is as good as not there");
    assert_eq!(end(&act, "0000000000000000"), 404);
    let of = |way: &str, list: &[Value]| {
        let fits = |access: &&Value| access["way"] == way && access["person"] == LANE;
        list.iter()
            .filter(fits)
            .map(|access| access["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    for id in of("browser", &everybody_s) {
        assert_eq!(end(&does, &id), 200, "an administrator ends anybody's");
        assert_eq!(end(&does, &id), 404, "and only once");
    }
    assert_eq!(third.get("/access").status, 303, "whoever is ended is out at once");
    // By the command line, as whoever runs the node: what one process holds is listed and ended by another.
    let fourth = Browser::as_person(&desk, &node, LANE);
    let listed = desk.ok("GBR.CAB", &["--json", "account", "access", LANE]).json();
    let sessions = of("browser", listed.as_array().unwrap());
    assert_eq!(sessions.len(), 1, "{listed}");
    desk.ok("GBR.CAB", &["account", "end-access", &sessions[0]]);
    assert_eq!(fourth.get("/access").status, 303);
    let fifth = Browser::as_person(&desk, &node, LANE);
    let ended = desk.ok("GBR.CAB", &["--json", "account", "end", LANE]).json();
    assert_eq!(ended["ended"], 3, "a session and two tokens: {ended}");
    assert_eq!(
        (
            fifth.get("/access").status,
            asked(&node, &read, "GET", "/api/v1/access").status
        ),
        (303, 401)
    );
    // What was ended is on record, as what happens in the house, and says what and whose.
    let log = desk.ok("GBR.CAB", &["ledger", "log"]).out;
    assert!(log.contains("internal") && !log.contains("lane"), "{log}");
    let ledger = osei.get("/ledger").text();
    let row = between(&ledger, "<tbody", "</tr>").unwrap();
    assert!(row.contains("internal"), "{row}");
    drop(node);
    assert!(desk.ok("GBR.CAB", &["store", "check"]).out.contains("ok"));
}
