//! Every state that a person can meet, with every command that touches it: whatever is not done says what to do next, and the
//! commands that messages name are there.

use crate::support;

use std::collections::BTreeMap;

use support::{Desk, OFFICER};

const R: &str = "SVC-2026-0412";

/// What is typed, with names for what stands for a request, a consent, a recall and a case.
type Typed = (&'static str, &'static str);

/// The commands that messages name, each looked up once.
#[derive(Default)]
struct Known(BTreeMap<String, bool>);

impl Known {
    /// The commands in a text that do not exist.
    fn missing(&mut self, desk: &Desk, text: &str) -> Vec<String> {
        let quoted = text
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|quoted| quoted.starts_with("entente "));
        let mut missing = Vec::new();
        for quoted in quoted {
            let words: Vec<&str> = quoted
                .split_whitespace()
                .skip(1)
                .take_while(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-'))
                .take(2)
                .collect();
            let flags = quoted.split_whitespace().filter(|word| word.starts_with("--"));
            let flags: Vec<&str> = flags.map(|flag| flag.split('=').next().unwrap()).collect();
            let key = format!("{} {}", words.join(" "), flags.join(" "));
            let there = *self.0.entry(key.clone()).or_insert_with(|| {
                // Of two words the second may be an argument.
                let help = |words: &[&str]| desk.run(&[words, &["--help"]].concat());
                let said = match help(&words) {
                    said if said.code == 0 => said,
                    _ => help(&words[..1]),
                };
                said.code == 0 && flags.iter().all(|flag| said.out.contains(flag))
            });
            if !there {
                missing.push(quoted.to_owned());
            }
        }
        missing
    }
}

