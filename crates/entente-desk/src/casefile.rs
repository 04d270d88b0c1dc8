//! The file of a case, as one who works on it may see it: the value behind the page, the paper and `--json`.

use std::collections::BTreeSet;

use entente_core::decide::Duty;
use entente_core::handle::{exposed_portions, known_disclosure, must_be_told, source_damage};
use entente_core::incident::{Incident, SourceDamage, Task, What};
use entente_core::{
    Acknowledgement, Disclosure, DisclosureId, IncidentId, Learned, Named, Notice, Outcome, PartyPath, PersonId,
    PortionId, PortionRef, RecallId, ReportId, State,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::briefing::Text;
use crate::damage::{Damage, damage};
use crate::marks::{banner_over, mark_in_force};
use crate::moment::Moment;
use crate::reading::readable;
use crate::view::View;

/// What stands on every page of a case.
pub const NOTICE: &str = "Neither confirm nor deny.";

/// The role of those who run sources.
const SOURCE_HANDLER: &str = "source-handler";

/// The file of a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum CaseFile {
    /// For one who does not work on it.
    Closed {
        /// The case.
        id: IncidentId,
        /// What stands on every page.
        notice: &'static str,
    },
    /// For one who does.
    Open(Box<Case>),
}

/// All of a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Case {
    /// The case as it is recorded.
    pub incident: Incident,
    /// What stands on every page.
    pub notice: &'static str,
    /// The banner over what is shown of the reports; empty where nothing is.
    pub banner: String,
    /// What is out.
    pub exposed: BTreeSet<PortionRef>,
    /// How it came out, oldest first.
    pub disclosures: Vec<Out>,
    /// What of it was public before.
    pub public_before: Vec<Before>,
    /// What is due.
    pub tasks: Vec<Due>,
    /// Who must be told.
    pub must_be_told: Vec<Told>,
    /// Who held all of it.
    pub held_by: Vec<HeldBy>,
    /// Copies under recall.
    pub recalled: Vec<Recalled>,
    /// What it cost this party's sources, as it would be measured now.
    pub sources: Vec<SourceDamage>,
    /// What else it cost.
    pub damage: Damage,
    /// What anyone may still be told of the reports concerned.
    pub may_still_be_said: Vec<StillSaid>,
}

/// A disclosure, with what of it the reader may see.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Out {
    /// The disclosure; what was learned stands in it as far as the reader may know it.
    #[serde(flatten)]
    pub disclosure: Disclosure,
    /// Portion by portion.
    pub shown: Vec<OutPortion>,
}

/// A portion that is out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutPortion {
    /// Which one.
    pub portion: PortionRef,
    /// Whether that was permitted.
    pub permitted: bool,
    /// Its mark; `None` where the reader may not have it.
    pub mark: Option<String>,
    /// Its text, where the reader may have it and not only a text's own words were told.
    pub text: Option<String>,
    /// What was learned of it.
    pub learned: Vec<Learned>,
}

/// A portion that was public before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Before {
    /// Which one.
    pub portion: PortionRef,
    /// Since when.
    pub since: Timestamp,
    /// By which disclosure.
    pub disclosure: DisclosureId,
}

/// A stage, and whether it is late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The stage.
    #[serde(flatten)]
    pub task: Task,
    /// Whether it should have been done by now.
    pub late: bool,
}

/// A party that must be told, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Who.
    pub party: String,
    /// Why.
    pub why: String,
    /// Its part, as far as the reader may know it.
    pub portions: String,
    /// What became of it.
    pub state: String,
    /// Whom one calls there, where that is noted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub call: Vec<String>,
}

/// Somebody who held everything that is out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldBy {
    /// Who.
    pub who: String,
    /// When a party received it, and from whom; `None` for a person on the distribution.
    pub delivered: Option<(Timestamp, PartyPath)>,
}

/// A copy under recall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recalled {
    /// The report.
    pub report: ReportId,
    /// What its holder has to do.
    pub action: &'static str,
    /// The holder.
    pub holder: PartyPath,
    /// What the holder says was done; `None` where that is unconfirmed.
    pub statement: Option<String>,
}

/// A portion that anyone may still be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StillSaid {
    /// Which one.
    pub portion: PortionRef,
    /// Its text.
    #[serde(flatten)]
    pub text: Text,
}

