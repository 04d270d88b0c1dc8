//! How many commands the daily work takes: may I tell him, asking two originators, releasing a part, a case from the
//! meeting to its closing. Each counted at its party; taking in what came counts as one.

use crate::support;

use support::{Desk, OFFICER};

/// A person at a desk, whose commands are counted.
struct Counted<'d> {
    desk: &'d Desk,
    party: &'static str,
    typed: usize,
}

impl<'d> Counted<'d> {
    fn at(desk: &'d Desk, party: &'static str) -> Self {
        Self { desk, party, typed: 0 }
    }

    fn types(&mut self, arguments: &[&str]) -> String {
        self.typed += 1;
        let all = [&["--data", self.party], arguments].concat();
        let said = self.desk.run(&all);
        assert!([0, 3, 4].contains(&said.code), "{arguments:?}: {}", said.err);
        said.out
    }

    fn takes_in(&mut self) {
        self.typed += 1;
        self.desk.receive(self.party);
    }
}

#[test]
fn may_i_tell_him_takes_one_command_and_can_be_made_again() {
    let desk = Desk::delivered();
    let mut officer = Counted::at(&desk, "GBR.CAB");
    let question = ["decide", "SVC-2026-0412", "--to", "CHL/ambassador", "--for", "warning"];
    let said = officer.types(&question);
    assert!(said.contains("the audience may have"), "{said}");
    assert_eq!(officer.typed, 1);
    // The long names mean the same.
    let long = [
        "decide",
        "--report",
        "SVC-2026-0412",
        "--audience",
        "CHL/ambassador",
        "--purpose",
        "warning",
    ];
    assert_eq!(officer.types(&long), said);
    // E6: recorded, it is made again later, and the same comes out, whatever happened since.
    let recorded = desk.run(&[&["--data", "GBR.CAB"], &question[..], &["--record"]].concat());
    let id = recorded
        .err
        .split_whitespace()
        .find(|word| word.starts_with("dec-"))
        .unwrap();
    let id = id.trim_end_matches(';');
    desk.ok("GBR.CAB", &["person", "disable", "GBR.CAB/minister"]);
    let again = desk.ok("GBR.CAB", &["decide", "--replay", id]).out;
    assert!(again.contains("the same comes out today"), "{again}");
    let missing = desk.run(&["--data", "GBR.CAB", "decide", "--replay", "dec-none"]);
    assert!(missing.code == 5 && missing.err.contains("--record"), "{}", missing.err);
    // Nothing is asked silently.
    let bare = desk.run(&["--data", "GBR.CAB", "decide", "SVC-2026-0412"]);
    assert!(bare.code == 2 && bare.err.contains("say for whom"), "{}", bare.err);
}

#[test]
fn a_case_takes_six_commands_with_a_plan_of_which_lines_can_be_struck() {
    let desk = Desk::delivered();
    let briefing = desk.slip();
    let mut officer = Counted::at(&desk, "GBR.CAB");
    let by = ["--by", OFFICER];
    let opened = officer.types(&[&["--json", "incident", "open", "--from-briefing", &briefing], &by[..]].concat());
    let case: serde_json::Value = serde_json::from_str(&opened).unwrap();
    let case = case["id"].as_str().unwrap().to_owned();
    let plan = officer.types(&[&["incident", "respond", &case], &by[..]].concat());
    assert!(plan.contains("will   hold:SVC-2026-0412"), "{plan}");
    assert!(plan.contains("will   tell:USA.SVC"), "{plan}");
    assert!(plan.contains("nothing is done yet"), "{plan}");
    let shown = desk.ok("GBR.CAB", &["incident", "show", &case, "--as", OFFICER]).out;
    assert!(shown.contains("not told yet"), "{shown}");
    // A line that is not in the plan is named as such, with those that are.
    let wrong = desk.run(
        &[
            &[
                "--data", "GBR.CAB", "incident", "respond", &case, "--strike", "tell:JOR",
            ],
            &by[..],
        ]
        .concat(),
    );
    assert!(wrong.code == 1 && wrong.err.contains("its lines are"), "{}", wrong.err);
    let struck = officer.types(
        &[
            &["incident", "respond", &case, "--strike", "tell:USA.SVC", "--commit"],
            &by[..],
        ]
        .concat(),
    );
    assert!(
        struck.contains("struck tell:USA.SVC") && struck.contains("done   hold:SVC-2026-0412"),
        "{struck}"
    );
    let rest = officer.types(&[&["incident", "respond", &case, "--commit"], &by[..]].concat());
    assert!(
        rest.contains("done   tell:USA.SVC") && !rest.contains("hold:"),
        "{rest}"
    );
    officer.types(
        &[
            &["incident", "assess", &case, "--note", "known to two persons", "--final"],
            &by[..],
        ]
        .concat(),
    );
    let close = [
        "incident",
        "close",
        &case,
        "--note",
        "settled",
        "--rest",
        "nothing to do",
        "--resume",
    ];
    let closed = officer.types(&[&close[..], &by].concat());
    assert!(closed.contains("is closed"), "{closed}");
    assert_eq!(officer.typed, 6);
    desk.receive("USA.SVC");
    let told = desk.ok("USA.SVC", &["incident", "list"]).out;
    assert!(told.contains(&case), "{told}");
}

