//! Lists come in pages, and can be searched; what is hidden from the asker is neither counted nor found.

use crate::support;

use serde_json::Value;
use support::Desk;

const READER: [&str; 2] = ["--as", "USA.SVC/reader"];

fn stocked() -> Desk {
    let desk = Desk::new();
    desk.parties();
    desk.write(
        "reader.json",
        r#"[{"id": "USA.SVC/reader", "citizenships": ["USA"], "clearances": {"us-ic": "S"}}]"#,
    );
    desk.ok("USA.SVC", &["person", "add", "--file", "reader.json"]);
    for number in 1..=7 {
        // The fourth and the fifth are above what the reader may see.
        let mark = if (4..=5).contains(&number) {
            "(TS//NF)"
        } else {
            "(S//NF)"
        };
        let text =
            format!("---\nid: R-{number}\ntitle: Movement {number}\n---\n{mark} The ship number {number} left.\n");
        desk.write("report.md", &text);
        desk.ok("USA.SVC", &["report", "add", "report.md"]);
        desk.ok(
            "USA.SVC",
            &["report", "distribute", &format!("R-{number}"), "--add", READER[1]],
        );
    }
    desk
}

/// One mechanism for every list: the text of a cell, a column, an order, a number, CSV; and JSON with the same rows.
#[test]
fn every_list_is_searched_filtered_sorted_and_written_as_csv() {
    let desk = stocked();
    let csv = |more: &[&str]| desk.ok("USA.SVC", &[more, &["--csv"]].concat()).out;
    let sorted = csv(&["report", "list", "--sort", "-report", "--only", "banner=TOP"]);
    let rows: Vec<&str> = sorted.lines().collect();
    assert_eq!(rows[0], "report,version,title,banner,portions,for,state");
    assert_eq!(rows.len(), 3, "{sorted}");
    assert!(
        rows[1].starts_with("R-5,v1,") && rows[2].starts_with("R-4,v1,"),
        "{sorted}"
    );
    let json = desk
        .ok(
            "USA.SVC",
            &["--json", "report", "list", "--sort", "-report", "--only", "banner=TOP"],
        )
        .json();
    let ids: Vec<&str> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["R-5", "R-4"]);
    let wrong = desk.run(&["--data", "USA.SVC", "party", "list", "--sort", "size"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong
            .err
            .contains("there is no column `size`; the list has `party`, `name`"),
        "{}",
        wrong.err
    );
    let none = desk.ok("USA.SVC", &["party", "list", "--search", "no such"]);
    assert!(none.err.contains("rows fits; leave out `--search`"), "{}", none.err);
    for list in [
        &["party", "list"][..],
        &["party", "contacts"],
        &["person", "list"],
        &["audience", "list"],
        &["arrangement", "list"],
        &["request", "list"],
        &["consent", "list"],
        &["consent", "check"],
        &["override", "list"],
        &["disclosure", "list"],
        &["recall", "list"],
        &["embargo", "list"],
        &["brief", "list"],
        &["incident", "list"],
        &["rule", "list"],
        &["scheme", "list"],
        &["facts", "list"],
        &["source", "list"],
        &["outbox", "list"],
        &["partner", "list"],
        &["pending", "list"],
        &["feed", "list"],
        &["account", "list"],
        &["account", "access"],
        &["todo"],
    ] {
        let head = csv(list);
        let column = head.split(',').next().unwrap().trim();
        assert!(!column.is_empty() && head.ends_with("\r\n"), "{list:?}: {head}");
        let only = format!("{column}=nobody has this");
        let filtered = [list, &["--only", &only, "--sort", column]].concat();
        assert_eq!(csv(&filtered).lines().count(), 1, "{list:?}");
    }
}