/// Types each command and looks at what it says.
fn meets(desk: &Desk, known: &mut Known, state: &str, names: &[(&str, &str)], typed: &[Typed]) {
    let mut faults = Vec::new();
    for (party, line) in typed {
        let mut line = (*line).to_owned();
        for (name, value) in names {
            line = line.replace(name, value);
        }
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let said = desk.run(&[&["--data", party], &arguments[..]].concat());
        let all = format!("{}{}", said.out, said.err);
        for missing in known.missing(desk, &all) {
            faults.push(format!(
                "{state}: {party}$ {line}\n    names `{missing}`, which does not exist"
            ));
        }
        let answered = [0, 3, 4].contains(&said.code);
        let next = ["`entente ", "`--", "ask ", "asks "]
            .iter()
            .any(|sign| said.err.contains(sign));
        if !answered && !next {
            faults.push(format!(
                "{state}: {party}$ {line}\n    does not say what to do: {}",
                said.err.trim()
            ));
        }
        if said.err.contains("panicked") {
            faults.push(format!("{state}: {party}$ {line}\n    {}", said.err));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// GBR.CAB asks about the plot; USA.SVC has the request.
fn asked() -> (Desk, String) {
    let desk = Desk::delivered();
    let request = desk.ask("plot");
    desk.receive("USA.SVC");
    (desk, request)
}

fn consent(desk: &Desk) -> String {
    let all = desk.ok("GBR.CAB", &["--json", "consent", "list"]).json();
    let first = &all[0];
    let id = first["id"]
        .as_str()
        .or(first["consent"]["id"].as_str())
        .or(first["consent"].as_str());
    id.unwrap_or_else(|| panic!("{all}")).to_owned()
}

/// The same, granted.
fn consented() -> (Desk, String, String) {
    let (desk, request) = asked();
    desk.ok(
        "USA.SVC",
        &[
            "consent",
            "grant",
            &request,
            "--condition",
            "orally only",
            "--until",
            "2099-12-31",
        ],
    );
    desk.receive("GBR.CAB");
    let consent = consent(&desk);
    (desk, request, consent)
}

const ABOUT_A_REPORT: [Typed; 12] = [
    ("GBR.CAB", "decide R --to CHL/ambassador --for threat-warning"),
    ("GBR.CAB", "report show R"),
    (
        "GBR.CAB",
        "report show R --as GBR.CAB/minister --purpose threat-warning",
    ),
    (
        "GBR.CAB",
        "request open R --to CHL/ambassador --for threat-warning --reason x --dry-run",
    ),
    ("GBR.CAB", "report hold R --reason x --dry-run"),
    ("GBR.CAB", "report resume R --dry-run"),
    ("GBR.CAB", "report withdraw R --reason x --dry-run"),
    ("GBR.CAB", "report give-up R --dry-run"),
    ("GBR.CAB", "deliver R --to USA.SVC"),
    ("GBR.CAB", "release R --portions plot --to JOR/x"),
    ("GBR.CAB", "recall order R --action purge --reason x"),
    ("GBR.CAB", "embargo set R --until 2099-01-01"),
];

const ABOUT_A_CONSENT: [Typed; 13] = [
    ("GBR.CAB", "consent accept CON"),
    ("GBR.CAB", "consent counter CON"),
    ("GBR.CAB", "consent counter CON --note x"),
    ("GBR.CAB", "consent renew CON --until 2099-01-01"),
    ("GBR.CAB", "consent narrow CON --portions plot --reason x"),
    ("GBR.CAB", "consent withdraw CON --reason x"),
    ("GBR.CAB", "consent check CON"),
    ("USA.SVC", "consent accept CON"),
    ("USA.SVC", "consent narrow CON --portions harm --reason x"),
    ("USA.SVC", "consent narrow CON --person CHL/nobody --reason x"),
    ("USA.SVC", "consent narrow CON --reason x"),
    ("USA.SVC", "consent check CON"),
    ("GBR.CAB", "decide R --to CHL/ambassador --for threat-warning"),
];

const ABOUT_A_REQUEST: [Typed; 8] = [
    ("USA.SVC", "request show REQ"),
    ("GBR.CAB", "request show REQ"),
    ("GBR.CAB", "consent grant REQ"),
    ("GBR.CAB", "consent refuse REQ --reason x"),
    ("USA.SVC", "request retract REQ --reason x"),
    ("USA.SVC", "consent grant REQ --portions nothing"),
    ("GBR.CAB", "source answer REQ"),
    (
        "GBR.CAB",
        "request open R --portions plot --audience visitors.json --purpose threat-warning",
    ),
];

#[test]
fn every_state_of_a_request_says_what_to_do_next() {
    let mut known = Known::default();
    let (desk, request) = asked();
    let names = [("REQ", request.as_str()), (" R ", &format!(" {R} "))];
    meets(&desk, &mut known, "open request", &names, &ABOUT_A_REQUEST);
    let unknown = [("REQ", "req-none"), (" R ", &format!(" {R} "))];
    meets(&desk, &mut known, "no such request", &unknown, &ABOUT_A_REQUEST);
    desk.ok("USA.SVC", &["consent", "refuse", &request, "--reason", "not now"]);
    desk.receive("GBR.CAB");
    let answered: [Typed; 3] = [
        ("USA.SVC", "consent grant REQ"),
        ("USA.SVC", "consent refuse REQ --reason x"),
        ("GBR.CAB", "request retract REQ --reason x"),
    ];
    meets(&desk, &mut known, "answered request", &names, &ABOUT_A_REQUEST);
    meets(&desk, &mut known, "answered request", &names, &answered);
    let (desk, request) = asked();
    let names = [("REQ", request.as_str()), (" R ", &format!(" {R} "))];
    desk.ok("GBR.CAB", &["request", "retract", &request, "--reason", "no need"]);
    desk.receive("USA.SVC");
    meets(&desk, &mut known, "request taken back", &names, &ABOUT_A_REQUEST);
    meets(&desk, &mut known, "request taken back", &names, &answered);
    assert!(known.0.len() > 5, "messages name commands: {:?}", known.0);
}

#[test]
fn every_state_of_a_consent_says_what_to_do_next() {
    let mut known = Known::default();
    let (desk, request, consent) = consented();
    let names = [("CON", consent.as_str()), ("REQ", &request), (" R ", &format!(" {R} "))];
    meets(&desk, &mut known, "consent given", &names, &ABOUT_A_CONSENT);
    let unknown = [("CON", "con-none"), (" R ", &format!(" {R} "))];
    meets(&desk, &mut known, "no such consent", &unknown, &ABOUT_A_CONSENT);
    // An end in some seconds, so that it is over.
    let ends = (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(12)).to_string();
    desk.ok("USA.SVC", &["consent", "renew", &consent, "--until", &ends]);
    desk.receive("GBR.CAB");
    let all = desk.ok("USA.SVC", &["--json", "consent", "list"]).out;
    let renewed = all
        .split('"')
        .find(|word| word.starts_with("con-") && *word != consent)
        .unwrap()
        .to_owned();
    let left = ends
        .parse::<jiff::Timestamp>()
        .unwrap()
        .duration_since(jiff::Timestamp::now());
    std::thread::sleep(std::time::Duration::try_from(left).unwrap_or_default());
    let lapsed = [("CON", renewed.as_str()), (" R ", &format!(" {R} "))];
    meets(&desk, &mut known, "consent lapsed", &lapsed, &ABOUT_A_CONSENT);
    desk.ok("USA.SVC", &["consent", "withdraw", &consent, "--reason", "no more"]);
    desk.receive("GBR.CAB");
    meets(&desk, &mut known, "consent withdrawn", &names, &ABOUT_A_CONSENT);
    let again: [Typed; 1] = [("USA.SVC", "consent withdraw CON --reason x")];
    meets(&desk, &mut known, "consent withdrawn", &names, &again);
    assert!(known.0.len() > 3, "{:?}", known.0);
}

#[test]
fn every_state_of_a_report_says_what_to_do_next() {
    let mut known = Known::default();
    let report = [(" R ", &*format!(" {R} ")), ("REC", "rec-none")];
    let with = |desk: &Desk, known: &mut Known, state: &str| {
        // A report stands last in some lines.
        let typed: Vec<(&str, String)> = ABOUT_A_REPORT
            .iter()
            .map(|(party, line)| (*party, format!("{line} ")))
            .collect();
        for (party, line) in &typed {
            let line: &'static str = Box::leak(line.clone().into_boxed_str());
            meets(desk, known, state, &report, &[(*party, line)]);
        }
    };
    let desk = Desk::delivered();
    with(&desk, &mut known, "report held");
    desk.ok("USA.SVC", &["embargo", "set", R, "--until", "2099-01-01"]);
    desk.receive("GBR.CAB");
    with(&desk, &mut known, "embargoed");
    desk.ok("USA.SVC", &["embargo", "end", R]);
    desk.receive("GBR.CAB");
    desk.ok("GBR.CAB", &["report", "hold", R, "--reason", "a look"]);
    with(&desk, &mut known, "on hold");
    desk.ok("GBR.CAB", &["report", "resume", R]);
    desk.ok(
        "USA.SVC",
        &["arrangement", "suspend", "GBR-USA-2024", "--reason", "trust"],
    );
    desk.receive("GBR.CAB");
    with(&desk, &mut known, "arrangement suspended");
    desk.ok("USA.SVC", &["arrangement", "resume", "GBR-USA-2024"]);
    desk.receive("GBR.CAB");
    desk.ok(
        "USA.SVC",
        &["recall", "order", R, "--action", "purge", "--reason", "a mistake"],
    );
    desk.receive("GBR.CAB");
    with(&desk, &mut known, "recalled");
    let all = desk.ok("GBR.CAB", &["--json", "recall", "list"]).out;
    let recall = all.split('"').find(|word| word.starts_with("rec-")).unwrap().to_owned();
    let about_recalls: [Typed; 5] = [
        ("GBR.CAB", "recall lift REC --reason x"),
        ("GBR.CAB", "recall acknowledge REC"),
        ("GBR.CAB", "recall acknowledge REC"),
        ("USA.SVC", "recall acknowledge REC"),
        ("GBR.CAB", "recall acknowledge rec-none"),
    ];
    meets(&desk, &mut known, "recalled", &[("REC", &recall)], &about_recalls);
    with(&desk, &mut known, "purged");
    let desk = Desk::delivered();
    desk.ok("GBR.CAB", &["report", "give-up", R]);
    with(&desk, &mut known, "copy given up");
    let missing = Desk::delivered();
    meets(
        &missing,
        &mut known,
        "no such report",
        &[],
        &[
            ("GBR.CAB", "report show NONE"),
            ("GBR.CAB", "decide NONE --to CHL/x"),
            ("GBR.CAB", "embargo end NONE"),
            ("GBR.CAB", "report holders NONE"),
            ("GBR.CAB", "report give-up NONE"),
            ("GBR.CAB", "deliver NONE --to USA.SVC"),
            ("GBR.CAB", "embargo list NONE"),
            ("GBR.CAB", "recall order NONE --action purge --reason x"),
            ("GBR.CAB", "facts list NONE"),
        ],
    );
    assert!(known.0.len() > 5, "{:?}", known.0);
}

#[test]
fn every_state_of_partners_persons_and_cases_says_what_to_do_next() {
    let mut known = Known::default();
    let desk = Desk::delivered();
    let strangers: [Typed; 14] = [
        ("GBR.CAB", "deliver SVC-2026-0412 --to NOBODY"),
        ("GBR.CAB", "person enable NOBODY/x"),
        ("GBR.CAB", "person disable NOBODY/x"),
        ("GBR.CAB", "person undo GBR.CAB/nobody"),
        ("GBR.CAB", "person undo GBR.CAB/minister"),
        ("GBR.CAB", "party undo USA.SVC"),
        ("GBR.CAB", "party undo NOBODY"),
        ("GBR.CAB", "audience undo nobody"),
        ("GBR.CAB", "arrangement suspend NONE --reason x"),
        ("GBR.CAB", "arrangement accept NONE"),
        ("GBR.CAB", "todo --as NOBODY/x"),
        ("GBR.CAB", "incident show inc-none"),
        ("GBR.CAB", "brief show brief-none"),
        ("GBR.CAB", "decide --replay dec-none"),
    ];
    meets(&desk, &mut known, "nobody", &[], &strangers);
    // A partner whose key is compromised: the link is frozen until a fingerprint is typed in.
    let keys = desk.ok("GBR.CAB", &["--json", "party", "list"]).json();
    let usa = keys
        .as_array()
        .unwrap()
        .iter()
        .find(|party| party["path"] == "USA.SVC")
        .unwrap();
    let key = usa["signing_keys"][0].as_str().unwrap().to_owned();
    desk.ok(
        "USA.SVC",
        &["recall", "order", R, "--action", "retain-warn", "--reason", "a look"],
    );
    let letter = desk.newest("GBR.CAB");
    desk.ok(
        "GBR.CAB",
        &["party", "compromised", &key, "--from", "2020-01-01T00:00:00Z"],
    );
    let frozen: Vec<(&str, String)> = vec![
        ("GBR.CAB", format!("receive {letter}")),
        ("GBR.CAB", "party add USA.SVC --keys USA.SVC.keys".to_owned()),
        ("GBR.CAB", "report give-up SVC-2026-0412".to_owned()),
        ("GBR.CAB", "party list".to_owned()),
        ("GBR.CAB", "todo".to_owned()),
    ];
    for (party, line) in frozen {
        let line: &'static str = Box::leak(line.into_boxed_str());
        meets(&desk, &mut known, "key compromised, link frozen", &[], &[(party, line)]);
    }
    // A protected case: who does not work on it meets none.
    let desk = Desk::delivered();
    let briefing = desk.slip();
    let opened = [
        "--json",
        "incident",
        "open",
        "--from-briefing",
        &briefing,
        "--by",
        OFFICER,
        "--protected",
    ];
    let case = desk.run(&[&["--data", "GBR.CAB"], &opened[..]].concat());
    assert_eq!(case.code, 0, "{}", case.err);
    let case = case.json()["id"].as_str().unwrap().to_owned();
    let typed: [Typed; 8] = [
        ("GBR.CAB", "incident show CASE --as GBR.CAB/minister"),
        ("GBR.CAB", "incident respond CASE --by GBR.CAB/minister"),
        ("GBR.CAB", "incident contain CASE --by GBR.CAB/minister"),
        ("GBR.CAB", "incident assess CASE --by GBR.CAB/minister --note x"),
        ("GBR.CAB", "incident close CASE --by GBR.CAB/minister --note x"),
        ("USA.SVC", "incident show CASE"),
        ("USA.SVC", "incident acknowledge CASE --statement x"),
        ("GBR.CAB", "incident list --as GBR.CAB/minister"),
    ];
    meets(&desk, &mut known, "protected case", &[("CASE", &case)], &typed);
    let mine = desk.run(&[
        "--data",
        "GBR.CAB",
        "incident",
        "show",
        &case,
        "--as",
        "GBR.CAB/minister",
    ]);
    let none = desk.run(&[
        "--data",
        "GBR.CAB",
        "incident",
        "show",
        "inc-none",
        "--as",
        "GBR.CAB/minister",
    ]);
    assert_eq!(
        (mine.code, mine.err.replace(&case, "inc-none")),
        (none.code, none.err),
        "no more than of a missing one"
    );
    assert!(known.0.len() > 5, "{:?}", known.0);
}
