//! Two nodes that sign each other's ledgers, and one that shows two histories.

use crate::network::standing;
use crate::support;

use support::web::{Served, until};
use support::{Desk, REPORT};

fn eager(desk: &Desk, party: &str, other: &str, address: &str) {
    let text = format!(
        "listen = \"127.0.0.1:0\"\npublish_seconds = 1\n[courier]\nfirst_wait_seconds = 1\nlongest_wait_seconds = 1\n\
         [partners.\"{other}\"]\naddress = \"http://{address}\"\n"
    );
    desk.write(&format!("{party}/serve.toml"), &text);
}

fn copied(desk: &Desk, from: &str, to: &str) {
    let status = std::process::Command::new("cp")
        .args(["-a", from, to])
        .current_dir(desk.0.path())
        .status();
    assert!(status.unwrap().success());
}

fn replaced(desk: &Desk, by: &str, what: &str) {
    std::fs::remove_dir_all(desk.path(what)).unwrap();
    std::fs::rename(desk.path(by), desk.path(what)).unwrap();
}

/// Who has signed the newest checkpoint of a party besides itself.
fn witnessed(desk: &Desk, party: &str, by: &str) -> bool {
    let files = std::fs::read_dir(desk.path(&format!("{party}/witnessed")))
        .into_iter()
        .flatten()
        .flatten();
    let signed =
        |path: std::path::PathBuf| std::fs::read_to_string(path).is_ok_and(|text| text.contains(&format!("— {by} ")));
    files.into_iter().any(|file| signed(file.path()))
}

#[test]
fn partners_witness_each_other_s_ledgers_and_have_the_same_on_record() {
    let desk = Desk::new();
    desk.parties();
    eager(&desk, "GBR.CAB", "USA.SVC", "127.0.0.1:1");
    let gbr = Served::start(&desk, "GBR.CAB", &[]);
    eager(&desk, "USA.SVC", "GBR.CAB", &gbr.address);
    let usa = Served::start(&desk, "USA.SVC", &[]);
    eager(&desk, "GBR.CAB", "USA.SVC", &usa.address);
    gbr.signal("HUP");
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
    until("it is confirmed", || {
        standing(&desk, "USA.SVC")["confirmed_at"].is_string()
    });
    for (party, by) in [("USA.SVC", "GBR.CAB"), ("GBR.CAB", "USA.SVC")] {
        until("the other has signed", || witnessed(&desk, party, by));
    }
    let reconciled = |party: &str, with: &str, more: &[&str]| {
        desk.run(&[&["--json", "--data", party, "ledger", "reconcile", with], more].concat())
    };
    let same = reconciled("USA.SVC", "GBR.CAB", &[]);
    assert_eq!(same.code, 0, "{}{}", same.out, same.err);
    assert_eq!(same.json()["witnesses"][0]["name"], "USA.SVC", "{}", same.out);
    // A quorum is a term of the arrangement.
    desk.ok(
        "USA.SVC",
        &["arrangement", "narrow", "GBR-USA-2024", "--witnesses", "2"],
    );
    let fewer = reconciled("USA.SVC", "GBR.CAB", &[]);
    assert!(
        fewer.code == 1 && fewer.out.contains("asks for 2 witnesses"),
        "{}{}",
        fewer.out,
        fewer.err
    );
    let other = reconciled("GBR.CAB", "USA.SVC", &[]);
    let differs = other.json()["differences"].to_string();
    assert!(
        !differs.contains("recorded here") && !differs.contains("shows it"),
        "{}{}",
        other.out,
        other.err
    );
    assert!(usa.log().contains("/partner/ask") && usa.log().contains("/witness/{prefix}/add-checkpoint"));
    // Whoever has no prefix of their own finds nothing.
    let stranger = usa.ask(
        "POST",
        "/witness/0123456789abcdef0123456789abcdef/add-checkpoint",
        &[],
        b"old 0\n\nx\n",
    );
    assert_eq!((stranger.status, stranger.body.len()), (404, 0));
    drop((usa, gbr));
    // What one side has and the other does not is named.
    desk.ok("GBR.CAB", &["assure", "--for", "USA.SVC", "-o", "before.json"]);
    std::fs::remove_file(desk.path("USA.SVC/serve.toml")).unwrap();
    desk.write(
        "report.md",
        &std::fs::read_to_string(desk.path("report.md"))
            .unwrap()
            .replace("ferries", "large ferries"),
    );
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
    let differs = reconciled("USA.SVC", "GBR.CAB", &["--file", "before.json"]);
    assert_eq!(differs.code, 1, "{}{}", differs.out, differs.err);
    let places: Vec<String> = differs.json()["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["place"].to_string())
        .collect();
    assert!(
        places.contains(&format!("\"report-received {REPORT} v2\"")),
        "{places:?}"
    );
}

#[test]
fn whoever_shows_two_histories_is_caught_named_and_not_talked_to() {
    let desk = Desk::delivered();
    copied(&desk, "GBR.CAB", "other");
    copied(&desk, "heads", "other-heads");
    let goes_on = |name: &str, file: &str| {
        desk.ok("GBR.CAB", &["party", "add", name]);
        desk.ok("GBR.CAB", &["assure", "--for", "USA.SVC", "-o", file]);
    };
    goes_on("FRA", "one.json");
    // Its folder and what it remembers outside it are put back, and it goes on otherwise.
    replaced(&desk, "other", "GBR.CAB");
    copied(&desk, "heads", "usa-heads");
    replaced(&desk, "other-heads", "heads");
    goes_on("ESP", "two.json");
    replaced(&desk, "usa-heads", "heads");
    let reconcile = |file: &str| desk.run(&["--data", "USA.SVC", "ledger", "reconcile", "GBR.CAB", "--file", file]);
    let first = reconcile("one.json");
    assert_eq!(first.code, 0, "{}{}", first.out, first.err);
    let second = reconcile("two.json");
    assert_eq!(second.code, 6, "{}{}", second.out, second.err);
    assert!(
        second.out.contains("two histories") && second.out.contains("link is stopped"),
        "{}",
        second.out
    );
    let kept = std::fs::read_dir(desk.path("USA.SVC/conflicts"))
        .unwrap()
        .flatten()
        .next()
        .unwrap();
    let kept = std::fs::read_to_string(kept.path()).unwrap();
    assert_eq!(kept.matches("— GBR.CAB ").count(), 2, "{kept}");
    // Nothing is sealed to it any more.
    let waits = desk.run(&["--data", "USA.SVC", "deliver", REPORT, "--to", "GBR.CAB"]);
    assert!(
        format!("{}{}", waits.out, waits.err).contains("two histories"),
        "{}{}",
        waits.out,
        waits.err
    );
    assert!(desk.ok("USA.SVC", &["ledger", "log"]).out.contains("link-frozen"));
}
