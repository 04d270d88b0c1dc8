//! Sources of this party under protection: what audiences can work out about them, and what a release would add.

use std::collections::BTreeSet;

use entente_core::decide::NotFound;
use entente_core::exposure::{Band, Explained, Measures, Threshold, explain};
use entente_core::{
    Named, PartyPath, PersonId, PortionId, PortionRef, ProtectedSource, ReportId, RequestId, SourceId, State,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::moment::Moment;

/// A source in a list. Its register stands nowhere but at its keeper.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceRow<'s> {
    /// The source.
    pub id: &'s SourceId,
    /// The reports that rest on it.
    pub reports: &'s BTreeSet<ReportId>,
    /// How far it may be narrowed.
    pub threshold: Threshold,
    /// Since when it is protected.
    pub since: Timestamp,
    /// When and why protection ended, if it did.
    pub released: &'s Option<(Timestamp, String)>,
}

/// The sources of this party.
pub fn list<'s>(state: &'s State) -> Vec<SourceRow<'s>> {
    let row = |source: &'s ProtectedSource| SourceRow {
        id: &source.id,
        reports: &source.reports,
        threshold: source.threshold,
        since: source.since,
        released: &source.withdrawn,
    };
    state.sources.values().map(row).collect()
}

/// What a release does to one source behind it.
#[derive(Clone, Debug, Serialize)]
pub struct Weighed {
    /// The source.
    pub source: SourceId,
    /// What its threshold makes of it.
    pub band: Band,
    /// What the audience can work out before; `None` where it cannot be measured.
    pub before: Option<Measures>,
    /// What it could afterwards, with everything that explains it.
    pub after: Option<Explained>,
    /// How far the source may be narrowed.
    #[serde(skip)]
    pub threshold: Option<Threshold>,
}

/// What a release of these portions together does to the sources behind them.
pub fn weigh(moment: &Moment<'_>, portions: &[PortionRef], audience: &[PersonId]) -> Vec<Weighed> {
    let guard = moment.exposure();
    let references: Vec<&PortionRef> = portions.iter().collect();
    let weighed = guard.weigh(&references, audience).into_iter();
    weighed
        .map(|weight| {
            let register = guard.register(&weight.source);
            let source = moment.state().sources.get(&weight.source);
            Weighed {
                after: register.and_then(|register| explain(register, &weight.would_know).ok()),
                band: weight.band,
                before: weight.before,
                threshold: source.map(|source| source.threshold),
                source: weight.source,
            }
        })
        .collect()
}

/// A source with what each audience can work out about it.
#[derive(Clone, Debug, Serialize)]
pub struct Exposed<'s> {
    /// The source.
    pub source: &'s SourceId,
    /// How far it may be narrowed.
    pub threshold: Threshold,
    /// The reports that rest on it.
    pub reports: &'s BTreeSet<ReportId>,
    /// Audience by audience.
    pub audiences: Vec<ToAudience>,
}

/// What an audience can work out about a source.
#[derive(Clone, Debug, Serialize)]
pub struct ToAudience {
    /// What the audience is called.
    pub audience: String,
    /// What it can work out; `None` where that cannot be measured.
    pub exposure: Option<Explained>,
}

/// What audiences can work out about a source: these, or all that learned something of its reports. `None` where there is
/// no such source.
pub fn show<'s>(
    moment: &Moment<'s>,
    id: &SourceId,
    audiences: Option<Vec<(String, Vec<PersonId>)>>,
) -> Option<Exposed<'s>> {
    let guard = moment.exposure();
    let (id, source) = moment.state().sources.pair(id)?;
    let register = guard.register(id);
    let audiences = audiences.unwrap_or_else(|| guard.audiences(id).into_iter().collect());
    let measured = |(audience, members): (String, Vec<PersonId>)| {
        let known = guard.known(id, &members);
        ToAudience {
            audience,
            exposure: known.and_then(|known| explain(register?, &known).ok()),
        }
    };
    Some(Exposed {
        source: id,
        threshold: source.threshold,
        reports: &source.reports,
        audiences: audiences.into_iter().map(measured).collect(),
    })
}

/// Portions of reports that nobody has written facts for: nobody outside gets them while a source stands behind them.
pub fn unanalysed(state: &State, reports: &BTreeSet<ReportId>) -> Vec<PortionRef> {
    let held = reports.iter().filter_map(|id| state.reports.get(id)?.latest());
    held.flat_map(|report| {
        let facts = state.facts.get(&report.id).map_or(&[][..], Vec::as_slice);
        let bare = report.portions.iter();
        let bare = bare.filter(|portion| !facts.iter().any(|fact| fact.portion == portion.id));
        bare.map(|portion| report.reference(&portion.id))
    })
    .collect()
}

/// To whom reports have to be delivered again, so that their holders know whom to ask.
pub fn holders(state: &State, reports: &BTreeSet<ReportId>) -> BTreeSet<(ReportId, PartyPath)> {
    let held = reports.iter().filter_map(|id| Some((id, state.reports.get(id)?)));
    held.flat_map(|(id, holding)| holding.deliveries.iter().map(move |to| (id.clone(), to.to.clone())))
        .collect()
}

/// Portions of the latest version of a report; all of them where none are named.
///
/// # Errors
/// When the report or a portion is not there.
pub fn references(state: &State, id: &ReportId, portions: &[PortionId]) -> Result<Vec<PortionRef>, NotFound> {
    let report = state.reports.get(id).and_then(|holding| holding.latest());
    let report = report.ok_or_else(|| NotFound::Report(id.to_string()))?;
    if let Some(unknown) = portions.iter().find(|portion| report.portion(portion).is_none()) {
        return Err(NotFound::Portion {
            report: id.clone(),
            portion: unknown.clone(),
        });
    }
    let all = report.portions.iter().map(|portion| &portion.id);
    let wanted = all.filter(|id| portions.is_empty() || portions.contains(id));
    Ok(wanted.map(|id| report.reference(id)).collect())
}

/// What a request asks for, and for whom; `None` where there is no such request.
pub fn asked(state: &State, named: &Named<RequestId>) -> Option<(Vec<PortionRef>, Vec<PersonId>)> {
    let request = &state.requests.get(named)?.request;
    let portions = request.portions.iter().map(|portion| PortionRef {
        report: request.report.clone(),
        version: request.version,
        portion: portion.clone(),
    });
    let audience = request.audience.iter().map(|person| person.id.clone());
    Some((portions.collect(), audience.collect()))
}
