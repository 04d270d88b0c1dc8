//! A policy file of one's own marks reports at the command line, and a partner is told which file it needs.

use crate::support;

use support::Desk;

const ALLIANCE: &str = include_str!("../../entente-marking/policies/alliance.spif.xml");

fn desk() -> Desk {
    let desk = Desk::new();
    desk.parties();
    let file = ALLIANCE
        .replace("ALLIANCE", "LEAGUE")
        .replace("2.25.115083528602733865852968498816419052597", "2.25.7");
    desk.write("league.xml", &file);
    desk.write(
        "league.md",
        "---\nid: L-1\nscheme: league\ntitle: Weather\nrecipients: [GBR.CAB]\n---\n(AS) The finder is known.\n",
    );
    desk
}

#[test]
fn a_scheme_is_added_shown_used_and_kept_while_in_use() {
    let desk = desk();
    let refused = desk.run(&["--data", "USA.SVC", "report", "add", "league.md"]);
    assert!(
        refused.err.contains("scheme league is not known here"),
        "{}",
        refused.err
    );

    let tried = desk.ok("USA.SVC", &["scheme", "add", "league.xml", "--dry-run"]).out;
    assert!(tried.contains("nothing was changed"), "{tried}");
    assert!(!desk.ok("USA.SVC", &["scheme", "list"]).out.contains("league"));

    let added = desk.ok("USA.SVC", &["scheme", "add", "league.xml"]).out;
    assert!(added.starts_with("league is installed: LEAGUE (2.25.7)"), "{added}");
    let shown = desk.ok("USA.SVC", &["scheme", "show", "league"]).out;
    assert!(shown.contains("LEAGUE SECRET") && shown.contains("(AS)"), "{shown}");
    assert_eq!(
        desk.ok("USA.SVC", &["scheme", "export", "league"]).out,
        std::fs::read_to_string(desk.path("league.xml")).unwrap()
    );

    desk.ok("USA.SVC", &["report", "add", "league.md"]);
    let mark = desk.ok(
        "USA.SVC",
        &["marking", "check", "--scheme", "league", "--kind", "portion", "(AS)"],
    );
    assert_eq!(mark.out.trim(), "valid");
    desk.ok(
        "USA.SVC",
        &[
            "person",
            "add",
            "USA.SVC/reader",
            "--citizenship",
            "USA",
            "--clearance",
            "league=AS",
        ],
    );
    desk.ok("USA.SVC", &["report", "distribute", "L-1", "--add", "USA.SVC/reader"]);
    let read = desk
        .ok("USA.SVC", &["report", "show", "L-1", "--as", "USA.SVC/reader"])
        .out;
    assert!(
        read.contains("LEAGUE SECRET") && read.contains("The finder is known."),
        "{read}"
    );

    let kept = desk.run(&["--data", "USA.SVC", "scheme", "remove", "league"]);
    assert!(kept.err.contains("league is in use, so it stays: "), "{}", kept.err);
    let bad = desk.with_input(&["--data", "USA.SVC", "scheme", "add", "-"], "<SPIF>\n  <x/>\n</SPIF>");
    assert!(bad.err.contains("line 2, column 3"), "{}", bad.err);
}

#[test]
fn a_partner_that_lacks_the_file_is_told_which_one_it_needs() {
    let desk = desk();
    desk.ok("USA.SVC", &["scheme", "add", "league.xml"]);
    desk.ok("USA.SVC", &["report", "add", "league.md"]);
    desk.ok("USA.SVC", &["deliver", "L-1", "--to", "GBR.CAB"]);
    desk.receive("GBR.CAB");

    let list = desk.ok("GBR.CAB", &["--json", "scheme", "list"]).json();
    let needed = &list["needed"][0];
    assert_eq!(needed["scheme"], "league");
    assert_eq!(needed["versions"], 1);
    let digest = desk.ok("USA.SVC", &["--json", "scheme", "show", "league"]).json()["file"].clone();
    assert_eq!(needed["file"], digest);

    desk.ok("GBR.CAB", &["report", "distribute", "L-1", "--add", "GBR.CAB/minister"]);
    let closed = desk.run(&["--data", "GBR.CAB", "report", "show", "L-1", "--as", "GBR.CAB/minister"]);
    assert!(!closed.out.contains("finder"), "{}", closed.out);

    let added = desk.ok("GBR.CAB", &["scheme", "add", "league.xml"]).out;
    assert!(
        added.contains("1 held version can be read with it from now on"),
        "{added}"
    );
    desk.ok(
        "GBR.CAB",
        &["person", "add", "GBR.CAB/minister", "--clearance", "league=AS"],
    );
    let open = desk
        .ok("GBR.CAB", &["report", "show", "L-1", "--as", "GBR.CAB/minister"])
        .out;
    assert!(open.contains("The finder is known."), "{open}");
}

#[test]
fn a_node_s_own_lists_are_read_in_marks() {
    let desk = desk();
    let check = [
        "--data",
        "USA.SVC",
        "marking",
        "check",
        "--kind",
        "portion",
        "(TS//QRS//NF)",
    ];
    assert_eq!(desk.run(&check).code, 1);
    desk.write("lists.json", r#"{"systems": [{"name": "QRS", "meaning": "exercise"}]}"#);
    desk.ok("USA.SVC", &["register", "set", "lists.json"]);
    assert_eq!(desk.run(&check).code, 0);
    let shown = desk.ok("USA.SVC", &["register", "show"]).out;
    assert!(shown.contains("QRS") && shown.contains("exercise"), "{shown}");
    desk.ok("USA.SVC", &["register", "remove"]);
    assert_eq!(desk.run(&check).code, 1);
}
