//! What concerns one report looks at one report, however many the node holds; and what cannot be read is said.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::path::Path;
use std::sync::Arc;

use entente_core::handle::Why;
use entente_core::{Command, Line, Party, PersonId, ReportId, draft};
use entente_desk::reading::{Listed, Page, page, show};
use entente_desk::todo::todo;
use entente_desk::{Moment, View, doing, lineage};
use entente_node::{KeyPair, Node, Pinned, SecretString, Surroundings};
use jiff::Timestamp;
use serde_json::json;

const MANY: usize = 60;

fn surroundings(place: &Path) -> Surroundings {
    Surroundings {
        heads: Some(place.join("heads")),
        passphrase: Box::new(|| Ok(SecretString::from("for a test"))),
        tell: Arc::new(|_| ()),
    }
}

fn opened(place: &Path) -> Pinned {
    Node::pinned(&Arc::new(Node::open(&place.join("usa"), surroundings(place)).unwrap()))
}

fn add(node: &mut Pinned, id: &str, body: &str) {
    add_titled(node, id, "Movement", body);
}

fn add_titled(node: &mut Pinned, id: &str, title: &str, body: &str) {
    let text = format!("---\nid: {id}\nscheme: us-ic\ntitle: {title}\n---\n{body}\n");
    let setting = draft::Setting {
        schemes: node.schemes(),
        state: Some(node.state()),
        home: node.home().unwrap(),
        name: id,
        now: Timestamp::now(),
    };
    let report = draft::compose(&text, &setting).unwrap();
    let why = Why::default();
    node.submit(Command::AddReportBecause { report, why }).unwrap();
}

/// A node with many reports, one of which rests on another.
fn filled(place: &Path) {
    let keys = KeyPair::generate("USA").unwrap();
    let party = Party {
        path: "USA".parse().unwrap(),
        name: "USA".to_owned(),
        client_of: Default::default(),
        signing_keys: keys.public().signing,
        recipient: Some(keys.public().recipient),
    };
    let secret = (SecretString::from("for a test"), 2);
    let node = Node::create(
        &place.join("usa"),
        Command::Found(party.clone()),
        keys,
        secret,
        surroundings(place),
    );
    let mut node = Node::pinned(&Arc::new(node.unwrap()));
    let person = json!({ "id": "USA/ann", "party": "USA", "citizenships": ["USA"], "accesses": [],
        "clearances": { "us-ic": { "rank": 4, "name": "TOP SECRET" } } });
    node.submit(Command::SetPerson(serde_json::from_value(person).unwrap()))
        .unwrap();
    let gbr = KeyPair::generate("GBR").unwrap();
    let partner = Party {
        path: "GBR".parse().unwrap(),
        recipient: Some(gbr.public().recipient),
        signing_keys: gbr.public().signing,
        ..party
    };
    node.submit(Command::SetParty(partner)).unwrap();
    for n in 0..MANY {
        add(
            &mut node,
            &format!("R-{n:03}"),
            "(S//REL TO USA, GBR) A ship left.\n\n(S//NF) Its cargo is known.",
        );
    }
    add(&mut node, "H-1\nexistence-protected: true", "(S//NF) Nobody knows.");
    add(&mut node, "S-1", "(S//NF) {from: R-007 v1 p2} The cargo was seen.");
}

fn looked_at(place: &Path, work: impl FnOnce(&mut Pinned)) -> usize {
    let mut node = opened(place);
    assert_eq!(node.state().loose(), 0, "a report is read to open the node");
    work(&mut node);
    node.moment().sound().unwrap();
    node.state().loose()
}

#[test]
fn what_concerns_one_report_looks_at_one_report() {
    let place = tempfile::tempdir().unwrap();
    filled(place.path());
    let id: ReportId = "R-007".parse().unwrap();
    let ann: PersonId = "USA/ann".parse().unwrap();
    let shown = looked_at(place.path(), |node| {
        let moment = Moment::of(node.state(), node.rules(), node.library());
        let shown = show(&moment, &id, None, &View::of(Some(&ann), None, Timestamp::now())).unwrap();
        assert_eq!(shown.portions.len(), 2);
    });
    assert!(shown <= 3, "showing one report looks at {shown} documents");
    let listed = looked_at(place.path(), |node| {
        let moment = Moment::of(node.state(), node.rules(), node.library());
        let wanted = Page {
            limit: Some(5),
            ..Page::default()
        };
        let rows = page(&moment, &View::of(Some(&ann), None, Timestamp::now()), wanted).rows;
        assert_eq!(rows.len(), 5);
    });
    // The names of some that follow are known by then; what is behind them is not read.
    assert!(listed <= MANY + 2, "a page of five looks at {listed} documents");
    let added = looked_at(place.path(), |node| add(node, "R-900", "(C) Another ship left."));
    assert!(added <= 3, "adding a report looks at {added} documents");
    let raised = looked_at(place.path(), |node| {
        let found = lineage::resting_on(node.state(), &id);
        assert_eq!(found.len(), 1);
    });
    assert!(raised <= 4, "what rests on a report is found among {raised} documents");
    let composed = looked_at(place.path(), |node| {
        let moment = Moment::of(node.state(), node.rules(), node.library());
        let setting = doing::Setting {
            moment: &moment,
            me: &ann,
            now: Timestamp::now(),
            fresh: "x",
            check_rule: &|_, _| Ok(()),
            beyond_reach: &|| Ok(Vec::new()),
        };
        let said = json!({ "report": "R-007", "reason": "caution" });
        let act = doing::act("withdraw-report").unwrap();
        act.compose(said.as_object().unwrap(), &setting).unwrap();
    });
    // The one report whose existence is protected is looked at, to know whether it is there for her.
    assert!(composed <= 4, "a command of a program looks at {composed} documents");
    let waiting = looked_at(place.path(), |node| {
        let moment = Moment::of(node.state(), node.rules(), node.library());
        let context = moment.context(Timestamp::now());
        todo(node.state(), None, &context);
    });
    assert!(
        waiting <= 3,
        "the list of what there is to do looks at {waiting} documents"
    );
}