#[test]
fn asking_takes_two_commands_at_each_side_and_the_answer_one() {
    let desk = Desk::delivered();
    let (mut asker, mut asked) = (Counted::at(&desk, "GBR.CAB"), Counted::at(&desk, "USA.SVC"));
    let ask = [
        "request",
        "open",
        "SVC-2026-0412",
        "--to",
        "CHL/ambassador",
        "--for",
        "warning",
    ];
    let said = asker.types(&[&["--json"], &ask[..]].concat());
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let request = said["requests"][0]["id"].as_str().unwrap().to_owned();
    asked.takes_in();
    asked.types(&["consent", "refuse", &request, "--reason", "not now"]);
    asker.takes_in();
    assert_eq!((asker.typed, asked.typed), (2, 2));
}

#[test]
fn a_recall_from_one_of_two_holders_takes_one_command_at_each_side() {
    let desk = Desk::delivered();
    let (mut author, mut holder) = (Counted::at(&desk, "USA.SVC"), Counted::at(&desk, "GBR.CAB"));
    author.types(&[
        "recall",
        "order",
        "SVC-2026-0412",
        "--from",
        "GBR.CAB",
        "--action",
        "retain-hide",
        "--note",
        "a mistake",
    ]);
    holder.takes_in();
    let todo = desk.ok("GBR.CAB", &["--json", "todo"]).out;
    let recall = todo
        .split('"')
        .find(|word| word.starts_with("rec-"))
        .unwrap()
        .to_owned();
    let done = holder.types(&["recall", "acknowledge", &recall, "--statement", "nobody reads it"]);
    assert!(done.contains(&recall), "{done}");
    author.takes_in();
    assert!(
        author.typed <= 3 && holder.typed <= 3,
        "{} and {}",
        author.typed,
        holder.typed
    );
    let known = desk.ok("USA.SVC", &["report", "holders", "SVC-2026-0412"]).out;
    assert!(known.contains("acknowledged"), "{known}");
}

#[test]
fn asking_two_originators_takes_one_command_and_each_answers_with_one() {
    let desk = Desk::delivered();
    desk.found("FRA.DRM");
    for (at, of) in [("GBR.CAB", "FRA.DRM"), ("FRA.DRM", "GBR.CAB")] {
        desk.ok(at, &["party", "add", of, "--keys", &format!("{of}.keys")]);
    }
    desk.write(
        "f.md",
        "---\nid: F-1\nscheme: tlp\n---\n(TLP:AMBER+STRICT) Ferries were watched. {#watched}\n",
    );
    desk.ok("FRA.DRM", &["report", "add", "f.md"]);
    desk.ok("FRA.DRM", &["deliver", "F-1", "--to", "GBR.CAB"]);
    desk.ok("GBR.CAB", &["receive", "post/FRA.DRM-000001-to-GBR.CAB.entente"]);
    let both = "---\nid: D-1\nscheme: us-ic\narrangements: [GBR-USA-2024]\n---\n(S//OC/REL TO USA, GBR) (TLP:AMBER+STRICT) Both say so. \
                {#both} {from: SVC-2026-0412 v1 plot, F-1 v1 watched}\n";
    desk.write("d.md", both);
    desk.ok("GBR.CAB", &["report", "add", "d.md"]);
    let mut asker = Counted::at(&desk, "GBR.CAB");
    let ask = [
        "--json",
        "request",
        "open",
        "D-1",
        "--to",
        "CHL/ambassador",
        "--for",
        "threat-warning",
        "--note",
        "tonight",
    ];
    let said: serde_json::Value = serde_json::from_str(&asker.types(&ask)).unwrap();
    let asked: Vec<String> = said["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["to"].to_string())
        .collect();
    assert_eq!(asked, ["\"FRA.DRM\"", "\"USA.SVC\""], "{said}");
    for (n, party) in ["FRA.DRM", "USA.SVC"].into_iter().enumerate() {
        let mut answers = Counted::at(&desk, party);
        answers.takes_in();
        answers.types(&["consent", "grant", said["requests"][n]["id"].as_str().unwrap()]);
        assert_eq!(answers.typed, 2);
    }
    asker.types(&[
        "receive",
        "post/FRA.DRM-000002-to-GBR.CAB.entente",
        "post/USA.SVC-000002-to-GBR.CAB.entente",
    ]);
    assert_eq!(asker.typed, 2);
    let consents = desk.ok("GBR.CAB", &["--json", "consent", "list"]).json();
    assert_eq!(consents.as_array().unwrap().len(), 2, "{consents}");
}
