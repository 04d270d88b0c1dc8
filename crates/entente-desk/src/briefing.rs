//! The two papers of a briefing: one for the speaker alone, one to be left on the table.
//!
//! Both are filtered by what the speaker may know, as it is now, and by what the attendees may still have. A briefing that
//! was prepared before something ended is void, and its papers say so.

use std::collections::BTreeSet;

use entente_core::handle::Standing;
use entente_core::{
    Briefing, BriefingId, BriefingItem, Named, Outcome, PartyPath, PersonId, PortionId, PortionRef, ReportId,
    RequestId, State,
};
use entente_marking::Purpose;
use entente_marking::installed::Library;
use jiff::Timestamp;
use serde::Serialize;

use crate::marks::{banner_over_marks, mark_in_force, mark_of, parties_of};

/// What stands above a paper on which nothing of the reports stands.
pub const NOTHING: &str = "(nothing may be said)";

/// A text on a paper, with its mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Text {
    /// The mark.
    pub mark: String,
    /// The text.
    pub text: String,
    /// What its mark says is to be observed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub handling: Vec<String>,
}

impl Text {
    /// The text of a portion that is held here, under its mark in force.
    pub fn of(state: &State, portion: &PortionRef) -> Option<Self> {
        Some(Self {
            mark: mark_in_force(state, portion)?,
            text: state.portion(portion)?.text.clone(),
            handling: Vec::new(),
        })
    }
}

/// The paper that is left with the attendees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TablePaper {
    /// The banner over all that stands on it.
    pub banner: String,
    /// What may be handed out.
    pub texts: Vec<Text>,
}

/// Something that can be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Open {
    /// Which portion.
    pub portion: PortionRef,
    /// Its text.
    #[serde(flatten)]
    pub text: Text,
    /// What has to be observed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// Whether it may also be handed out.
    pub may_be_left: bool,
}

/// Something that must not be said, and that the speaker knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Closed {
    /// Its text.
    #[serde(flatten)]
    pub text: Text,
    /// Why, at whose cost, and what would change it.
    #[serde(flatten)]
    pub item: BriefingItem,
}

/// A request that is not answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The request.
    pub request: RequestId,
    /// Whom it asks.
    pub asks: String,
    /// About which portions.
    pub portions: Vec<PortionId>,
    /// Since when.
    pub since: Timestamp,
}

/// The paper for the speaker alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SpeakersPaper {
    /// The briefing.
    pub id: BriefingId,
    /// The banner over all that stands on it.
    pub banner: String,
    /// Whether something that it permitted is not permitted any more: it has to be prepared again.
    pub void: bool,
    /// Who speaks.
    pub speaker: PersonId,
    /// To whom.
    pub audience: BTreeSet<PersonId>,
    /// What for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// When it was prepared.
    pub prepared: Timestamp,
    /// From which reports: by their titles where the speaker may know them, by their names otherwise.
    pub reports: Vec<String>,
    /// What can be said.
    pub can_say: Vec<Open>,
    /// What must not be said.
    pub do_not_say: Vec<Closed>,
    /// How many more portions there are, which the speaker may not know.
    pub not_for_the_speaker: usize,
    /// How many portions could be said when it was prepared, and cannot now.
    pub no_longer: usize,
    /// Requests that are not answered.
    pub waiting: Vec<Waiting>,
}

/// What may be handed out.
pub fn table_paper(state: &State, library: &Library, briefing: &Briefing, standing: &Standing) -> TablePaper {
    let left = |item: &&BriefingItem| item.may_be_left() && standing.opens(&item.portion);
    let items: Vec<&BriefingItem> = briefing.items.iter().filter(left).collect();
    // It goes to the attendees: each text under the mark that it has for them.
    let parties = parties_of(state, &briefing.audience);
    let texts = items.iter().filter_map(|item| text(state, library, item, &parties));
    TablePaper {
        banner: banner(state, library, items.iter().map(|item| &item.portion), &parties),
        texts: texts.collect(),
    }
}

