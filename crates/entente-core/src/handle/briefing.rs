//! Preparing a briefing: every portion decided for every attendee, and for the speaker.

use std::collections::BTreeSet;

use entente_marking::Purpose;

use super::release::deciding;
use super::{Context, Decided, Refusal, home};
use crate::briefing::{Briefing, BriefingItem};
use crate::decide::{Decision, Exposure, Rule, Step};
use crate::event::Event;
use crate::ids::{BriefingId, PartyPath, PersonId, PortionRef, ReportId};
use crate::outcome::Outcome;
use crate::state::State;

/// Reports in one briefing: more are no briefing.
const MAX_REPORTS: usize = 64;

pub(super) fn prepare(
    state: &State,
    id: BriefingId,
    speaker: PersonId,
    audience: BTreeSet<PersonId>,
    reports: &[ReportId],
    purpose: Option<Purpose>,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    home(state)?;
    if !state.persons.contains_key(&speaker) {
        return Err(Refusal::missing(
            "person",
            &speaker,
            "add the speaker with `entente person add`",
        ));
    }
    if reports.is_empty() || reports.len() > MAX_REPORTS {
        return Err(Refusal::Invalid(format!(
            "a briefing is about 1 to {MAX_REPORTS} reports; name them with `--report`"
        )));
    }
    if state.briefings.contains_key(&id) {
        return Err(Refusal::Exists {
            what: "briefing",
            name: id.to_string(),
            remedy: "choose another id",
        });
    }
    let alone = BTreeSet::from([speaker.clone()]);
    let mut briefing = Briefing {
        id,
        speaker,
        audience,
        purpose,
        reports: Vec::new(),
        items: Vec::new(),
        waiting: BTreeSet::new(),
        prepared: context.now,
    };
    for report in reports {
        let purpose = briefing.purpose.as_ref();
        let known: BTreeSet<PortionRef> = deciding(state, report, None, &alone, purpose, context, |decision| {
            permitted(decision).cloned().collect()
        })?;
        let (version, items) = deciding(state, report, None, &briefing.audience, purpose, context, |decision| {
            let items = (0..decision.portions().count()).map(|n| item(state, decision, n, &known));
            (decision.version(), items.collect::<Vec<_>>())
        })?;
        briefing.reports.push((report.clone(), version));
        briefing.items.extend(items);
        let cases = state
            .requests
            .values()
            .filter(|case| Some(&case.request.from) == state.home.as_ref())
            .filter(|case| case.request.report == *report && case.is_open());
        briefing.waiting.extend(cases.map(|case| case.request.id.clone()));
    }
    together(&mut briefing, context);
    Ok(Decided::events([Event::BriefingPrepared(briefing)]))
}

/// What of a briefing still holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What every attendee may have now.
    pub permitted: BTreeSet<PortionRef>,
    /// What the speaker may know now.
    pub known: BTreeSet<PortionRef>,
}

impl Standing {
    /// Whether a portion may be said by the speaker to the attendees.
    pub fn opens(&self, portion: &PortionRef) -> bool {
        self.permitted.contains(portion) && self.known.contains(portion)
    }
}

/// What of a briefing still holds now. Nothing does of a report, or a version, that has given way to another.
pub fn standing(state: &State, briefing: &Briefing, context: &Context<'_>) -> Standing {
    let alone = BTreeSet::from([briefing.speaker.clone()]);
    let purpose = briefing.purpose.as_ref();
    let mut standing = Standing::default();
    for (report, _) in &briefing.reports {
        for (audience, into) in [
            (&briefing.audience, &mut standing.permitted),
            (&alone, &mut standing.known),
        ] {
            // A report that is not held any more permits nothing.
            let now = deciding(state, report, None, audience, purpose, context, |decision| {
                let title = (decision.audience_outcome(decision.title()) == Outcome::Permit)
                    .then(|| decision.title_reference());
                permitted(decision).chain(title).cloned().collect::<Vec<_>>()
            });
            into.extend(now.unwrap_or_default());
        }
    }
    standing
}

