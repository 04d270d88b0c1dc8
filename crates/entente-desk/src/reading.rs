//! What is read: one report, the list of them, and which portions of a report somebody may have.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::NotFound;
use entente_core::{PartyPath, Portion, PortionId, PortionRef, Reading, Report, ReportId, State};
use entente_marking::installed::Library;
use serde::Serialize;

use crate::marks::{banner_in, mark_for, parties_of};
use crate::moment::Moment;
use crate::view::{Asker, View};

/// A report in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its id.
    pub id: ReportId,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub originator: PartyPath,
    /// The banner over what the asker may have of it.
    pub banner: Option<String>,
    /// How many portions the asker may have.
    pub portions: usize,
    /// Whether it is in force.
    pub state: String,
}

/// A portion as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownPortion {
    /// Its id.
    pub id: PortionId,
    /// Its mark, as it is for whoever asks.
    pub mark: String,
    /// Its text.
    pub text: String,
    /// Who stands behind it.
    pub originators: Vec<PartyPath>,
    /// Whether it was written to travel further.
    pub tear_line: bool,
}

/// A report as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Its id.
    pub id: ReportId,
    /// Its version.
    pub version: u32,
    /// Its title, where the asker may have something of it: a title can give away what is in it.
    pub title: Option<String>,
    /// Who wrote it.
    pub originator: PartyPath,
    /// The banner over what is shown.
    pub banner: Option<String>,
    /// Whether it is in force.
    pub state: String,
    /// What is shown.
    pub portions: Vec<ShownPortion>,
    /// How many portions are not, where a person asks.
    pub withheld: Option<usize>,
}

/// What somebody may read, report after report: what is alike is decided once.
pub struct Reader<'m>(Option<Reading<'m>>);

impl<'m> Reader<'m> {
    /// For whoever asks.
    pub fn new(moment: &'m Moment<'m>, view: &View<'m>) -> Self {
        Self(match view.asker {
            Asker::Party => None,
            Asker::Person(reader) => Some(Reading::new(
                moment.state(),
                &moment.library().groups,
                moment.guards(),
                reader,
                view.purpose,
                view.at,
            )),
        })
    }

