//! The case file of an incident, as a reader may see it.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::decide;
use entente_core::exposure::Measures;
use entente_core::handle::{exposed_portions, known_disclosure, must_be_told, source_damage};
use entente_core::incident::{Incident, SourceDamage, What};
use entente_core::{Disclosure, Learned, Outcome, PersonId, PortionRef, Query, ReportId, State};
use entente_core::{Notice, PortionId};
use entente_marking::Purpose;
use entente_paper::Paper;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::report::visible;
use crate::failure::Failure;
use crate::{output, words};
use entente_desk::marks::banner_over;
use entente_node::Pinned;

const NOTICE: &str = "Neither confirm nor deny.";

/// For whom a case file is written.
#[derive(Clone, Copy)]
pub(crate) struct View<'v> {
    /// The reader; without one, this party as such.
    pub(crate) reader: Option<&'v PersonId>,
    /// What they read it for, where the arrangement or the marking asks.
    pub(crate) purpose: Option<&'v Purpose>,
}

/// The portions of these that a reader may know; all where no reader is named.
pub(crate) fn readable(node: &Pinned, portions: &BTreeSet<PortionRef>, view: View<'_>) -> BTreeSet<PortionRef> {
    let Some(reader) = view.reader else {
        return portions.clone();
    };
    let purpose = view.purpose.map(Purpose::as_str);
    // One decision for each version of a report.
    let mut seen: BTreeMap<(&ReportId, u32), BTreeSet<String>> = BTreeMap::new();
    for PortionRef { report, version, .. } in portions {
        seen.entry((report, *version))
            .or_insert_with(|| visible(node, report, Some(*version), reader, purpose).unwrap_or_default());
    }
    let may = |portion: &&PortionRef| seen[&(&portion.report, portion.version)].contains(portion.portion.as_str());
    portions.iter().filter(may).cloned().collect()
}

/// What may be said to anyone, of the reports concerned.
fn may_still_be_said(
    node: &Pinned,
    reports: &BTreeSet<ReportId>,
    purpose: Option<&Purpose>,
) -> Result<Vec<PortionRef>, Failure> {
    let anyone = PersonId::public();
    let outsider = anyone
        .party()
        .map(|party| entente_core::Person::outsider(anyone.clone(), party));
    let snapshot = node.snapshot(reports, outsider.as_slice());
    let audience = [anyone];
    let mut all = Vec::new();
    for report in reports {
        let query = Query {
            report,
            version: None,
            portions: None,
            audience: &audience,
            purpose,
            moment: Timestamp::now(),
        };
        let decision = decide(&snapshot, &query, node.rules(), &node.exposure())?;
        let references = decision.references().enumerate();
        let permitted = references.filter(|(n, _)| decision.audience_outcome(*n) == Outcome::Permit);
        all.extend(permitted.map(|(_, portion)| portion.clone()));
    }
    Ok(all)
}

/// Parties that must be told, why, their part, and what became of it.
fn told_rows(
    node: &Pinned,
    incident: &Incident,
    sources: &[SourceDamage],
    view: View<'_>,
) -> Vec<(String, String, String, String)> {
    let exposure = node.exposure();
    let state = node.state();
    let must = must_be_told(state, incident, &node.context(&exposure));
    let told = incident.told();
    let runs = handlers(state, sources).into_iter();
    let runs = runs.map(|person| {
        (
            person.to_string(),
            "runs sources of this party".to_owned(),
            "its source".to_owned(),
            "here".to_owned(),
        )
    });
    let of = |(party, (why, portions)): (&entente_core::PartyPath, &(BTreeSet<_>, BTreeSet<PortionRef>))| {
        let why: Vec<&str> = why.iter().map(|why: &entente_core::incident::Why| why.says()).collect();
        let became = match told.get(party) {
            None => "not told yet".to_owned(),
            Some(None) if !reachable(state, party) => "not sent yet: its keys are not known".to_owned(),
            Some(None) => "told, unconfirmed".to_owned(),
            Some(Some(statement)) => format!("says: {statement}"),
        };
        let portions = words::list(readable(node, portions, view));
        (party.to_string(), why.join(", "), portions, became)
    };
    must.iter().map(of).chain(runs).collect()
}