/// What the speaker has to know.
pub fn speakers_paper(state: &State, library: &Library, briefing: &Briefing, standing: &Standing) -> SpeakersPaper {
    let (mut can_say, mut do_not_say) = (Vec::new(), Vec::new());
    let (mut hidden, mut no_longer) = (0, 0);
    let parties = parties_of(state, [&briefing.speaker]);
    for item in &briefing.items {
        let was_open = item.outcome == Outcome::Permit;
        no_longer += usize::from(was_open && !standing.permitted.contains(&item.portion));
        let known = standing.known.contains(&item.portion);
        match text(state, library, item, &parties).filter(|_| known) {
            None => hidden += 1,
            Some(text) if was_open && standing.opens(&item.portion) => can_say.push(Open {
                portion: item.portion.clone(),
                text,
                conditions: item.conditions.clone(),
                may_be_left: item.may_be_left(),
            }),
            Some(text) => do_not_say.push(Closed {
                text: Text {
                    handling: Vec::new(),
                    ..text
                },
                item: closed(state, item),
            }),
        }
    }
    let shown = can_say
        .iter()
        .map(|open| &open.portion)
        .chain(do_not_say.iter().map(|closed| &closed.item.portion));
    let titles = titles(state, briefing, standing);
    let shown = shown.chain(titles.iter().flat_map(|title| &title.under));
    SpeakersPaper {
        banner: banner(state, library, shown, &parties),
        id: briefing.id.clone(),
        void: no_longer > 0,
        speaker: briefing.speaker.clone(),
        audience: briefing.audience.clone(),
        purpose: briefing.purpose.clone(),
        prepared: briefing.prepared,
        reports: titles.into_iter().map(|title| title.words).collect(),
        can_say,
        do_not_say,
        not_for_the_speaker: hidden,
        no_longer,
        waiting: waiting(state, briefing),
    }
}

/// An item that must not be said, and says why; also where it could be said when the briefing was prepared.
fn closed(state: &State, item: &BriefingItem) -> BriefingItem {
    let mut item = item.clone();
    item.refused
        .iter_mut()
        .for_each(|refusal| *refusal = state.refusal_in_words(refusal));
    if item.outcome == Outcome::Permit {
        item.outcome = Outcome::Deny;
        item.why = vec!["it could be said when this was prepared, and cannot any more".to_owned()];
        item.remedies = vec!["prepare the briefing again: it says what stands in the way".to_owned()];
    }
    item
}

/// How a report is named on a paper, and the texts whose marks its name stands under.
struct TitleShown {
    words: String,
    under: Vec<PortionRef>,
}

fn titles(state: &State, briefing: &Briefing, standing: &Standing) -> Vec<TitleShown> {
    let title = |(id, version): &(ReportId, u32)| {
        let report = state.reports.get(id).and_then(|held| held.versions.get(version));
        let title = report.map(|report| (report, report.reference(&PortionId::title())));
        match title.filter(|(_, title)| standing.known.contains(title)) {
            Some((report, title)) => TitleShown {
                words: format!("{} ({id} v{version})", report.title.text()),
                under: match report.title.portion() {
                    Some(_) => vec![title],
                    // As the banner over all of it.
                    None => (report.portions.iter())
                        .map(|portion| report.reference(&portion.id))
                        .collect(),
                },
            },
            None => TitleShown {
                words: format!("{id} v{version}"),
                under: Vec::new(),
            },
        }
    };
    briefing.reports.iter().map(title).collect()
}

fn waiting(state: &State, briefing: &Briefing) -> Vec<Waiting> {
    // What waits for an answer of others is this party's own question.
    let own = |id: &RequestId| Some(Named::new(state.home.clone()?, id.clone()));
    let cases = briefing.waiting.iter().filter_map(|id| state.requests.get(&own(id)?));
    let rows = cases.map(|case| Waiting {
        request: case.request.id.clone(),
        asks: case.request.to.to_string(),
        portions: case.open_portions().cloned().collect(),
        since: case.request.opened,
    });
    rows.collect()
}

fn text(state: &State, library: &Library, item: &BriefingItem, parties: &BTreeSet<PartyPath>) -> Option<Text> {
    Some(Text {
        mark: mark_of(state, library, &item.portion, parties)?,
        text: state.portion(&item.portion)?.text.clone(),
        handling: item.handling.clone(),
    })
}

fn banner<'p>(
    state: &State,
    library: &Library,
    portions: impl Iterator<Item = &'p PortionRef>,
    parties: &BTreeSet<PartyPath>,
) -> String {
    let marked = portions.filter_map(|portion| Some((portion, mark_of(state, library, portion, parties)?)));
    let banner = banner_over_marks(state, library, marked);
    if banner.is_empty() { NOTHING.to_owned() } else { banner }
}