    /// The portions of a report that the asker may have, substitutes included; `None` where everything is open, because
    /// this party itself asks.
    ///
    /// # Errors
    /// When there is no such report or version, and just so when the asker must not learn that there is.
    pub fn of(&mut self, id: &'m ReportId, version: Option<u32>) -> Result<Option<BTreeSet<&'m PortionId>>, NotFound> {
        match &mut self.0 {
            None => Ok(None),
            Some(reading) => Ok(Some(reading.of(id, version)?.into_iter().collect())),
        }
    }
}

/// The marks that portions of a report have for whoever asks: a person sees each as it is marked for their party.
fn marks(moment: &Moment<'_>, report: &Report, portions: &[&Portion], view: &View<'_>) -> Vec<String> {
    let parties = view.reader().map(|reader| parties_of(moment.state(), [reader]));
    let mark = |portion: &&Portion| match &parties {
        Some(parties) => mark_for(moment.library(), report, &portion.mark, parties),
        None => portion.mark.clone(),
    };
    portions.iter().map(mark).collect()
}

/// The reports that the asker may know of.
pub fn list(moment: &Moment<'_>, view: &View<'_>) -> Vec<Listed> {
    let mut reader = Reader::new(moment, view);
    let mut rows = Vec::new();
    for (id, holding) in moment.state().reports.iter() {
        let Some(report) = holding.latest() else { continue };
        // Of what the asker must not know, there is no row; of what they may have nothing of, neither.
        let Ok(seen) = reader.of(id, None) else { continue };
        let portions = seen.as_ref().map_or(report.portions.len(), BTreeSet::len);
        if seen.as_ref().is_some_and(BTreeSet::is_empty) {
            continue;
        }
        let open = |portion: &&Portion| seen.as_ref().is_none_or(|seen| seen.contains(&portion.id));
        let shown: Vec<&Portion> = report.portions.iter().filter(open).collect();
        let marks = marks(moment, report, &shown, view);
        rows.push(Listed {
            id: id.clone(),
            version: report.version,
            title: report.title.clone(),
            originator: report.originator.clone(),
            banner: banner_in(moment.library(), report, marks.iter().map(String::as_str)),
            portions,
            state: standing(moment.state(), report),
        });
    }
    rows
}

/// A report as the asker may see it. Whoever shows it to a person records the opening first.
///
/// # Errors
/// When there is no such report or version, and just so when the asker must not learn that there is.
pub fn show(moment: &Moment<'_>, id: &ReportId, version: Option<u32>, view: &View<'_>) -> Result<Shown, NotFound> {
    let missing = || NotFound::Report(id.to_string());
    let state = moment.state();
    let (id, holding) = state.reports.pair(id).ok_or_else(missing)?;
    let report = holding.version(version).ok_or_else(missing)?;
    let seen = Reader::new(moment, view).of(id, version)?;
    let open = |portion: &&Portion| seen.as_ref().is_none_or(|seen| seen.contains(&portion.id));
    let substitutes = state.substitutes_of(id, report.version).map(|given| &given.portion);
    let shown: Vec<&Portion> = report.portions.iter().chain(substitutes).filter(open).collect();
    let marks = marks(moment, report, &shown, view);
    let closed = report.portions.iter().filter(|portion| !open(portion)).count();
    Ok(Shown {
        id: id.clone(),
        version: report.version,
        title: Some(report.title.clone()).filter(|_| view.reader().is_none() || !shown.is_empty()),
        originator: report.originator.clone(),
        banner: banner_in(moment.library(), report, marks.iter().map(String::as_str)),
        state: standing(state, report),
        withheld: view.reader().map(|_| closed),
        portions: shown.into_iter().zip(marks).map(shown_portion).collect(),
    })
}

fn shown_portion((portion, mark): (&Portion, String)) -> ShownPortion {
    ShownPortion {
        id: portion.id.clone(),
        mark,
        text: portion.text.clone(),
        originators: portion.lineage.originators().cloned().collect(),
        tear_line: portion.tear_line,
    }
}

/// Those of these portions that the asker may know; all of them where this party itself asks.
pub fn readable(moment: &Moment<'_>, portions: &BTreeSet<PortionRef>, view: &View<'_>) -> BTreeSet<PortionRef> {
    let mut reader = Reader::new(moment, view);
    let mut seen: BTreeMap<(&ReportId, u32), Option<BTreeSet<&PortionId>>> = BTreeMap::new();
    let mut open = BTreeSet::new();
    for portion in portions {
        let (report, version) = (&portion.report, portion.version);
        let of_report = seen.entry((report, version)).or_insert_with(|| {
            let kept = moment.state().reports.pair(report);
            let nothing = Some(BTreeSet::new());
            match (view.asker, kept) {
                (Asker::Party, _) => None,
                (_, Some((kept, _))) => reader.of(kept, Some(version)).unwrap_or(nothing),
                (_, None) => nothing,
            }
        });
        if of_report.as_ref().is_none_or(|seen| seen.contains(&portion.portion)) {
            open.insert(portion.clone());
        }
    }
    open
}

/// Whether a report is in force, in words.
pub fn standing(state: &State, report: &Report) -> String {
    let holding = state.reports.get(&report.id);
    if let Some(recall) = state.recall_of(&report.id, report.version) {
        let waiting = recall.holders.iter().filter(|(_, done)| done.is_none());
        let waiting: Vec<&str> = waiting.map(|(party, _)| party.as_str()).collect();
        let confirmed = match waiting.is_empty() {
            true => "acknowledged by all".to_owned(),
            false => format!("unconfirmed by {}", waiting.join(", ")),
        };
        return format!("recalled {} ({confirmed})", recall.action.name());
    }
    let word = match holding {
        Some(holding) if holding.withdrawn.is_some() => "withdrawn",
        Some(holding) if holding.on_hold.is_some() => "releases on hold",
        _ => "in force",
    };
    word.to_owned()
}

/// The banner over all portions of a report.
pub fn report_banner(library: &Library, report: &Report) -> Option<String> {
    banner_in(
        library,
        report,
        report.portions.iter().map(|portion| portion.mark.as_str()),
    )
}
