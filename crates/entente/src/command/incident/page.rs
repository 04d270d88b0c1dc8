//! A case file as a paper.

use entente_core::State;
use entente_core::exposure::Measures;
use entente_core::incident::{Incident, SourceDamage, What};
use entente_paper::Paper;
use jiff::Timestamp;

use crate::{output, words};
use entente_desk::casefile::{Case, CaseFile, Due, NOTICE, Out, OutPortion, alerts, due};

/// Says what cannot wait for an assessment.
pub(super) fn say_alerts(state: &State, incident: &Incident) {
    for damage in alerts(state, incident) {
        output::line(format!(
            "ALERT: source {} is exposed to {}: {}. Tell whoever runs it now, before anything else",
            damage.source,
            damage.audience,
            measured(damage.after.as_ref())
        ));
    }
}

/// Says what is due.
pub(super) fn say_tasks(incident: &Incident, now: Timestamp) {
    output::table(
        &["stage", "what", "who", "by", "done"],
        task_rows(incident, &due(incident, now)),
        "nothing to do",
    );
}

fn measured(measures: Option<&Measures>) -> String {
    measures.map_or("cannot be measured".to_owned(), |m| {
        format!(
            "{} of {} candidates, {:.1} %",
            m.consistent,
            m.candidates,
            m.exposure() * 100.0
        )
    })
}

fn task_rows(incident: &Incident, tasks: &[Due]) -> Vec<Vec<String>> {
    let row = |due: &Due| {
        let task = &due.task;
        let by = match task.due {
            None => "–".to_owned(),
            Some(at) if at == incident.opened => "at once".to_owned(),
            Some(at) => format!("{}{}", words::moment(at), if due.late { " LATE" } else { "" }),
        };
        let done = task.done.as_ref().map_or(String::new(), |(at, note)| {
            format!("{} {note}", words::moment(*at)).trim().to_owned()
        });
        vec![
            task.stage.id().to_owned(),
            task.stage.title().to_owned(),
            task.owner.clone(),
            by,
            done,
        ]
    };
    tasks.iter().map(row).collect()
}

/// The case file as a paper.
pub(crate) fn paper(file: &CaseFile) -> Paper {
    match file {
        CaseFile::Closed { id, notice } => {
            let mut page = Paper::new(format!("Case {id}"), "(not for you)");
            page.notice = Some((*notice).to_owned());
            page.text("You do not work on this case.");
            page
        }
        CaseFile::Open(case) => whole(case),
    }
}

fn whole(case: &Case) -> Paper {
    let incident = &case.incident;
    let banner = Some(case.banner.clone()).filter(|banner| !banner.is_empty());
    let mut page = Paper::new(
        format!("Case {}: {}", incident.id, incident.title),
        banner.unwrap_or_else(|| "(nothing of the reports may be shown to this reader)".to_owned()),
    );
    page.notice = Some(NOTICE.to_owned());
    let end = incident
        .closed()
        .map_or("open".to_owned(), |at| format!("closed {}", words::moment(at)));
    page.text(format!(
        "Opened {} by {}; {end}. Works on it: {}.",
        words::moment(incident.opened),
        incident.opened_by,
        words::list(&incident.members)
    ));
    page.heading("What is out");
    for disclosure in &case.disclosures {
        out(&mut page, disclosure);
    }
    public_before(&mut page, case);
    page.heading("To be done");
    page.table(
        &["stage", "what", "who", "by", "done"],
        task_rows(incident, &case.tasks),
        "Nothing.",
    );
    told(&mut page, case);
    holders(&mut page, case);
    contained(&mut page, case);
    evidence(&mut page, incident);
    damage(&mut page, case);
    still_said(&mut page, case);
    timeline(&mut page, incident);
    page
}

