//! What is read: one report, the list of them, and which portions of a report somebody may have.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::{Duty, NotFound, open_for};
use entente_core::{
    Arrangement, MarksInForce, PartyPath, Portion, PortionId, PortionRef, Reading, Report, ReportId, Sorted, State,
    TITLE,
};
use entente_marking::Purpose;
use entente_marking::installed::Library;
use serde::Serialize;

use crate::embargoes::is_over;
use crate::marks::{banner_in, mark_for, parties_of};
use crate::moment::Moment;
use crate::rows::{Rows, Sought};
use crate::view::{Asker, View};

/// A report in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its id.
    pub id: ReportId,
    /// Its version.
    pub version: u32,
    /// Its title, or its id where the asker may not have that.
    pub title: String,
    /// Who wrote it.
    pub originator: PartyPath,
    /// The banner over what the asker may have of it.
    pub banner: Option<String>,
    /// How many portions the asker may have.
    pub portions: usize,
    /// For which purposes, where one has to be stated for any of them.
    #[serde(rename = "for")]
    pub purposes: Vec<Purpose>,
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
    /// What whoever asks has to observe.
    pub obligations: Vec<String>,
}

/// A report as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Its id.
    pub id: ReportId,
    /// Its version.
    pub version: u32,
    /// Its title, or its id where the asker may not have that: a title can give away what is in it.
    pub title: String,
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

/// What somebody may have of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// Its portions, substitutes included.
    pub portions: BTreeSet<PortionId>,
    /// Whether its title is among it.
    pub title: bool,
}

impl May {
    fn has(&self, id: &PortionId) -> bool {
        self.portions.contains(id) || self.title && id.as_str() == TITLE
    }
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

    /// Whether what the line of a report says decides about it: see [`Reading::is_by_its_line`].
    pub(crate) fn is_by_its_line(&self, id: &ReportId) -> bool {
        self.0.as_ref().is_none_or(|reading| reading.is_by_its_line(id))
    }

    /// What the asker may have of a report; `None` where everything is open, because this party itself asks.
    ///
    /// # Errors
    /// When there is no such report or version, and just so when the asker must not learn that there is.
    pub fn of(&mut self, id: &'m ReportId, version: Option<u32>) -> Result<Option<May>, NotFound> {
        let Some(reading) = &mut self.0 else { return Ok(None) };
        let seen = reading.of(id, version)?;
        Ok(Some(May {
            portions: seen.portions.into_iter().cloned().collect(),
            title: seen.title,
        }))
    }
}

/// The marks in force that portions of a report have for whoever asks: a person sees each as it is marked for their party.
pub(crate) fn marks(moment: &Moment<'_>, report: &Report, portions: &[&Portion], view: &View<'_>) -> Vec<String> {
    let parties = view.reader().map(|reader| parties_of(moment.state(), [reader]));
    let marks = MarksInForce::new(moment.state());
    let mark = |portion: &&Portion| {
        let now = marks.of(&report.reference(&portion.id));
        let now = now.map_or_else(|| portion.mark.clone(), |now| now.mark().into_owned());
        match &parties {
            Some(parties) => mark_for(moment.library(), report, &now, parties),
            None => now,
        }
    };
    portions.iter().map(mark).collect()
}

/// The title for whoever asks, and the portion that it is where it bears a mark.
pub(crate) fn titled<'r>(report: &'r Report, seen: Option<&May>) -> (String, Option<&'r Portion>) {
    match seen.is_none_or(|seen| seen.title) {
        true => (report.title.text().to_owned(), report.title.portion()),
        false => (report.id.to_string(), None),
    }
}

/// The portions that somebody may have, all where there is nothing to ask; and for which purposes.
pub(crate) type Seen = (Option<May>, Vec<Purpose>);

/// What the asker may have of a report: for the purpose stated, and else for any that has to be stated.
pub(crate) fn seen<'m>(
    moment: &Moment<'m>,
    reader: &mut Reader<'m>,
    report: &'m Report,
    view: &View<'_>,
) -> Result<Seen, NotFound> {
    let anyway = reader.of(&report.id, None);
    match view
        .reader()
        .filter(|_| view.purpose.is_none() && names_purposes(moment.state(), report))
    {
        None => {
            let stated = view.purpose.filter(|_| view.reader().is_some());
            Ok((anyway?, stated.into_iter().cloned().collect()))
        }
        Some(person) => {
            let open = open_for(
                moment.state(),
                &moment.library().groups,
                moment.guards(),
                person,
                &report.id,
                view.at,
            )?;
            let purposes = open.keys().flatten().cloned().collect();
            let may = May {
                portions: open.into_values().flatten().collect(),
                // A title that is open for a purpose only is shown to whoever states it.
                title: anyway.is_ok_and(|seen| seen.is_some_and(|seen| seen.title)),
            };
            Ok((Some(may), purposes))
        }
    }
}

