//! What of a report a party or person may have, on its way into a format: decided portion by portion.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::NotFound;
use entente_core::handle::{Handover, exported};
use entente_core::{
    CommandRefusal, Kept, MarksInForce, PartyPath, PersonId, Portion, PortionId, Report, ReportId, State, Title,
};
use entente_desk::reading::{May, Reader};
use entente_desk::{Moment, View};
use entente_marking::{Label, Purpose};
use jiff::Timestamp;

use crate::marks::explicit;
use crate::outgoing::{OutPortion, Outgoing, originators};
use crate::statement::Stated;

/// Who is to have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// A party, which gets what may be handed over to it.
    Party(PartyPath),
    /// A person, for a purpose where one is stated, who gets what they may read.
    Person(PersonId, Option<Purpose>),
}

/// Why nothing goes.
#[derive(Debug, thiserror::Error)]
pub enum NotExported {
    /// There is no such report, or whoever asks must not learn that there is.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The party may not have it.
    #[error(transparent)]
    Refused(#[from] CommandRefusal),
    /// The person may have nothing of it by marks and terms.
    #[error(
        "{0} may have nothing of {1} by its marks and terms alone; `entente decide --report {1} --to {0}` shows why"
    )]
    Nothing(PersonId, ReportId),
}

/// What of the latest version of a report somebody may have. What only a consent opens stays here: its terms would not travel.
///
/// # Errors
/// When there is no such report, or nothing of it may go.
pub fn outgoing(
    moment: &Moment<'_>,
    report: &ReportId,
    receiver: &Receiver,
    now: Timestamp,
) -> Result<Outgoing, NotExported> {
    match receiver {
        Receiver::Party(to) => for_party(moment, report, to, now),
        Receiver::Person(person, purpose) => for_person(moment, report, person, purpose.as_ref(), now),
    }
}

fn for_party(moment: &Moment<'_>, id: &ReportId, to: &PartyPath, now: Timestamp) -> Result<Outgoing, NotExported> {
    let state = moment.state();
    let held = state.reports.get(id).and_then(|holding| holding.latest());
    let held = held.ok_or_else(|| NotFound::Report(id.to_string()))?;
    let by = state.home.as_ref().unwrap_or(&held.originator);
    if let Some(recall) = state
        .recall_of(id, held.version)
        .filter(|recall| recall.holders.contains_key(to))
    {
        let mut stub = Outgoing::to_party(state, moment.library(), &bare(held), by, to);
        stub.recalled = Some(format!("{}: {}", recall.action.name(), recall.reason));
        return Ok(stub);
    }
    let sent = exported(state, &Handover::of(id.clone(), to.clone()), &moment.context(now))?;
    Ok(Outgoing::to_party(state, moment.library(), &sent, by, to))
}

/// A report without anything of its content.
fn bare(report: &Report) -> Report {
    Report {
        title: Title::from(report.id.as_str()),
        portions: Vec::new(),
        ..report.clone()
    }
}

fn for_person(
    moment: &Moment<'_>,
    id: &ReportId,
    person: &PersonId,
    purpose: Option<&Purpose>,
    now: Timestamp,
) -> Result<Outgoing, NotExported> {
    let world = Unconsented::of(moment);
    let alone = world.moment(moment);
    Handing::new(&alone, person, purpose, now).of((id, None), None)
}

/// A world in which no consent counts: what only a consent opens stays here, since its purpose, conditions and end would not
/// travel.
pub struct Unconsented(State);

impl Unconsented {
    /// What is true, but for consents.
    pub fn of(moment: &Moment<'_>) -> Self {
        let mut state = moment.state().clone();
        state.consents = Kept::default();
        Self(state)
    }

    /// The same guards over this world.
    pub fn moment<'w>(&'w self, moment: &'w Moment<'_>) -> Moment<'w> {
        Moment::of(&self.0, moment.guards().0, moment.library())
    }
}

/// A mark in force with its meaning, and as it is written where it stands alone.
type Explicit = (String, Label, String);