/// Many persons are rows, those of one party who may have the same one row; a mark is never broken, however narrow the page.
#[test]
fn many_persons_are_told_together_and_marks_are_never_broken() {
    let desk = stocked();
    let people: Vec<Value> = (0..30)
        .map(|n| {
            let party = if n < 27 { "GBR.CAB" } else { "USA.SVC" };
            serde_json::json!({ "id": format!("{party}/p{n}"), "citizenships": [&party[..3]], "clearances": { "us-ic": "S" } })
        })
        .collect();
    desk.write("people.json", &serde_json::to_string(&people).unwrap());
    desk.ok("USA.SVC", &["person", "add", "--file", "people.json"]);
    desk.ok("USA.SVC", &["audience", "set", "many", "--file", "people.json"]);
    desk.write(
        "long.md",
        "---\nid: L\n---\n(S//REL TO USA, AUS, CAN, DEU, FRA, GBR, NZL) One. {#a}\n\n(S//NF) Two. {#b}\n",
    );
    desk.ok("USA.SVC", &["report", "add", "long.md"]);
    let narrow = |arguments: &[&str]| {
        let all = [&["--data", "USA.SVC"], arguments].concat();
        desk.with(&all, "", &[("COLUMNS", "80")]).out
    };
    let decided = narrow(&["decide", "L", "--audience", "many"]);
    assert!(decided.contains("27 persons of GBR.CAB"), "{decided}");
    assert!(decided.contains("for 27 persons of GBR.CAB"), "{decided}");
    let row = decided
        .lines()
        .find(|line| line.trim().starts_with("27 persons"))
        .unwrap();
    assert!(row.contains('a') && row.contains('b'), "{decided}");
    let few = narrow(&["decide", "L", "--to", "GBR.CAB/p1,USA.SVC/p28"]);
    assert!(few.contains("(S//REL TO USA, AUS, CAN, DEU, FRA, GBR, NZL)"), "{few}");
    assert!(few.contains("✕ deny") && few.contains("✓ permit"), "{few}");
    assert!(!few.contains('\u{1b}'), "no colours where there is no terminal");
    let listed = narrow(&["report", "list"]);
    assert!(
        listed.contains("SECRET//REL TO USA, AUS, CAN, DEU, FRA, GBR, NZL") || listed.contains("SECRET//NOFORN"),
        "{listed}"
    );
}

/// What a list writes, the command that adds takes back.
#[test]
fn persons_parties_and_audiences_go_out_and_in_as_csv_and_json() {
    let desk = stocked();
    desk.write(
        "people.csv",
        "Person,Name,Citizenships,Clearances,Roles\nUSA.SVC/a,\"Ann, analyst\",USA GBR,us-ic=TS nato=NS,analyst\nUSA.SVC/b,=cmd(),USA,,\n",
    );
    desk.ok("USA.SVC", &["person", "add", "--file", "people.csv"]);
    desk.ok("USA.SVC", &["audience", "set", "two", "--file", "people.csv"]);
    desk.ok(
        "USA.SVC",
        &[
            "party",
            "contact",
            "GBR.CAB",
            "duty officer",
            "--phone",
            "+44 20 5555 0100",
            "--zone",
            "Europe/London",
        ],
    );
    // Whoever is switched off stays so where the list is taken in.
    desk.ok("USA.SVC", &["person", "disable", "USA.SVC/b"]);
    let out = |list: &[&str]| desk.ok("USA.SVC", list).out;
    let persons = out(&["person", "list", "--csv"]);
    assert!(
        persons.contains("USA.SVC/a,\"Ann, analyst\",GBR USA,nato=SECRET us-ic=TOP SECRET,,analyst,"),
        "{persons}"
    );
    assert!(
        persons.contains("USA.SVC/b,'=cmd(),USA"),
        "no spreadsheet takes a name for a formula: {persons}"
    );
    let contacts = out(&["party", "contacts"]);
    assert!(
        contacts.contains("duty officer") && contacts.contains("Europe/London"),
        "{contacts}"
    );
    for (kind, end) in [("--csv", "csv"), ("--json", "json")] {
        let other = Desk::new();
        other.parties();
        for (list, add) in [
            (&["party", "list"][..], &["party", "add", "--file"][..]),
            (&["person", "list"], &["person", "add", "--file"]),
            (&["audience", "list"], &["audience", "set", "--file"]),
        ] {
            let file = format!("{}.{end}", list[0]);
            let written = out(&[list, &[kind]].concat());
            other.write(&file, &written);
            other.ok("USA.SVC", &[add, &[file.as_str()]].concat());
            let again = other.ok("USA.SVC", &[list, &["--csv", "--sort", list[0]]].concat()).out;
            let before = out(&[list, &["--csv", "--sort", list[0]]].concat());
            assert!(
                before.lines().all(|line| list[0] == "party" || again.contains(line)),
                "{before}\n{again}"
            );
        }
    }
    desk.write("bad.csv", "person,clearance\nUSA.SVC/c,TS\n");
    let wrong = desk.run(&["--data", "USA.SVC", "person", "add", "--file", "bad.csv"]);
    assert!(
        wrong
            .err
            .contains("bad.csv: line 2: there is no column `clearance`; persons have"),
        "{}",
        wrong.err
    );
}