/// Whether anything about a report names purposes: its marks, what it came under, consents.
fn names_purposes(state: &State, report: &Report) -> bool {
    let under = |id| {
        state
            .arrangements
            .get(id)
            .is_some_and(|known: &Arrangement| known.purposes.is_some())
    };
    let consented = |base: &PortionRef| state.consents.any_of(&base.report);
    let mut portions = report.portions.iter();
    state.consents.any_of(&report.id)
        || portions.any(|portion| {
            let mut origins = portion.lineage.iter().map(|(_, origin)| origin);
            !portion.label.purposes.is_any()
                || origins.any(|origin| origin.arrangements.iter().any(under) || origin.from.iter().any(consented))
        })
}

/// A version of a report that is held here; the latest where none is named.
fn held<'m>(moment: &Moment<'m>, id: &ReportId, version: Option<u32>) -> Result<&'m Report, NotFound> {
    let held = moment
        .state()
        .reports
        .get(id)
        .and_then(|holding| holding.version(version));
    held.ok_or_else(|| NotFound::Report(id.to_string()))
}

/// The version meant and its portions that a person may know, substitutes included: whoever decides about a report for others
/// does so about these.
///
/// # Errors
/// When there is no such report or version, when the person must not learn that there is, and when nothing of it is theirs.
pub fn known(
    moment: &Moment<'_>,
    report: &ReportId,
    version: Option<u32>,
    view: &View<'_>,
) -> Result<(u32, Vec<PortionId>), NotFound> {
    let held = held(moment, report, version)?;
    let seen = Reader::new(moment, view).of(&held.id, version)?;
    let open = open_portions(moment.state(), held, seen.as_ref());
    match open.is_empty() {
        true => Err(NotFound::Report(report.to_string())),
        false => Ok((
            held.version,
            open.into_iter().map(|portion| portion.id.clone()).collect(),
        )),
    }
}

/// Of the portions that a person may know, those named; all where none are.
///
/// # Errors
/// As for [`known`], and when one is named that is not among them.
pub fn known_among(
    moment: &Moment<'_>,
    report: &ReportId,
    version: Option<u32>,
    named: &[PortionId],
    view: &View<'_>,
) -> Result<Vec<PortionId>, NotFound> {
    let (_, mut known) = known(moment, report, version, view)?;
    if let Some(portion) = named.iter().find(|portion| !known.contains(portion)) {
        return Err(NotFound::Portion {
            report: report.clone(),
            portion: portion.clone(),
        });
    }
    known.retain(|portion| named.is_empty() || named.contains(portion));
    Ok(known)
}

/// Which rows of a list are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page<'p> {
    /// Those after this report, in the order of ids.
    pub after: Option<&'p ReportId>,
    /// At most so many.
    pub limit: Option<usize>,
    /// Those that have this in what is shown of them: id, title, banner, originator, state. Case does not matter.
    pub search: Option<&'p str>,
}

/// The rows of a page, and whether there are more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The rows.
    pub rows: Vec<Listed>,
    /// Whether more follow: those after the last row.
    pub more: bool,
}

/// The reports that the asker may know of.
pub fn list(moment: &Moment<'_>, view: &View<'_>) -> Vec<Listed> {
    page(moment, view, Page::default()).rows
}

/// The most classes, each of which is decided before a search by class. Among more, reports are looked at in order until a page is full.
const MOST_CLASSES: usize = 256;

/// A page of the reports that the asker may know of. Only what is asked for is looked at: a page costs the same among many
/// reports as among few, unless most of them are hidden from the asker or not what is searched for.
pub fn page(moment: &Moment<'_>, view: &View<'_>, wanted: Page<'_>) -> Listing {
    let limit = wanted.limit.unwrap_or(usize::MAX);
    let sought = wanted.search.map(Sought::of);
    let mut made = Rows::new(moment, view, sought.as_ref());
    let mut rows = Vec::new();
    let mut add = |row: Option<Listed>| {
        let full = row.is_some() && rows.len() == limit;
        rows.extend(row.filter(|_| !full));
        full
    };
    let by_class = |sorted: &Sorted<'_>| sought.is_some() && sorted.classes().len() <= MOST_CLASSES;
    let more = match (moment.lines(), moment.sorted().filter(by_class)) {
        (_, Some(sorted)) => {
            let mut all = made.candidates(sorted, wanted.after);
            all.any(|id| sorted.line(id).is_some_and(|line| add(made.row(id, line))))
        }
        (Some(lines), None) => {
            let mut all = lines.from(wanted.after).filter(|(id, _)| wanted.after != Some(*id));
            all.any(|(id, line)| add(made.row(id, line)))
        }
        (None, None) => {
            let mut all = moment.state().reports.walk(wanted.after);
            all.any(|(id, _)| wanted.after != Some(id) && add(made.row(id, None)))
        }
    };
    Listing { rows, more }
}