fn reachable(state: &State, party: &entente_core::PartyPath) -> bool {
    state.parties.get(party).is_some_and(|party| party.recipient.is_some())
}

/// Whoever runs sources here, where one of them is concerned.
fn handlers<'s>(state: &'s State, sources: &[SourceDamage]) -> Vec<&'s PersonId> {
    /// The role of those who run sources.
    const ROLE: &str = "source-handler";
    if sources.is_empty() {
        return Vec::new();
    }
    let home = state.home.as_ref();
    let own = state
        .persons
        .values()
        .filter(|person| home.is_some_and(|home| home.includes(&person.party)));
    own.filter(|person| person.roles.contains(ROLE) && !person.disabled)
        .map(|person| &person.id)
        .collect()
}

/// What cannot wait for an assessment: sources of this party that are below their thresholds.
pub(crate) fn say_alerts(state: &State, incident: &Incident) {
    // Whoever could work it out before, such as a partner to whom it was delivered knowingly, is no news.
    let worse = |damage: &&SourceDamage| match (&damage.before, &damage.after) {
        (Some(before), Some(after)) => after.exposure() > before.exposure() + 0.01,
        _ => true,
    };
    let damaged = source_damage(state, incident);
    for damage in damaged.iter().filter(|damage| !damage.kept).filter(worse) {
        output::line(format!(
            "ALERT: source {} is exposed to {}: {}. Tell whoever runs it now, before anything else",
            damage.source,
            damage.audience,
            measured(damage.after.as_ref())
        ));
    }
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

/// Who here, and which parties, held everything that is out.
fn holders(page: &mut Paper, node: &Pinned, exposed: &BTreeSet<PortionRef>, view: View<'_>) {
    page.heading("Who held all of it");
    let reports: BTreeSet<&ReportId> = exposed.iter().map(|portion| &portion.report).collect();
    let holdings: Vec<_> = reports.iter().filter_map(|id| node.state().reports.get(*id)).collect();
    let mut rows = Vec::new();
    if let Some(first) = holdings.first() {
        for person in &first.distribution {
            let theirs = View {
                reader: Some(person),
                ..view
            };
            if readable(node, exposed, theirs) == *exposed {
                rows.push(vec![
                    person.to_string(),
                    "on the distribution, and may read all of it".to_owned(),
                ]);
            }
        }
        for delivery in &first.deliveries {
            if holdings
                .iter()
                .all(|holding| holding.deliveries.iter().any(|d| d.to == delivery.to))
            {
                rows.push(vec![
                    delivery.to.to_string(),
                    format!("delivered {} by {}", words::moment(delivery.at), delivery.by),
                ]);
            }
        }
    }
    page.table(&["who", "how"], rows, "Nobody is recorded as holding all of it.");
}

/// Says what is due.
pub(crate) fn say_tasks(incident: &Incident, now: Timestamp) {
    output::table(
        &["stage", "what", "who", "by", "done"],
        task_rows(incident, now),
        "nothing to do",
    );
}

fn task_rows(incident: &Incident, now: Timestamp) -> Vec<Vec<String>> {
    let tasks = incident.tasks();
    let row = |task: &entente_core::incident::Task| {
        vec![
            task.stage.id().to_owned(),
            task.stage.title().to_owned(),
            task.owner.clone(),
            task.due.map_or("–".to_owned(), |due| {
                if due == incident.opened {
                    return "at once".to_owned();
                }
                format!("{}{}", words::moment(due), if task.is_late(now) { " LATE" } else { "" })
            }),
            task.done.as_ref().map_or(String::new(), |(at, note)| {
                format!("{} {note}", words::moment(*at)).trim().to_owned()
            }),
        ]
    };
    tasks.iter().map(row).collect()
}

/// The case file.
pub(crate) fn paper(node: &Pinned, incident: &Incident, view: View<'_>) -> Result<Paper, Failure> {
    let state = node.state();
    if !incident.is_member(view.reader) {
        let mut page = Paper::new(format!("Case {}", incident.id), "(not for you)");
        page.notice = Some(NOTICE.to_owned());
        page.text("You do not work on this case.");
        return Ok(page);
    }
    let exposed = exposed_portions(state, incident);
    let seen = readable(node, &disclosed(state, incident), view);
    let banner = Some(banner_over(state, seen.iter())).filter(|banner| !banner.is_empty());
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
    let known = incident.disclosures.iter().filter_map(|id| known_disclosure(state, id));
    let mut disclosures: Vec<&Disclosure> = known.collect();
    disclosures.sort_by_key(|disclosure| disclosure.at);
    for disclosure in &disclosures {
        out(&mut page, state, disclosure, &seen);
    }
    public_before(&mut page, state, incident, &seen);
    page.heading("To be done");
    page.table(
        &["stage", "what", "who", "by", "done"],
        task_rows(incident, Timestamp::now()),
        "Nothing.",
    );
    page.heading("Who must be told");
    let sources = source_damage(state, incident);
    let rows = told_rows(node, incident, &sources, view)
        .into_iter()
        .map(|(a, b, c, d)| vec![a, b, c, d]);
    page.table(
        &["party", "because it", "its part", "state"],
        rows.collect(),
        "Nobody outside.",
    );
    holders(&mut page, node, &exposed, view);
    contained(&mut page, state, incident);
    evidence(&mut page, incident);
    damage(&mut page, node, incident, &exposed, sources, view);
    page.heading("What may still be said");
    let reports: BTreeSet<ReportId> = exposed.iter().map(|portion| portion.report.clone()).collect();
    let said = may_still_be_said(node, &reports, view.purpose)?;
    for reference in &said {
        if let Some(portion) = state.portion(reference) {
            page.item(&portion.mark, &portion.text, Vec::new());
        }
    }
    if said.is_empty() {
        page.text(format!("Nothing of these reports. {NOTICE}"));
    }
    timeline(&mut page, incident);
    Ok(page)
}

/// Every portion that a disclosure of the case is about, permitted or not.
fn disclosed(state: &State, incident: &Incident) -> BTreeSet<PortionRef> {
    let known = incident.disclosures.iter().filter_map(|id| known_disclosure(state, id));
    known
        .flat_map(|disclosure| {
            disclosure.portions.iter().map(|portion| PortionRef {
                report: disclosure.report.clone(),
                version: disclosure.version,
                portion: portion.clone(),
            })
        })
        .collect()
}

/// One disclosure: what, to whom, by which route, lawful or not, permitted or not.
fn out(page: &mut Paper, state: &State, disclosure: &Disclosure, seen: &BTreeSet<PortionRef>) {
    let by = disclosure.by.as_ref().map_or(String::new(), |by| format!(" by {by}"));
    page.text(format!(
        "{} {}: {:?} to {}{by}; lawful: {}.",
        words::moment(disclosure.at),
        disclosure.id,
        disclosure.route,
        words::list(&disclosure.audience),
        words::lawful(&disclosure.lawful)
    ));
    for id in &disclosure.portions {
        let reference = PortionRef {
            report: disclosure.report.clone(),
            version: disclosure.version,
            portion: id.clone(),
        };
        let permitted = match disclosure.permitted.get(id) {
            Some(true) => "permitted: yes",
            _ => "permitted: no",
        };
        let text = state.portion(&reference).filter(|_| seen.contains(&reference));
        let Some(text) = text else {
            page.item(reference.to_string(), "(not for you)", vec![permitted.to_owned()]);
            continue;
        };
        let mut notes = vec![permitted.to_owned()];
        let learned: Vec<&Learned> = disclosure.learned.iter().filter(|l| l.portion == *id).collect();
        // What a text told is what it says, not what the report says.
        let by_text = !learned.is_empty() && learned.iter().all(|learned| learned.words.is_some());
        for learned in &learned {
            let origin = learned
                .origin
                .as_ref()
                .map_or(String::new(), |origin| format!(", from {origin}"));
            notes.push(format!(
                "{} {}{origin}: {}",
                learned.fact,
                learned.status.as_str(),
                learned.told()
            ));
        }
        let said = if by_text {
            "(told by a text, in its words)"
        } else {
            text.text.as_str()
        };
        page.item(format!("{} {reference}", text.mark), said, notes);
    }
}

/// Which of the exposed portions the public had before, and since when.
fn public_before(page: &mut Paper, state: &State, incident: &Incident, seen: &BTreeSet<PortionRef>) {
    let anyone = PersonId::public();
    let of_case = incident.disclosures.iter().filter_map(|id| known_disclosure(state, id));
    let begun = of_case.map(|disclosure| disclosure.at).min().unwrap_or(incident.opened);
    let told = state.notices.values().filter_map(|(_, notice)| match notice {
        Notice::Disclosure(disclosure) => Some(disclosure),
        Notice::Override(_) => None,
    });
    let all = state.disclosures.values().chain(told);
    let earlier = all.filter(|d| d.audience.contains(&anyone) && d.at < begun);
    let mut rows = Vec::new();
    for disclosure in earlier {
        let is_out = |portion: &&PortionId| {
            seen.iter().any(|seen| {
                seen.report == disclosure.report && seen.version == disclosure.version && seen.portion == **portion
            })
        };
        for portion in disclosure.portions.iter().filter(is_out) {
            rows.push(vec![
                format!("{} v{} {portion}", disclosure.report, disclosure.version),
                words::moment(disclosure.at),
                disclosure.id.to_string(),
            ]);
        }
    }
    page.heading("What was public before");
    page.table(
        &["portion", "since", "disclosure"],
        rows,
        "Nothing that is recorded here.",
    );
}

fn contained(page: &mut Paper, state: &State, incident: &Incident) {
    page.heading("Containment");
    let mut rows = Vec::new();
    for entry in &incident.entries {
        let What::Contained { held, recalls } = &entry.what else {
            continue;
        };
        page.text(format!(
            "{}: releases of {} are on hold.",
            words::moment(entry.at),
            words::list(held)
        ));
        for recall in recalls.iter().filter_map(|id| state.recalls.get(id)) {
            for (holder, done) in &recall.holders {
                let said = done
                    .as_ref()
                    .map_or("unconfirmed".to_owned(), |a| format!("says: {}", a.statement));
                rows.push(vec![
                    recall.report.to_string(),
                    recall.action.name().to_owned(),
                    holder.to_string(),
                    said,
                ]);
            }
        }
    }
    page.table(
        &["recalled", "action", "holder", "acknowledgement"],
        rows,
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

fn damage(
    page: &mut Paper,
    node: &Pinned,
    incident: &Incident,
    exposed: &BTreeSet<PortionRef>,
    now: Vec<SourceDamage>,
    view: View<'_>,
) {
    let state = node.state();
    page.heading("Damage");
    for entry in &incident.entries {
        if let What::Assessed { last, note, .. } = &entry.what {
            page.item(
                if *last { "final" } else { "interim" },
                note,
                vec![words::moment(entry.at)],
            );
        }
    }
    // The last assessment stands; before there is one, what would be measured now.
    let assessed = incident.entries.iter().rev().find_map(|entry| match &entry.what {
        What::Assessed { sources, .. } => Some(sources.clone()),
        _ => None,
    });
    let sources = assessed.unwrap_or(now);
    let rows = sources.iter().map(|damage| {
        vec![
            damage.source.to_string(),
            damage.audience.clone(),
            measured(damage.before.as_ref()),
            measured(damage.after.as_ref()),
            if damage.kept { "above its threshold" } else { "EXPOSED" }.to_owned(),
        ]
    });
    page.table(
        &["source", "to", "before", "after", "state"],
        rows.collect(),
        "No source of this party is concerned; their originators assess theirs.",
    );
    let mut dependent: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for report in state.reports.values().filter_map(|holding| holding.latest()) {
        for portion in &report.portions {
            for base in portion
                .lineage
                .iter()
                .flat_map(|(_, origin)| &origin.from)
                .filter(|base| exposed.contains(base))
            {
                let reference = report.reference(&portion.id);
                let known = BTreeSet::from([reference.clone()]);
                if !readable(node, &known, view).is_empty() {
                    dependent
                        .entry(reference.to_string())
                        .or_default()
                        .insert(base.to_string());
                }
            }
        }
    }
    let rows = dependent
        .into_iter()
        .map(|(portion, bases)| vec![portion, words::list(bases)]);
    page.table(
        &["dependent portion", "rests on"],
        rows.collect(),
        "No other report held here rests on it.",
    );
    let mut gain: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for disclosure in incident.disclosures.iter().filter_map(|id| known_disclosure(state, id)) {
        let facts = state.facts.get(&disclosure.report).into_iter().flatten();
        let told = |fact: &&entente_core::Fact| match disclosure.learned.is_empty() {
            true => disclosure.portions.contains(&fact.portion),
            false => disclosure.learned.iter().any(|learned| learned.fact == fact.id),
        };
        let learned: BTreeSet<String> = facts
            .filter(told)
            .map(|fact| format!("{}/{}", disclosure.report, fact.id))
            .collect();
        for person in &disclosure.audience {
            gain.entry(person.to_string()).or_default().extend(learned.clone());
        }
    }
    let rows = gain
        .into_iter()
        .filter(|(_, facts)| !facts.is_empty())
        .map(|(person, facts)| vec![person, words::list(facts)]);
    page.table(
        &["who", "learned"],
        rows.collect(),
        "No facts of these reports are written down.",
    );
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

/// The case for programs, with what is computed from it.
pub(crate) fn json(node: &Pinned, incident: &Incident, view: View<'_>) -> Result<Value, Failure> {
    if !incident.is_member(view.reader) {
        return Ok(json!({ "id": incident.id, "notice": NOTICE }));
    }
    let state = node.state();
    let exposed = exposed_portions(state, incident);
    let seen = readable(node, &disclosed(state, incident), view);
    let reports: BTreeSet<ReportId> = exposed.iter().map(|portion| portion.report.clone()).collect();
    let sources = source_damage(state, incident);
    let told = told_rows(node, incident, &sources, view).into_iter();
    let disclosures: Vec<Value> = incident
        .disclosures
        .iter()
        .filter_map(|id| known_disclosure(state, id))
        .map(|d| {
            let mut shown = d.clone();
            // What was learned is shown to those who may know it.
            shown.learned.retain(|learned| {
                seen.iter()
                    .any(|p| p.report == d.report && p.version == d.version && p.portion == learned.portion)
            });
            json!(shown)
        })
        .collect();
    Ok(json!({
        "incident": incident,
        "notice": NOTICE,
        "banner": banner_over(state, seen.iter()),
        "exposed": exposed,
        "disclosures": disclosures,
        "tasks": incident.tasks(),
        "must_be_told": told.map(|(party, why, portions, state)| json!({ "party": party, "why": why, "portions": portions, "state": state })).collect::<Vec<_>>(),
        "sources": sources,
        "may_still_be_said": may_still_be_said(node, &reports, view.purpose)?,
    }))
}