/// One disclosure: what, to whom, by which route, lawful or not, permitted or not.
fn out(page: &mut Paper, out: &Out) {
    let disclosure = &out.disclosure;
    let by = disclosure.by.as_ref().map_or(String::new(), |by| format!(" by {by}"));
    page.text(format!(
        "{} {}: {} to {}{by}; lawful: {}.",
        words::moment(disclosure.at),
        disclosure.id,
        disclosure.route,
        words::list(&disclosure.audience),
        disclosure.lawful
    ));
    for portion in &out.shown {
        let permitted = if portion.permitted {
            "permitted: yes"
        } else {
            "permitted: no"
        };
        let Some(mark) = &portion.mark else {
            page.item(portion.portion.to_string(), "(not for you)", vec![permitted.to_owned()]);
            continue;
        };
        let said = portion.text.as_deref().unwrap_or("(told by a text, in its words)");
        page.item(format!("{mark} {}", portion.portion), said, notes(portion, permitted));
    }
}

fn notes(portion: &OutPortion, permitted: &str) -> Vec<String> {
    let learned = portion.learned.iter().map(|learned| {
        let origin = learned.origin.as_ref();
        let origin = origin.map_or(String::new(), |origin| format!(", from {origin}"));
        format!(
            "{} {}{origin}: {}",
            learned.fact,
            learned.status.as_str(),
            learned.told()
        )
    });
    std::iter::once(permitted.to_owned()).chain(learned).collect()
}

fn public_before(page: &mut Paper, case: &Case) {
    let rows = case.public_before.iter().map(|before| {
        let portion = &before.portion;
        vec![
            format!("{} v{} {}", portion.report, portion.version, portion.portion),
            words::moment(before.since),
            before.disclosure.to_string(),
        ]
    });
    page.heading("What was public before");
    page.table(
        &["portion", "since", "disclosure"],
        rows.collect(),
        "Nothing that is recorded here.",
    );
}

fn told(page: &mut Paper, case: &Case) {
    page.heading("Who must be told");
    let rows = case.must_be_told.iter().map(|told| {
        let call: Vec<String> = told.call.iter().map(|line| format!("; call {line}")).collect();
        vec![
            format!("{}{}", told.party, call.concat()),
            told.why.clone(),
            told.portions.clone(),
            told.state.clone(),
        ]
    });
    page.table(
        &["party", "because it", "its part", "state"],
        rows.collect(),
        "Nobody outside.",
    );
}

fn holders(page: &mut Paper, case: &Case) {
    page.heading("Who held all of it");
    let rows = case.held_by.iter().map(|held| {
        let how = match &held.delivered {
            None => "on the distribution, and may read all of it".to_owned(),
            Some((at, by)) => format!("delivered {} by {by}", words::moment(*at)),
        };
        vec![held.who.clone(), how]
    });
    page.table(
        &["who", "how"],
        rows.collect(),
        "Nobody is recorded as holding all of it.",
    );
}

fn contained(page: &mut Paper, case: &Case) {
    page.heading("Containment");
    for entry in &case.incident.entries {
        if let What::Contained { held, .. } = &entry.what {
            page.text(format!(
                "{}: releases of {} are on hold.",
                words::moment(entry.at),
                words::list(held)
            ));
        }
    }
    let rows = case.recalled.iter().map(|recalled| {
        let said = recalled.statement.as_ref();
        vec![
            recalled.report.to_string(),
            recalled.action.to_owned(),
            recalled.holder.to_string(),
            said.map_or("unconfirmed".to_owned(), |said| format!("says: {said}")),
        ]
    });
    page.table(
        &["recalled", "action", "holder", "acknowledgement"],
        rows.collect(),
        "No copies are under recall.",
    );
}

fn evidence(page: &mut Paper, incident: &Incident) {
    page.heading("Evidence");
    let rows = incident.entries.iter().filter_map(|entry| match &entry.what {
        What::Evidence {
            name,
            sha256,
            size,
            found,
        } => Some(vec![
            name.clone(),
            sha256.clone(),
            size.to_string(),
            found.clone(),
            words::moment(entry.at),
        ]),
        _ => None,
    });
    page.table(&["text", "SHA-256", "bytes", "found", "kept"], rows.collect(), "None.");
}

