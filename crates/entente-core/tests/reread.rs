//! A program that reads a mark otherwise than the one before it: what is stricter holds, what is laxer is only said.

use std::collections::BTreeSet;

use entente_core::decide::NoGuards;
use entente_core::draft::{Setting, compose};
use entente_core::handle::{ReadNow, reread};
use entente_core::*;
use entente_marking::installed::Library;
use entente_marking::{Label, Release};
use jiff::Timestamp;

fn run(state: &mut State, command: Command) -> Result<usize, CommandRefusal> {
    let library = Library::with([], None);
    let context = Context {
        now: Timestamp::UNIX_EPOCH,
        groups: &library.groups,
        schemes: &library.schemes,
        policy: &NoGuards,
        exposure: &NoGuards,
    };
    let decided = handle(state, command, &context)?;
    for event in &decided.events {
        state.apply(event);
    }
    Ok(decided.events.len())
}

/// A report of three portions and a marked title, as a program before this one may have stored it.
fn stored() -> State {
    let mut state = State::default();
    let home = Party {
        path: "USA".parse().unwrap(),
        name: String::new(),
        client_of: BTreeSet::new(),
        signing_keys: vec![],
        recipient: None,
    };
    run(&mut state, Command::Found(home)).unwrap();
    let library = Library::with([], None);
    let setting = Setting {
        schemes: &library.schemes,
        state: Some(&state),
        home: &"USA".parse().unwrap(),
        name: "R",
        now: Timestamp::UNIX_EPOCH,
    };
    let text = "---\nid: R\nscheme: us-ic\ntitle: (S//NF) Title\n---\n(S//NF) lax\n\n(C//NF) not understood\n\n(S//NF) strict\n";
    let report = compose(text, &setting).unwrap();
    run(&mut state, Command::AddReport(report)).unwrap();
    let id: ReportId = "R".parse().unwrap();
    let version = state.reports.get_mut(&id).unwrap().versions.get_mut(&1).unwrap();
    for portion in version.with_title_mut() {
        match portion.text.as_str() {
            "lax" | "Title" => portion.label.release = Release::Unrestricted,
            "not understood" => portion.label = Label::unintelligible("(C//NF)"),
            _ => drop(portion.label.required.insert("us-ic/sci/SI".into())),
        }
    }
    state
}

fn label(state: &State, text: &str) -> Label {
    let report = state.reports[&"R".parse::<ReportId>().unwrap()]
        .latest()
        .unwrap()
        .clone();
    report
        .with_title()
        .find(|portion| portion.text == text)
        .unwrap()
        .label
        .clone()
}

#[test]
fn what_is_read_more_strictly_holds_and_what_is_read_less_strictly_is_only_said() {
    let mut state = stored();
    let before = state.clone();
    let schemes = Library::with([], None).schemes;
    let found = reread(&state, &schemes);
    let of = |now: ReadNow| found.iter().filter(|found| found.now == now).count();
    assert_eq!(
        (of(ReadNow::Stricter), of(ReadNow::Understood), of(ReadNow::LessStrict)),
        (2, 1, 1)
    );
    assert_eq!(run(&mut state, Command::ReadMarksAgain).unwrap(), 1);
    let strict = |text: &str| label(&state, text).dominates(&label(&before, text));
    assert!(strict("lax") && strict("Title"), "nothing opened");
    assert_eq!(label(&state, "lax").release, label(&before, "strict").release);
    assert_eq!(label(&state, "Title").release, label(&before, "strict").release);
    assert!(label(&state, "not understood").unknown.is_empty());
    assert_eq!(label(&state, "strict"), label(&before, "strict"));
    // What is left is what would only open.
    assert!(
        reread(&state, &schemes)
            .iter()
            .all(|found| found.now == ReadNow::LessStrict)
    );
    assert!(run(&mut state, Command::ReadMarksAgain).is_err());
}