/// What one person may have, report after report, in a world without consents: what is alike is decided once.
pub struct Handing<'w> {
    alone: &'w Moment<'w>,
    reader: Reader<'w>,
    marks: MarksInForce<'w>,
    person: &'w PersonId,
    purpose: Option<&'w Purpose>,
    now: Timestamp,
    embargoed: bool,
    /// The last marks that were written out.
    written: RefCell<Vec<Explicit>>,
}

/// How many marks that were written out are remembered: more different ones do not follow each other.
const WRITTEN: usize = 8;

impl<'w> Handing<'w> {
    /// For a person, for a purpose where one is stated.
    pub fn new(alone: &'w Moment<'w>, person: &'w PersonId, purpose: Option<&'w Purpose>, now: Timestamp) -> Self {
        let state = alone.state();
        let terms = state.arrangements.values().any(|terms| terms.not_before.is_some());
        Self {
            reader: Reader::new(alone, &View::of(Some(person), purpose, now)),
            marks: MarksInForce::new(state),
            embargoed: terms || !state.embargoes.is_empty(),
            written: RefCell::default(),
            alone,
            person,
            purpose,
            now,
        }
    }

    /// The version and what of it the person may have; what an embargo holds back stays here, since it would not travel.
    ///
    /// # Errors
    /// When there is no such report or version.
    pub(crate) fn may(
        &mut self,
        (id, version): (&ReportId, Option<u32>),
    ) -> Result<(&'w Report, May, usize), NotFound> {
        let missing = || NotFound::Report(id.to_string());
        let (id, holding) = self.alone.state().reports.pair(id).ok_or_else(missing)?;
        let held = holding.version(version).ok_or_else(missing)?;
        let mut may = self.reader.of(id, Some(held.version))?.ok_or_else(missing)?;
        let all = may.portions.len();
        if self.embargoed {
            let state = self.alone.state();
            may.portions
                .retain(|portion| state.held_back(&held.reference(portion), self.now).is_none());
        }
        Ok((held, may, all))
    }

    /// What of a version of a report the person may have: of the latest where none is named, and of these portions only
    /// where any are named; the title is then left out.
    ///
    /// # Errors
    /// When there is no such report or version, or nothing of it may go.
    pub fn of(
        &mut self,
        (id, version): (&ReportId, Option<u32>),
        only: Option<&BTreeSet<PortionId>>,
    ) -> Result<Outgoing, NotExported> {
        let (held, may, all) = self.may((id, version))?;
        let wanted = |portion: &&Portion| {
            may.portions.contains(&portion.id) && only.is_none_or(|only| only.contains(&portion.id))
        };
        let going: Vec<&Portion> = held.portions.iter().filter(wanted).collect();
        let mut duties = self.duties(held, &going)?;
        let portions: Vec<OutPortion> = going
            .into_iter()
            .map(|portion| OutPortion {
                obligations: duties.remove(&portion.id).unwrap_or_default(),
                ..self.portion(held, portion)
            })
            .collect();
        let titled = may.title && portions.len() == all;
        self.whole(held, portions, titled)
            .ok_or_else(|| NotExported::Nothing(self.person.clone(), id.clone()))
    }

    /// What has to be observed of each of these portions.
    fn duties(&self, held: &Report, portions: &[&Portion]) -> Result<BTreeMap<PortionId, Vec<String>>, NotFound> {
        let view = View::of(Some(self.person), self.purpose, self.now);
        let ids: Vec<PortionId> = portions.iter().map(|portion| portion.id.clone()).collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let audience = std::slice::from_ref(self.person);
        let snapshot = self.alone.snapshot([&held.id], (audience, &[]));
        let of = (&held.id, Some(held.version));
        let decision = self.alone.decide(&snapshot, of, Some(&ids), audience, &view)?;
        let all = decision.portions().cloned().enumerate();
        let told = |n: usize| decision.audience_duties(n).iter().map(ToString::to_string).collect();
        Ok(all.map(|(n, portion)| (portion, told(n))).collect())
    }

    /// A portion as it goes out, without what has to be observed.
    pub(crate) fn portion(&self, held: &Report, portion: &Portion) -> OutPortion {
        let now = self.marks.of(&held.reference(&portion.id));
        let (mark, label) = match now {
            Some(now) => (now.mark().into_owned(), now.label.into_owned()),
            None => (portion.mark.clone(), portion.label.clone()),
        };
        OutPortion {
            id: portion.id.clone(),
            mark: self.explicit(held, mark, &label),
            label,
            text: portion.text.clone(),
            originators: for_one(originators(portion), self.person),
            tear_line: portion.tear_line,
            obligations: Vec::new(),
        }
    }