/// The file of a case.
pub fn casefile(moment: &Moment<'_>, incident: &Incident, view: &View<'_>) -> CaseFile {
    if !incident.is_member(view.reader()) {
        return CaseFile::Closed {
            id: incident.id.clone(),
            notice: NOTICE,
        };
    }
    let state = moment.state();
    let exposed = exposed_portions(state, incident);
    let seen = readable(moment, &disclosed(state, incident), view);
    let sources = source_damage(state, incident);
    let reports: BTreeSet<ReportId> = exposed.iter().map(|portion| portion.report.clone()).collect();
    let mut disclosures: Vec<&Disclosure> = known(state, incident).collect();
    disclosures.sort_by_key(|disclosure| disclosure.at);
    CaseFile::Open(Box::new(Case {
        notice: NOTICE,
        banner: banner_over(state, moment.library(), seen.iter()),
        disclosures: disclosures
            .into_iter()
            .map(|disclosure| out(state, disclosure, &seen))
            .collect(),
        public_before: public_before(state, incident, &seen),
        tasks: due(incident, view.at),
        must_be_told: told(moment, incident, &sources, view),
        held_by: held_by(moment, &exposed, view),
        recalled: recalled(state, incident),
        damage: damage(moment, incident, &exposed, view),
        may_still_be_said: may_still_be_said(moment, &reports, view),
        incident: incident.clone(),
        exposed,
        sources,
    }))
}

/// What is due.
pub fn due(incident: &Incident, now: Timestamp) -> Vec<Due> {
    let tasks = incident.tasks().into_iter();
    tasks
        .map(|task| Due {
            late: task.is_late(now),
            task,
        })
        .collect()
}

/// What cannot wait for an assessment: sources of this party that are below their thresholds, and were not before.
pub fn alerts(state: &State, incident: &Incident) -> Vec<SourceDamage> {
    /// What is lost to rounding is no news.
    const NEWS: f64 = 0.01;
    // Whoever could work it out before, such as a partner to whom it was delivered knowingly, is no news.
    let worse = |damage: &SourceDamage| match (&damage.before, &damage.after) {
        (Some(before), Some(after)) => after.exposure() > before.exposure() + NEWS,
        _ => true,
    };
    let damaged = source_damage(state, incident).into_iter();
    damaged.filter(|damage| !damage.kept && worse(damage)).collect()
}

fn known<'s>(state: &'s State, incident: &'s Incident) -> impl Iterator<Item = &'s Disclosure> {
    incident.disclosures.iter().filter_map(|id| known_disclosure(state, id))
}

fn reference(disclosure: &Disclosure, portion: &PortionId) -> PortionRef {
    PortionRef {
        report: disclosure.report.clone(),
        version: disclosure.version,
        portion: portion.clone(),
    }
}

/// Every portion that a disclosure of the case is about, permitted or not.
fn disclosed(state: &State, incident: &Incident) -> BTreeSet<PortionRef> {
    let all = known(state, incident);
    all.flat_map(|disclosure| disclosure.portions.iter().map(|portion| reference(disclosure, portion)))
        .collect()
}

fn out(state: &State, disclosure: &Disclosure, seen: &BTreeSet<PortionRef>) -> Out {
    let mut kept = disclosure.clone();
    kept.learned
        .retain(|learned| seen.contains(&reference(disclosure, &learned.portion)));
    let shown = disclosure.portions.iter().map(|id| {
        let portion = reference(disclosure, id);
        let known = state.portion(&portion).filter(|_| seen.contains(&portion));
        let learned: Vec<Learned> = kept
            .learned
            .iter()
            .filter(|learned| learned.portion == *id)
            .cloned()
            .collect();
        // What a text told is what it says, not what the report says.
        let by_text = !learned.is_empty() && learned.iter().all(|learned| learned.words.is_some());
        OutPortion {
            permitted: disclosure.permitted.get(id) == Some(&true),
            mark: known.and_then(|_| mark_in_force(state, &portion)),
            text: known.filter(|_| !by_text).map(|known| known.text.clone()),
            learned,
            portion,
        }
    });
    Out {
        shown: shown.collect(),
        disclosure: kept,
    }
}

/// Which of what is shown the public had before, and since when.
fn public_before(state: &State, incident: &Incident, seen: &BTreeSet<PortionRef>) -> Vec<Before> {
    let anyone = PersonId::public();
    let begun = known(state, incident).map(|disclosure| disclosure.at).min();
    let begun = begun.unwrap_or(incident.opened);
    let told = state.notices.values().filter_map(|(_, notice)| match notice {
        Notice::Disclosure(disclosure) => Some(disclosure),
        Notice::Override(_) => None,
    });
    let all = state.disclosures.values().chain(told);
    let earlier = all.filter(|d| d.audience.contains(&anyone) && d.at < begun);
    earlier
        .flat_map(|disclosure| {
            let portions = disclosure.portions.iter().map(|portion| reference(disclosure, portion));
            portions.filter(|portion| seen.contains(portion)).map(|portion| Before {
                portion,
                since: disclosure.at,
                disclosure: disclosure.id.clone(),
            })
        })
        .collect()
}