#[test]
fn what_was_left_on_the_shelf_is_what_was_put_there() {
    let place = tempfile::tempdir().unwrap();
    filled(place.path());
    let node = opened(place.path());
    assert_eq!(node.state().reports.len(), MANY + 2);
    let all: Vec<String> = node.state().reports.walk(None).map(|(id, _)| id.to_string()).collect();
    assert!(all.is_sorted() && all.len() == MANY + 2, "{all:?}");
    assert!(node.store().check(&mut |_| ()).unwrap().is_empty());
}

#[test]
fn a_document_that_cannot_be_read_is_said_and_nothing_is_decided_on_it() {
    let place = tempfile::tempdir().unwrap();
    filled(place.path());
    let database = rusqlite::Connection::open(place.path().join("usa/entente.db")).unwrap();
    let changed = "UPDATE documents SET sealed = x'00' WHERE kind = 'report' AND id = 'R-007'";
    assert_eq!(database.execute(changed, []).unwrap(), 1);
    drop(database);
    let mut node = opened(place.path());
    let id: ReportId = "R-007".parse().unwrap();
    let why = "caution".to_owned();
    let held = node.submit(Command::WithdrawReport {
        report: id.clone(),
        reason: why.clone(),
    });
    let said = held.unwrap_err().to_string();
    assert!(
        said.contains("report `R-007`") && said.contains("store check"),
        "{said}"
    );
    assert!(node.moment().sound().is_err());
    drop(node);
    // Nothing was written in its place, and the others are as they were.
    let node = opened(place.path());
    let found = node.store().check(&mut |_| ()).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        node.state()
            .reports
            .get(&"R-008".parse::<ReportId>().unwrap())
            .is_some()
            && node.moment().sound().is_ok()
    );
    drop(node);
    Node::inspect(&place.path().join("usa"), Some(&place.path().join("heads")))
        .unwrap()
        .rebuild()
        .unwrap();
    let mut node = opened(place.path());
    node.submit(Command::WithdrawReport {
        report: id,
        reason: why,
    })
    .unwrap();
}

/// Whether the lines that are kept are those of the reports as they are now.
fn agree(node: &Node) -> bool {
    let moment = node.moment();
    let kept = moment.lines().unwrap().from(None);
    let kept: Vec<(ReportId, Option<Line>)> = kept
        .map(|(id, line)| (id.clone(), line.map(|line| Line::clone(line))))
        .collect();
    let now = moment.state().reports.iter();
    let now: Vec<(ReportId, Option<Line>)> = now.map(|(id, holding)| (id.clone(), Line::of(holding))).collect();
    kept == now
}

#[test]
fn the_lines_that_are_kept_are_those_of_the_reports() {
    let place = tempfile::tempdir().unwrap();
    filled(place.path());
    let mut node = opened(place.path());
    // What happens before the stock is taken, and after, is kept up with.
    add(&mut node, "R-900", "(C) A ship came.");
    add(&mut node, "R-001", "(S//REL TO USA, GBR) A ship left again.");
    assert!(node.lines().is_none());
    assert!(node.node().take_stock(&|| true).is_some());
    assert!(agree(node.node()));
    assert!(node.node().take_stock(&|| true).is_none(), "it is taken once");
    let withdrawn = Command::WithdrawReport {
        report: ReportId::new("R-002").unwrap(),
        reason: "wrong".to_owned(),
    };
    node.submit(withdrawn).unwrap();
    add(&mut node, "R-901", "(C) A ship stayed.");
    assert!(agree(node.node()));
    let without = node.lines().unwrap().from(None).filter(|(_, line)| line.is_none());
    let without: Vec<&str> = without.map(|(id, _)| id.as_str()).collect();
    assert_eq!(
        without,
        ["R-001", "R-002", "S-1"],
        "a second version, a withdrawn report and one that rests on another are looked at themselves"
    );
    let from = ReportId::new("R-900").unwrap();
    let rest: Vec<&str> = node
        .lines()
        .unwrap()
        .from(Some(&from))
        .map(|(id, _)| id.as_str())
        .collect();
    assert_eq!(rest, ["R-900", "R-901", "S-1"]);
}