/// A report as the asker may see it. Whoever shows it to a person records the opening first.
///
/// # Errors
/// When there is no such report or version, and just so when the asker must not learn that there is.
pub fn show(moment: &Moment<'_>, id: &ReportId, version: Option<u32>, view: &View<'_>) -> Result<Shown, NotFound> {
    let state = moment.state();
    let report = held(moment, id, version)?;
    let seen = Reader::new(moment, view).of(&report.id, version)?;
    let shown = open_portions(state, report, seen.as_ref());
    let (title, marked) = titled(report, seen.as_ref());
    let all: Vec<&Portion> = shown.iter().copied().chain(marked).collect();
    let marks = marks(moment, report, &all, view);
    let duties = duties(moment, id, report.version, view)?;
    let closed = |portion: &&Portion| seen.as_ref().is_some_and(|seen| !seen.portions.contains(&portion.id));
    let closed = report.portions.iter().filter(closed).count();
    Ok(Shown {
        id: id.clone(),
        version: report.version,
        title,
        originator: report.originator.clone(),
        banner: banner_in(moment.library(), report, marks.iter().map(String::as_str)),
        state: standing(state, report, &all, view),
        withheld: view.reader().map(|_| closed),
        portions: (shown.into_iter().zip(marks))
            .map(|(portion, mark)| shown_portion(portion, mark, duties.get(&portion.id)))
            .collect(),
    })
}

/// The portions of a version that somebody may have, substitutes included; all where there is nothing to ask.
fn open_portions<'r>(state: &'r State, report: &'r Report, seen: Option<&May>) -> Vec<&'r Portion> {
    let substitutes = state
        .substitutes_of(&report.id, report.version)
        .map(|given| &given.portion);
    let all = report.portions.iter().chain(substitutes);
    all.filter(|portion| seen.is_none_or(|seen| seen.portions.contains(&portion.id)))
        .collect()
}

/// The newest version of a report and its portions that the asker may have, each with its mark for them: what somebody who writes can rest
/// on. What they would have to observe, which takes longest to say, is left to [`show`].
///
/// # Errors
/// When there is no such report, and just so when the asker must not learn that there is.
pub fn marked<'m>(
    moment: &Moment<'m>,
    reader: &mut Reader<'m>,
    id: &ReportId,
    view: &View<'_>,
) -> Result<(u32, Vec<(PortionId, String)>), NotFound> {
    let report = held(moment, id, None)?;
    let seen = reader.of(&report.id, None)?;
    let open = open_portions(moment.state(), report, seen.as_ref());
    let marks = marks(moment, report, &open, view);
    let portions = open.into_iter().map(|portion| portion.id.clone()).zip(marks).collect();
    Ok((report.version, portions))
}

/// What the asker has to observe of each portion of a report that they may have.
fn duties(
    moment: &Moment<'_>,
    id: &ReportId,
    version: u32,
    view: &View<'_>,
) -> Result<BTreeMap<PortionId, Vec<Duty>>, NotFound> {
    let Some(reader) = view.reader() else {
        return Ok(BTreeMap::new());
    };
    let audience = std::slice::from_ref(reader);
    let snapshot = moment.snapshot([id], (audience, &[]));
    let decision = moment.decide(&snapshot, (id, Some(version)), None, audience, view)?;
    let all = decision.portions().cloned().enumerate();
    Ok(all.map(|(n, portion)| (portion, decision.audience_duties(n))).collect())
}

fn shown_portion(portion: &Portion, mark: String, duties: Option<&Vec<Duty>>) -> ShownPortion {
    ShownPortion {
        obligations: duties.into_iter().flatten().map(ToString::to_string).collect(),
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
    let mut seen: BTreeMap<(&ReportId, u32), Option<May>> = BTreeMap::new();
    let mut open = BTreeSet::new();
    for portion in portions {
        let (report, version) = (&portion.report, portion.version);
        let of_report = seen.entry((report, version)).or_insert_with(|| {
            let kept = moment.state().reports.pair(report);
            let nothing = Some(May::default());
            match (view.asker, kept) {
                (Asker::Party, _) => None,
                (_, Some((kept, _))) => reader.of(kept, Some(version)).unwrap_or(nothing),
                (_, None) => nothing,
            }
        });
        if of_report.as_ref().is_none_or(|seen| seen.has(&portion.portion)) {
            open.insert(portion.clone());
        }
    }
    open
}

/// Whether a report is in force, in words.
pub(crate) fn standing(state: &State, report: &Report, shown: &[&Portion], view: &View<'_>) -> String {
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
        _ => match crate::embargoes::until(state, report, shown).filter(|until| !is_over(*until, view.at)) {
            Some(until) => return format!("under embargo until {until}"),
            None => "in force",
        },
    };
    word.to_owned()
}

/// The banner over all portions of a report.
pub fn report_banner(library: &Library, report: &Report) -> Option<String> {
    banner_in(
        library,
        report,
        report.with_title().map(|portion| portion.mark.as_str()),
    )
}