    fn explicit(&self, held: &Report, mark: String, label: &Label) -> String {
        let mut written = self.written.borrow_mut();
        if let Some((.., own)) = written.iter().find(|(known, of, _)| *known == mark && of == label) {
            return own.clone();
        }
        let own = explicit(
            &mark,
            label,
            (&held.scheme, &held.profile),
            &self.alone.library().schemes,
        );
        written.truncate(WRITTEN - 1);
        written.insert(0, (mark, label.clone(), own.clone()));
        own
    }

    /// A report of these portions; nothing where there are none.
    pub(crate) fn whole(&self, held: &Report, portions: Vec<OutPortion>, titled: bool) -> Option<Outgoing> {
        if portions.is_empty() {
            return None;
        }
        let title = titled.then(|| held.title.clone());
        let report = Report {
            title: title.unwrap_or_else(|| Title::from(held.id.as_str())),
            // What is made of it looks at its head only.
            ..head(held)
        };
        let title = report.title.portion().map(|portion| self.portion(held, portion));
        let state = self.alone.state();
        let by = state.home.as_ref().unwrap_or(&held.originator);
        let to = self.person.to_string();
        let library = self.alone.library();
        Some(Outgoing::with(
            state,
            library,
            &report,
            portions,
            title.as_ref(),
            by,
            to,
        ))
    }
}

/// A report without its portions: its texts are not copied for what looks at its head only.
fn head(held: &Report) -> Report {
    Report {
        id: held.id.clone(),
        version: held.version,
        title: Title::from(held.id.as_str()),
        originator: held.originator.clone(),
        scheme: held.scheme.clone(),
        profile: held.profile.clone(),
        created: held.created,
        expires: held.expires,
        existence_protected: held.existence_protected,
        portions: Vec::new(),
    }
}

/// What a party may have of a report, as far as whoever exports it may know it: its portions, and whether its title. Nobody hands
/// on in a file what they may not read.
///
/// # Errors
/// As for [`outgoing`]; when nothing of it is left, as for a report that is not there.
pub fn outgoing_of_known(
    moment: &Moment<'_>,
    report: &ReportId,
    to: &PartyPath,
    (known, title): (&BTreeSet<PortionId>, bool),
    now: Timestamp,
) -> Result<Outgoing, NotExported> {
    let missing = || NotFound::Report(report.to_string());
    let all = match outgoing(moment, report, &Receiver::Party(to.clone()), now) {
        // The reasons name portions: only of those that are known.
        Err(NotExported::Refused(_)) => {
            let asked = Handover {
                portions: Some(known.clone()),
                ..Handover::of(report.clone(), to.clone())
            };
            exported(moment.state(), &asked, &moment.context(now))?;
            return Err(missing().into());
        }
        all => all?,
    };
    let part: BTreeSet<PortionId> = all.portions.iter().map(|portion| portion.id.clone()).collect();
    let part: BTreeSet<PortionId> = part.intersection(known).cloned().collect();
    if all.recalled.is_some() || title && part.len() == all.portions.len() {
        return Ok(all);
    }
    if part.is_empty() {
        return Err(missing().into());
    }
    let handover = Handover {
        portions: Some(part),
        ..Handover::of(report.clone(), to.clone())
    };
    let state = moment.state();
    let mut sent = exported(state, &handover, &moment.context(now))?;
    if !title {
        sent.title = Title::from(report.as_str());
    }
    let by = state.home.as_ref().unwrap_or(&sent.originator).clone();
    Ok(Outgoing::to_party(state, moment.library(), &sent, &by, to))
}

/// Of the persons whom originators named, only the one who gets it.
fn for_one(mut all: BTreeMap<PartyPath, Stated>, person: &PersonId) -> BTreeMap<PartyPath, Stated> {
    for stated in all.values_mut() {
        stated.persons.retain(|named| named == person);
    }
    all
}
