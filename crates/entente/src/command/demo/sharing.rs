//! Before the meeting: the parties meet, a report is delivered, an audience is decided about, the originator answers.

use serde_json::Value;

use super::Roles;
use super::stage::Stage;
use crate::failure::{Exit, Failure};
use crate::output;

/// Two nodes that know each other.
pub(super) fn found(stage: &mut Stage, roles: &Roles<'_>) -> Result<(), Failure> {
    let (originator, partner) = (roles.originator, roles.partner);
    stage.scene("Two parties set up their nodes, exchange public keys, and record their arrangement");
    for party in [originator, partner] {
        // The low work factor only keeps the demonstration short; leave it out in earnest.
        stage.ok(party, &["init", "--party", party, "--work-factor", "2"])?;
    }
    for (party, other) in [(originator, partner), (partner, originator)] {
        let keys = stage.quietly(other, &["party", "export"])?.stdout;
        let file = format!("{other}.keys.json");
        std::fs::write(stage.folder.join(&file), keys).map_err(Failure::failed)?;
        stage.ok(party, &["party", "add", other, "--keys", &file])?;
        stage.ok(party, &["arrangement", "add", "arrangement.json"])?;
    }
    stage.ok(partner, &["person", "add", "--file", "persons.json"])?;
    Ok(())
}

/// The report goes to the partner. Gives its id.
pub(super) fn deliver(stage: &mut Stage, roles: &Roles<'_>) -> Result<String, Failure> {
    let (originator, partner) = (roles.originator, roles.partner);
    stage.scene("The originator adds a marked report; its banner is computed from the portions; it is delivered");
    let added = stage.json(originator, &["report", "add", "report.md", "--dry-run"])?;
    let report = added["id"].as_str().unwrap_or_default().to_owned();
    stage.ok(originator, &["report", "add", "report.md"])?;
    let mut deliver = vec!["deliver", &report, "--to", partner];
    if roles.sample.is_some() {
        stage.ok(originator, &["facts", "set", &report, "facts.json"])?;
        let protect = [
            "source",
            "protect",
            "src-17",
            "--register",
            "register.json",
            "--reports",
            &report,
        ];
        stage.ok(originator, &protect)?;
        stage.aside("The partner will be able to narrow the source down; the originator delivers knowingly.");
        stage.run(originator, &deliver, Exit::Failed)?;
        deliver.extend(["--despite-exposure", "lives are at stake"]);
    }
    stage.ok(originator, &deliver)?;
    stage.receive(partner)?;
    stage.ok(
        partner,
        &[
            "report",
            "distribute",
            &report,
            "--add",
            roles.official,
            "--add",
            &roles.officer,
        ],
    )?;
    let show = [
        "report",
        "show",
        &report,
        "--as",
        roles.official,
        "--purpose",
        roles.purpose,
    ];
    stage.ok(partner, &show)?;
    if roles.sample.is_some() {
        stage.ok(partner, &["facts", "set", &report, "facts.json"])?;
    }
    Ok(report)
}

/// The visitors are decided about, and the originator asked. Gives portions that were not granted.
pub(super) fn ask(stage: &mut Stage, roles: &Roles<'_>, report: &str) -> Result<Vec<String>, Failure> {
    let (originator, partner) = (roles.originator, roles.partner);
    let (mark, text) = roles.substitute;
    stage.scene("Visitors are announced: what may be said to them?");
    let about = [
        "--report",
        report,
        "--audience",
        "visitors.json",
        "--purpose",
        roles.purpose,
    ];
    let ask = [&["decide"], &about[..]].concat();
    let answer = stage.json(partner, &ask)?;
    let closed = closed_portions(&answer);
    let expected = exit_for(answer["decision"].as_str());
    stage.run(partner, &[&ask[..], &["--record"]].concat(), expected)?;

    stage.scene("The originator is asked");
    let Some((first, rest)) = closed.split_first() else {
        output::line("  (the audience may have everything: there is nobody to ask)");
        return Ok(Vec::new());
    };
    let request = [
        &["request", "open"],
        &about[..],
        &["--reason", "meeting with the visitors"],
    ]
    .concat();
    let opened = stage.ok(partner, &request)?;
    let id = opened.split(':').next().unwrap_or_default().trim().to_owned();
    stage.receive(originator)?;
    stage.ok(originator, &["request", "show", &id])?;
    let terms = ["--condition", "orally only, no notes", "--until", "2099-12-31"];
    let substitute = [
        "consent",
        "substitute",
        &id,
        "--portion",
        first,
        "--mark",
        mark,
        "--text",
        text,
    ];
    stage.ok(originator, &[&substitute[..], &terms].concat())?;
    if !rest.is_empty() {
        let refuse = ["consent", "refuse", &id, "--reason", "it would point at the source"];
        stage.ok(originator, &refuse)?;
    }
    stage.receive(partner)?;
    stage.ok(partner, &["request", "show", &id])?;
    let answer = stage.json(partner, &ask)?;
    stage.run(partner, &ask, exit_for(answer["decision"].as_str()))?;
    let closed = if rest.is_empty() { &closed[..] } else { rest };
    Ok(match roles.sample {
        Some(world) => world.said.iter().map(ToString::to_string).collect(),
        None => closed.iter().take(1).cloned().collect(),
    })
}

fn exit_for(decision: Option<&str>) -> Exit {
    match decision {
        Some("permit") => Exit::Done,
        Some("ask") => Exit::Ask,
        _ => Exit::Denied,
    }
}

/// The portions that somebody in the audience may not have, in the report's order.
fn closed_portions(answer: &Value) -> Vec<String> {
    let mut closed: Vec<String> = Vec::new();
    for portion in answer["people"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|person| person["portions"].as_array().into_iter().flatten())
    {
        let id = portion["id"].as_str().unwrap_or_default().to_owned();
        let asks = portion["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty());
        if asks && !closed.contains(&id) {
            closed.push(id);
        }
    }
    closed
}