fn ids(desk: &Desk, more: &[&str]) -> Vec<String> {
    let listed = desk
        .ok("USA.SVC", &[&["--json", "report", "list"], more].concat())
        .json();
    let rows: Vec<Value> = listed.as_array().unwrap().clone();
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn pages_joined_are_the_list() {
    let desk = stocked();
    for asker in [&[][..], &READER] {
        let all = ids(&desk, asker);
        let mut joined: Vec<String> = Vec::new();
        loop {
            let mut page = [asker, &["--limit", "2"]].concat();
            if let Some(last) = joined.last() {
                page.extend(["--after", last.as_str()]);
            }
            let rows = ids(&desk, &page);
            assert!(rows.len() <= 2, "{rows:?}");
            if rows.is_empty() {
                break;
            }
            joined.extend(rows);
        }
        assert_eq!(joined, all);
    }
    assert_eq!(ids(&desk, &READER), ["R-1", "R-2", "R-3", "R-6", "R-7"]);
}

#[test]
fn that_there_are_more_is_said_only_of_what_the_asker_may_know() {
    let desk = stocked();
    let list = |more: &[&str]| desk.ok("USA.SVC", &[&["report", "list"], more].concat());
    assert!(list(&["--limit", "3"]).err.contains("`--after R-3` shows them"));
    // After the reader's last report, others follow in the list of the party: to the reader they are not there.
    let last = [&READER[..], &["--after", "R-3", "--limit", "2"]].concat();
    assert_eq!(ids(&desk, &last), ["R-6", "R-7"]);
    assert_eq!(list(&last).err, "");
}

#[test]
fn a_search_finds_what_the_asker_sees() {
    let desk = stocked();
    assert_eq!(ids(&desk, &["--search", "movement 4"]), ["R-4"]);
    let hidden = [&READER[..], &["--search", "movement 4"]].concat();
    assert_eq!(ids(&desk, &hidden), [""; 0]);
    let said = desk.ok("USA.SVC", &[&["report", "list"], &hidden[..]].concat());
    assert!((said.out + &said.err).contains("no such reports"));
    assert_eq!(ids(&desk, &["--search", "TOP SECRET"]), ["R-4", "R-5"]);
}

#[test]
fn the_work_list_is_for_a_person_or_for_the_party_as_such() {
    let desk = Desk::delivered();
    let items = |asker: &[&str]| desk.ok("USA.SVC", &[&["--json", "todo"], asker].concat()).json()["items"].clone();
    assert_eq!(items(&[]), serde_json::json!([]));

    // The text of a fact is changed: what was written about it is stale.
    desk.ok("USA.SVC", &["facts", "set", support::REPORT, "facts.json"]);
    let text = std::fs::read_to_string(desk.path("report.md")).unwrap();
    desk.write("report.md", &text.replace("Port Marrow", "another town"));
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    let stale = items(&[]);
    assert_eq!(stale[0]["kind"], "stale-facts", "{stale}");
    assert_eq!(stale[0]["about"], support::REPORT);
    assert_eq!(stale[0]["next"], "entente facts set SVC-2026-0412 FILE");

    let nobody = desk.run(&["--data", "USA.SVC", "todo", "--as", "USA.SVC/nobody"]);
    assert_eq!(nobody.code, 5, "{}", nobody.err);
}