/// Parties that must be told, and whoever runs a source concerned.
fn told(moment: &Moment<'_>, incident: &Incident, sources: &[SourceDamage], view: &View<'_>) -> Vec<Told> {
    let state = moment.state();
    let must = must_be_told(state, incident, &moment.context(view.at));
    let told = incident.told();
    let mut rows: Vec<Told> = Vec::new();
    for (party, (why, portions)) in &must {
        let why: Vec<&str> = why.iter().map(|why| why.says()).collect();
        let portions: Vec<String> = readable(moment, portions, view)
            .iter()
            .map(ToString::to_string)
            .collect();
        rows.push(Told {
            party: party.to_string(),
            why: why.join(", "),
            portions: portions.join(", "),
            state: match told.get(party) {
                None => "not told yet".to_owned(),
                Some(None) if !state.can_reach(party) => "not sent yet: its keys are not known".to_owned(),
                Some(None) => "told, unconfirmed".to_owned(),
                Some(Some(statement)) => format!("says: {statement}"),
            },
            call: (state.contacts.get(party).into_iter().flatten())
                .map(|(name, contact)| format!("{name}: {}", contact.line()))
                .collect(),
        });
    }
    let runs = handlers(state).filter(|_| !sources.is_empty());
    rows.extend(runs.map(|person| Told {
        party: person.to_string(),
        why: "runs sources of this party".to_owned(),
        portions: "its source".to_owned(),
        state: "here".to_owned(),
        call: Vec::new(),
    }));
    rows
}

/// Whoever runs sources here.
fn handlers(state: &State) -> impl Iterator<Item = &PersonId> {
    let own = state.persons.values().filter(|person| {
        let home = state.home.as_ref();
        home.is_some_and(|home| home.includes(&person.party))
    });
    own.filter(|person| person.roles.contains(SOURCE_HANDLER) && !person.disabled)
        .map(|person| &person.id)
}

/// Who here, and which parties, held everything that is out.
fn held_by(moment: &Moment<'_>, exposed: &BTreeSet<PortionRef>, view: &View<'_>) -> Vec<HeldBy> {
    let state = moment.state();
    let reports: BTreeSet<&ReportId> = exposed.iter().map(|portion| &portion.report).collect();
    let holdings: Vec<_> = reports.iter().filter_map(|id| state.reports.get(*id)).collect();
    let Some(first) = holdings.first() else {
        return Vec::new();
    };
    let readers = first.distribution.iter();
    let readers = readers.filter(|person| readable(moment, exposed, &view.by(person)) == *exposed);
    let everywhere = |to: &PartyPath| {
        let mut all = holdings.iter();
        all.all(|holding| holding.deliveries.iter().any(|delivery| delivery.to == *to))
    };
    let parties = first.deliveries.iter().filter(|delivery| everywhere(&delivery.to));
    let persons = readers.map(|person| HeldBy {
        who: person.to_string(),
        delivered: None,
    });
    let parties = parties.map(|delivery| HeldBy {
        who: delivery.to.to_string(),
        delivered: Some((delivery.at, delivery.by.clone())),
    });
    persons.chain(parties).collect()
}

fn recalled(state: &State, incident: &Incident) -> Vec<Recalled> {
    let ordered = incident.entries.iter().filter_map(|entry| match &entry.what {
        What::Contained { recalls, .. } => Some(recalls),
        _ => None,
    });
    // A case recalls what is this party's own.
    let own = |id: &RecallId| Some(Named::new(state.home.clone()?, id.clone()));
    let recalls = ordered.flatten().filter_map(|id| state.recalls.get(&own(id)?));
    recalls
        .flat_map(|recall| {
            recall.holders.iter().map(|(holder, done)| Recalled {
                report: recall.report.clone(),
                action: recall.action.name(),
                holder: holder.clone(),
                statement: done.as_ref().map(Acknowledgement::says),
            })
        })
        .collect()
}

/// What may be said to anyone, of the reports concerned.
fn may_still_be_said(moment: &Moment<'_>, reports: &BTreeSet<ReportId>, view: &View<'_>) -> Vec<StillSaid> {
    let state = moment.state();
    let anyone = PersonId::public();
    let outsider = anyone
        .party()
        .map(|party| entente_core::Person::outsider(anyone.clone(), party));
    let audience = [anyone];
    let snapshot = moment.snapshot(reports, (&audience, outsider.as_slice()));
    let mut all = Vec::new();
    for report in reports {
        // What a partner told of and is not held here, nobody is told.
        let Ok(decision) = moment.decide(&snapshot, (report, None), None, &audience, view) else {
            continue;
        };
        let permitted = decision.references().enumerate();
        // What may be said under a condition only is nothing that may be said to anyone.
        let unconditional = |n: usize| decision.audience_duties(n).iter().all(Duty::goes_with_the_text);
        let permitted =
            permitted.filter(|(n, _)| decision.audience_outcome(*n) == Outcome::Permit && unconditional(*n));
        all.extend(permitted.filter_map(|(_, portion)| {
            Some(StillSaid {
                portion: portion.clone(),
                text: Text::of(state, portion)?,
            })
        }));
    }
    all
}