fn permitted<'d>(decision: &'d Decision<'_>) -> impl Iterator<Item = &'d PortionRef> {
    let all = decision.references().enumerate();
    all.filter(|(n, _)| decision.audience_outcome(*n) == Outcome::Permit)
        .map(|(_, portion)| portion)
}

fn item(state: &State, decision: &Decision<'_>, n: usize, known: &BTreeSet<PortionRef>) -> BriefingItem {
    let portion = decision.references().nth(n).cloned();
    let portion = portion.expect("the caller counts the portions of this decision");
    let mut item = BriefingItem {
        outcome: decision.audience_outcome(n),
        speaker_may_know: known.contains(&portion),
        conditions: Vec::new(),
        handling: Vec::new(),
        refused: Vec::new(),
        why: Vec::new(),
        remedies: Vec::new(),
        without_consent_of: BTreeSet::new(),
        facts: BTreeSet::new(),
        exposes: BTreeSet::new(),
        portion,
    };
    let add = |list: &mut Vec<String>, text: String| {
        if !list.contains(&text) {
            list.push(text);
        }
    };
    // Those who may least come first: what keeps it from them is what has to change.
    let mut persons: Vec<usize> = (0..decision.people().len()).collect();
    persons.sort_by_key(|person| std::cmp::Reverse(decision.outcome(*person, n)));
    for person in persons {
        for duty in decision.duties(person, n) {
            let list = match duty.goes_with_the_text() {
                true => &mut item.handling,
                false => &mut item.conditions,
            };
            add(list, duty.to_string());
        }
        for refusal in decision.refused(person, n) {
            // Its words stay where they are destroyed with the report; whoever shows the paper looks them up.
            let named = crate::request::Refusal {
                reason: String::new(),
                ..refusal.clone()
            };
            if !item.refused.contains(&named) {
                item.refused.push(named);
            }
        }
        let remedy = decision.remedy(person, n).unwrap_or_default();
        if !remedy.is_empty() {
            add(&mut item.remedies, remedy.clone());
        }
        for (rule, reason) in decision.rules(person, n).zip(decision.explain(person, n)) {
            if rule.step() == Step::SourceExposure {
                item.exposes.extend(PartyPath::stored(&reason.token));
            }
            // Originators may be shown the briefing: how the rules here are called is not their business.
            let message = match rule {
                Rule::LocalPolicy => "a rule of this party forbids it".to_owned(),
                _ => reason.message,
            };
            add(&mut item.why, format!("{message} [{}]", reason.rule));
            if !remedy.contains(&reason.remedy) {
                add(&mut item.remedies, reason.remedy);
            }
        }
        item.without_consent_of.extend(decision.to_grant(person, n).into_keys());
    }
    let facts = state.facts_about(&item.portion).into_iter();
    item.facts = facts.map(|fact| fact.id.clone()).collect();
    item
}

/// What each report alone would allow may be too much of several together.
fn together(briefing: &mut Briefing, context: &Context<'_>) {
    let audience: Vec<PersonId> = briefing.audience.iter().cloned().collect();
    let said = || {
        briefing
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| item.outcome == Outcome::Permit)
    };
    let portions: Vec<&PortionRef> = said().map(|(_, item)| &item.portion).collect();
    let places: Vec<usize> = said().map(|(n, _)| n).collect();
    let purpose = briefing.purpose.as_ref();
    let exposures = context.exposure.exposures(&portions, &audience, purpose, context.now);
    for (n, exposure) in places.into_iter().zip(exposures) {
        if let Exposure::Narrows(by) | Exposure::Unasked(by) = exposure {
            let item = &mut briefing.items[n];
            item.outcome = Outcome::Ask;
            item.why.push(
                "with all that would be said beside it, it narrows a protected source [exposure.threshold]".to_owned(),
            );
            item.remedies
                .push(format!("{by} must agree, or leave out other portions"));
            item.without_consent_of.insert(by.clone());
            item.exposes.insert(by);
        }
    }
}