fn damage(page: &mut Paper, case: &Case) {
    page.heading("Damage");
    for entry in &case.incident.entries {
        if let What::Assessed { last, note, .. } = &entry.what {
            page.item(
                if *last { "final" } else { "interim" },
                note,
                vec![words::moment(entry.at)],
            );
        }
    }
    // The last assessment stands; before there is one, what would be measured now.
    let sources = case.damage.assessed.as_ref().unwrap_or(&case.sources);
    let row = |damage: &SourceDamage| {
        vec![
            damage.source.to_string(),
            damage.audience.clone(),
            measured(damage.before.as_ref()),
            measured(damage.after.as_ref()),
            if damage.kept { "above its threshold" } else { "EXPOSED" }.to_owned(),
        ]
    };
    page.table(
        &["source", "to", "before", "after", "state"],
        sources.iter().map(row).collect(),
        "No source of this party is concerned; their originators assess theirs.",
    );
    let dependents = case.damage.dependents.iter();
    let rows = dependents.map(|dependent| vec![dependent.portion.to_string(), words::list(&dependent.rests_on)]);
    page.table(
        &["dependent portion", "rests on"],
        rows.collect(),
        "No other report held here rests on it.",
    );
    let learned = case.damage.learned.iter();
    let rows = learned.map(|(person, facts)| vec![person.clone(), words::list(facts)]);
    page.table(
        &["who", "learned"],
        rows.collect(),
        "No facts of these reports are written down.",
    );
}

fn still_said(page: &mut Paper, case: &Case) {
    page.heading("What may still be said");
    for said in &case.may_still_be_said {
        page.item(&said.text.mark, &said.text.text, Vec::new());
    }
    if case.may_still_be_said.is_empty() {
        page.text(format!("Nothing of these reports. {NOTICE}"));
    }
}

fn timeline(page: &mut Paper, incident: &Incident) {
    page.heading("Timeline");
    let rows = incident.entries.iter().map(|entry| {
        let nobody = match &entry.what {
            What::Told { .. } => "–",
            _ => "a partner",
        };
        let by = entry.by.as_ref().map_or(nobody.to_owned(), ToString::to_string);
        let what = match &entry.what {
            What::Evidence { name, .. } => format!("evidence: {name}"),
            What::Disclosure { id } => format!("belongs to it: {id}"),
            What::Member { person } => format!("works on it: {person}"),
            What::Assigned { stage, owner } => format!("{} goes to {owner}", stage.id()),
            What::Done { stage, note } => format!("{}: {note}", stage.id()),
            What::Contained { held, recalls } => {
                let recalls = match recalls.is_empty() {
                    true => "none".to_owned(),
                    false => words::list(recalls),
                };
                format!("on hold: {}; recalls: {recalls}", words::list(held))
            }
            What::Told { party, .. } => format!("told: {party}"),
            What::Acknowledged { party, statement } => format!("{party} says: {statement}"),
            What::Finding { compromise, note } => format!("compromise {compromise:?}: {note}").to_lowercase(),
            What::Relabelled {
                portion,
                decision,
                reason,
            } => format!("{portion}: {decision:?}, {reason}"),
            What::Reply { person, statement } => format!("{person} says: {statement}"),
            What::Assessed { last, note, .. } => {
                format!("{} assessment: {note}", if *last { "final" } else { "interim" })
            }
            What::Lesson { text, owner, due } => {
                format!(
                    "lesson: {text} ({owner}{})",
                    due.map_or(String::new(), |due| format!(", by {}", words::moment(due)))
                )
            }
            What::Closed { note } => format!("closed: {note}"),
        };
        vec![words::moment(entry.at), by, what]
    });
    page.table(&["when", "who", "what"], rows.collect(), "Nothing yet.");
}
