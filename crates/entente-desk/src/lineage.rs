//! What rests on a report: every portion held here that was derived from it, directly or through others.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{Holding, InForce, MarksInForce, PartyPath, PortionRef, ReportId, State};
use serde::Serialize;

/// A portion that rests on a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resting {
    /// The portion.
    pub portion: PortionRef,
    /// Who wrote the report that it stands in.
    pub originator: PartyPath,
    /// What it rests on directly.
    pub rests_on: BTreeSet<PortionRef>,
    /// To whom this party delivered it.
    pub holders: BTreeSet<PartyPath>,
    /// What it is read under now, where that is stricter than what is written on it: until its owner answers with a version
    /// that is at least as strict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_as: Option<String>,
}

/// All portions held here that rest on a report, nearest first.
pub fn resting_on(state: &State, report: &ReportId) -> Vec<Resting> {
    let mut found: Vec<Resting> = Vec::new();
    let mut seen = BTreeSet::new();
    // What rests on a report rests on portions of it that are not held here, too.
    let mut layer: BTreeMap<ReportId, Option<BTreeSet<PortionRef>>> = BTreeMap::from([(report.clone(), None)]);
    while !layer.is_empty() {
        let mut next: BTreeMap<ReportId, Option<BTreeSet<PortionRef>>> = BTreeMap::new();
        for (base, portions) in &layer {
            let concerned = |from: &PortionRef| match portions {
                None => from.report == *base,
                Some(some) => some.contains(from),
            };
            for (id, holding) in state.resting(base) {
                for resting in above(state, id, holding, &concerned) {
                    if seen.insert(resting.portion.clone()) {
                        let reached = next.entry(id.clone()).or_insert_with(|| Some(BTreeSet::new()));
                        reached.get_or_insert_default().insert(resting.portion.clone());
                        found.push(resting);
                    }
                }
            }
        }
        layer = next;
    }
    let marks = MarksInForce::new(state);
    for resting in &mut found {
        let now = marks.of(&resting.portion).filter(InForce::is_raised);
        resting.read_as = now.map(|now| now.mark().into_owned());
    }
    found
}

/// The portions of a report that rest on what is `concerned` of other reports.
fn above<'s>(
    state: &'s State,
    id: &'s ReportId,
    holding: &'s Holding,
    concerned: &'s impl Fn(&PortionRef) -> bool,
) -> impl Iterator<Item = Resting> + 's {
    holding.versions.values().flat_map(move |version| {
        let delivered = holding
            .deliveries
            .iter()
            .filter(|delivery| delivery.version == version.version);
        let away = delivered.filter(|delivery| Some(&delivery.by) == state.home.as_ref());
        let holders: BTreeSet<PartyPath> = away.map(|delivery| delivery.to.clone()).collect();
        version.with_title().filter_map(move |portion| {
            let origins = portion.lineage.iter();
            let bases: BTreeSet<PortionRef> = origins.flat_map(|(_, origin)| origin.from.iter().cloned()).collect();
            let mut others = bases.iter().filter(|base| base.report != *id);
            others.any(concerned).then(|| Resting {
                portion: version.reference(&portion.id),
                originator: version.originator.clone(),
                rests_on: bases.clone(),
                holders: holders.clone(),
                read_as: None,
            })
        })
    })
}

/// What rests on a report and is read more strictly than it is written, in the latest version of each.
pub fn raised_by(state: &State, report: &ReportId) -> Vec<Resting> {
    let latest = |portion: &PortionRef| {
        let held = state.reports.get(&portion.report).and_then(|holding| holding.latest());
        held.is_some_and(|latest| latest.version == portion.version)
    };
    let mut all = resting_on(state, report);
    all.retain(|resting| resting.read_as.is_some() && latest(&resting.portion));
    all
}

impl Resting {
    /// What its owner has to know.
    pub fn says(&self) -> Option<String> {
        let mark = self.read_as.as_ref()?;
        Some(format!(
            "{} of {} rests on it and is read as {mark}, until a version of it is marked at least as strictly",
            self.portion, self.originator
        ))
    }
}

/// What a report rests on, and what rests on it, for whoever looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Drawn {
    /// What it rests on.
    pub below: Vec<Drawing>,
    /// What rests on it.
    pub above: Vec<Drawing>,
    /// Everybody who has to be asked about some of it.
    pub originators: BTreeSet<PartyPath>,
}

/// Another report, in a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drawing {
    /// Its name and version; none where whoever looks may not know that text.
    pub report: Option<String>,
    /// Whose it is.
    pub of: PartyPath,
    /// Which portions of the report in the middle.
    pub portions: BTreeSet<String>,
    /// Its own portions, as far as whoever looks may know them.
    pub theirs: BTreeSet<String>,
}

/// What of a report's lineage somebody may know who knows these portions of it.
pub fn drawn(
    moment: &crate::Moment<'_>,
    view: &crate::View<'_>,
    report: &entente_core::Report,
    known: &BTreeSet<entente_core::PortionId>,
) -> Drawn {
    let mut all = Drawn::default();
    let mut below: BTreeMap<(PartyPath, Option<(ReportId, u32)>), Drawing> = BTreeMap::new();
    let portions = report.portions.iter().filter(|portion| known.contains(&portion.id));
    for portion in portions {
        all.originators.extend(portion.lineage.originators().cloned());
        for (party, origin) in portion.lineage.iter() {
            let seen = crate::reading::readable(moment, &origin.from, view);
            for base in origin.from.iter().filter(|base| base.report != report.id) {
                let open = seen.contains(base);
                let key = (party.clone(), open.then(|| (base.report.clone(), base.version)));
                let one = below.entry(key).or_insert_with(|| Drawing {
                    report: open.then(|| format!("{} v{}", base.report, base.version)),
                    of: party.clone(),
                    portions: BTreeSet::new(),
                    theirs: BTreeSet::new(),
                });
                one.portions.insert(portion.id.to_string());
                one.theirs.extend(open.then(|| base.portion.to_string()));
            }
        }
    }
    all.below = below.into_values().collect();
    let resting = resting_on(moment.state(), &report.id);
    let named: BTreeSet<PortionRef> = resting.iter().map(|one| one.portion.clone()).collect();
    let open = crate::reading::readable(moment, &named, view);
    let mut above: BTreeMap<(ReportId, u32), Drawing> = BTreeMap::new();
    for one in resting.iter().filter(|one| open.contains(&one.portion)) {
        let on = one
            .rests_on
            .iter()
            .filter(|base| base.report == report.id && known.contains(&base.portion));
        let on: BTreeSet<String> = on.map(|base| base.portion.to_string()).collect();
        if on.is_empty() {
            continue;
        }
        let key = (one.portion.report.clone(), one.portion.version);
        let entry = above.entry(key).or_insert_with(|| Drawing {
            report: Some(format!("{} v{}", one.portion.report, one.portion.version)),
            of: one.originator.clone(),
            portions: BTreeSet::new(),
            theirs: BTreeSet::new(),
        });
        entry.portions.extend(on);
        entry.theirs.insert(one.portion.portion.to_string());
    }
    all.above = above.into_values().collect();
    all
}
