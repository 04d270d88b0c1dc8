//! The lines that lists are made of are those of the reports, whatever happened before they were taken, meanwhile, and after.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::path::Path;
use std::sync::Arc;

use entente_core::handle::Why;
use entente_core::{Command, Line, Party, ReportId, draft};
use entente_node::{KeyPair, Node, SecretString, Surroundings};
use jiff::Timestamp;

fn surroundings(place: &Path) -> Surroundings {
    Surroundings {
        heads: Some(place.join("heads")),
        passphrase: Box::new(|| Ok(SecretString::from("for a test"))),
        tell: Arc::new(|_| ()),
    }
}

fn founded(place: &Path) -> Node {
    let keys = KeyPair::generate("USA").unwrap();
    let home = Party {
        path: "USA".parse().unwrap(),
        name: "USA".to_owned(),
        client_of: Default::default(),
        signing_keys: keys.public().signing,
        recipient: Some(keys.public().recipient),
    };
    let secret = (SecretString::from("for a test"), 2);
    Node::create(
        &place.join("usa"),
        Command::Found(home),
        keys,
        secret,
        surroundings(place),
    )
    .unwrap()
}

/// Adds a report, or another version of it.
fn write(node: &Arc<Node>, id: &str, text: &str) {
    let mut view = Node::pinned(node);
    let setting = draft::Setting {
        schemes: view.schemes(),
        state: Some(view.state()),
        home: view.home().unwrap(),
        name: "report",
        now: Timestamp::now(),
    };
    let file =
        format!("---\nid: {id}\nscheme: us-ic\ntitle: About {text}\n---\n(S//REL TO USA, GBR) {text}\n\n(C) More.\n");
    let report = draft::compose(&file, &setting).unwrap();
    let why = Why::default();
    view.submit(Command::AddReportBecause { report, why }).unwrap();
}

/// Each report with its line, as they are kept, and as they are now.
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
    let node = Arc::new(founded(place.path()));
    for n in 0..5 {
        write(&node, &format!("R-{n}"), &format!("ship {n}"));
    }
    drop(node);
    let node = Arc::new(Node::open(&place.path().join("usa"), surroundings(place.path())).unwrap());
    // What happens before the stock is taken, and after, is kept up with.
    write(&node, "R-5", "ship 5");
    write(&node, "R-1", "ship 1 again");
    assert!(node.moment().lines().is_none());
    assert!(node.take_stock(&|| true).is_some());
    assert!(agree(&node));
    assert!(node.take_stock(&|| true).is_none(), "it is taken once");
    let withdrawn = Command::WithdrawReport {
        report: ReportId::new("R-2").unwrap(),
        reason: "wrong".to_owned(),
    };
    node.submit_all(vec![withdrawn]).unwrap();
    write(&node, "R-6", "ship 6");
    assert!(agree(&node));
    let moment = node.moment();
    let without: Vec<&str> = moment
        .lines()
        .unwrap()
        .from(None)
        .filter(|(_, line)| line.is_none())
        .map(|(id, _)| id.as_str())
        .collect();
    assert_eq!(
        without,
        ["R-1", "R-2"],
        "a second version and a withdrawn report are looked at themselves"
    );
    let from = ReportId::new("R-5").unwrap();
    let rest: Vec<&str> = moment
        .lines()
        .unwrap()
        .from(Some(&from))
        .map(|(id, _)| id.as_str())
        .collect();
    assert_eq!(rest, ["R-5", "R-6"]);
}

#[test]
fn a_stock_that_was_not_finished_is_taken_again() {
    let place = tempfile::tempdir().unwrap();
    let node = Arc::new(founded(place.path()));
    write(&node, "R-0", "ship 0");
    drop(node);
    let node = Arc::new(Node::open(&place.path().join("usa"), surroundings(place.path())).unwrap());
    assert!(node.take_stock(&|| false).is_none());
    assert!(node.moment().lines().is_none());
    write(&node, "R-1", "ship 1");
    assert!(node.take_stock(&|| true).is_some());
    assert!(agree(&node));
}