#[test]
fn a_stock_that_was_not_finished_is_taken_again() {
    let place = tempfile::tempdir().unwrap();
    filled(place.path());
    let mut node = opened(place.path());
    assert!(node.node().take_stock(&|| false).is_none());
    assert!(node.lines().is_none());
    add(&mut node, "R-900", "(C) A ship came.");
    assert!(node.node().take_stock(&|| true).is_some());
    assert!(agree(node.node()));
}

/// What a search finds, page by page of so many rows: by classes, or in all reports.
fn found(node: &Pinned, reader: &PersonId, word: &str, limit: usize, by_classes: bool) -> Vec<Listed> {
    let moment = Moment::of(node.state(), node.rules(), node.library());
    let moment = match by_classes {
        true => moment.with_lines(node.lines(), node.sorted()),
        false => moment,
    };
    let view = View::of(Some(reader), None, Timestamp::now());
    let (mut all, mut more) = (Vec::<Listed>::new(), true);
    while more {
        let last = all.last().map(|row| row.id.clone());
        let wanted = Page {
            after: last.as_ref(),
            limit: Some(limit),
            search: Some(word),
        };
        let listing = page(&moment, &view, wanted);
        more = listing.more;
        all.extend(listing.rows);
    }
    all
}

#[test]
fn a_search_by_classes_finds_what_a_search_of_all_reports_finds() {
    let place = tempfile::tempdir().unwrap();
    filled(place.path());
    let mut node = opened(place.path());
    let bob = json!({ "id": "USA/bob", "party": "USA", "citizenships": ["USA"], "accesses": [],
        "clearances": { "us-ic": { "rank": 2, "name": "CONFIDENTIAL" } } });
    node.submit(Command::SetPerson(serde_json::from_value(bob).unwrap()))
        .unwrap();
    let readers: [PersonId; 2] = ["USA/ann", "USA/bob"].map(|id| id.parse().unwrap());
    let titles = [
        "(U) Port of Łódź",
        "(S//NF) Harbour",
        "Movement by night",
        "(U) movement r-05",
    ];
    let bodies = [
        "(C) A ship.",
        "(S//REL TO USA, GBR) A ship.",
        "(U) A ship.\n\n(S//NF) Two more.",
    ];
    let mut dice = 7_usize;
    let mut roll = |sides: usize| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let mut most = 0;
    for step in 0..60 {
        let id = format!("R-{:03}", roll(MANY + 20));
        match roll(4) {
            // A new report, or another version of one.
            0..2 => {
                let body = bodies[roll(bodies.len())].replace("ship", &format!("ship of step {step}"));
                add_titled(&mut node, &id, titles[roll(titles.len())], &body);
            }
            2 => {
                let add = readers[roll(2)].clone();
                // Not all of them are there.
                let _ = node.submit(Command::Distribute {
                    report: ReportId::new(&id).unwrap(),
                    add: [add].into(),
                    remove: Default::default(),
                });
            }
            _ => {
                let reason = "wrong".to_owned();
                let report = ReportId::new(&id).unwrap();
                let _ = node.submit(Command::WithdrawReport { report, reason });
            }
        }
        if step == 20 {
            assert!(node.sorted().is_none());
            node.node().take_stock(&|| true);
            assert!(node.sorted().is_some());
        }
        if step < 20 || step % 4 != 0 {
            continue;
        }
        for reader in &readers {
            for word in [
                "movement", "łód", "HARBOUR", "r-05", "R-0", "confid", "zeppelin", "", "usa",
            ] {
                let limit = 1 + roll(30);
                let all = found(&node, reader, word, limit, false);
                most = most.max(all.len());
                assert_eq!(
                    found(&node, reader, word, limit, true),
                    all,
                    "`{word}` for {reader} at {step}"
                );
            }
        }
    }
    assert!(most > 20, "a search found at most {most}");
}

#[test]
fn whoever_lists_while_the_stock_is_taken_waits_no_longer_than_they_say() {
    let place = tempfile::tempdir().unwrap();
    filled(place.path());
    let node = opened(place.path());
    let (begun, go_on) = (std::sync::Barrier::new(2), std::sync::Barrier::new(2));
    std::thread::scope(|scope| {
        let (node, once) = (&node, std::sync::Once::new());
        let (begun, go_on) = (&begun, &go_on);
        scope.spawn(move || {
            node.node().take_stock(&|| {
                once.call_once(|| {
                    begun.wait();
                    go_on.wait();
                });
                true
            });
        });
        begun.wait();
        assert!(!node.await_lines(std::time::Duration::from_millis(30)));
        assert!(node.lines().is_none());
        go_on.wait();
        assert!(node.await_lines(std::time::Duration::from_secs(60)));
        assert!(node.lines().is_some());
    });
}
