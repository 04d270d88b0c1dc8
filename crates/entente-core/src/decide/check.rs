//! The steps of a decision, for one block of persons and one class of portions.
//!
//! There is one piece of code for both uses: with a [`Steps`] sink it only notes who fails which step, with a
//! [`Reasons`] sink also why. It computes with sets of persons (`who`) as one would with a single person's yes or no.

use entente_marking::Purpose;
use jiff::Timestamp;

use super::block::{Block, Covered, Who};
use super::compiled::{Class, Compiled, OriginPlan, Snapshot};
use super::names::Symbol;
use super::reason::{Authority, Reason};
use super::rule::{Rule, Step};
use crate::arrangement::{CLOCK_TOLERANCE, NotInForce};
use crate::outcome::Outcome;

/// Takes what fails, and for whom.
pub(crate) trait Sink {
    fn fail(&mut self, who: Who, rule: Rule, token: Symbol, authority: Authority, party: Symbol);
}

/// Who fails which step.
#[derive(Default)]
pub(crate) struct Steps([Who; Step::ALL.len()]);

impl Steps {
    /// Who is denied, and for whom to ask: the first step that a person fails decides.
    pub(crate) fn verdict(&self) -> Verdict {
        let mut verdict = Verdict { deny: 0, ask: 0 };
        for (step, who) in Step::ALL.iter().zip(self.0) {
            let undecided = who & !(verdict.deny | verdict.ask);
            match step.outcome() {
                Outcome::Deny => verdict.deny |= undecided,
                Outcome::Ask => verdict.ask |= undecided,
                Outcome::Permit => {}
            }
        }
        verdict
    }
}

impl Sink for Steps {
    #[inline]
    fn fail(&mut self, who: Who, rule: Rule, _: Symbol, _: Authority, _: Symbol) {
        self.0[rule.step() as usize] |= who;
    }
}

/// Every reason, in the order of the steps, with those for whom it holds.
pub(crate) struct Reasons<'r> {
    pub(crate) steps: Steps,
    pub(crate) list: &'r mut Vec<(Who, Reason)>,
}

impl Sink for Reasons<'_> {
    #[inline]
    fn fail(&mut self, who: Who, rule: Rule, token: Symbol, authority: Authority, party: Symbol) {
        if who != 0 {
            self.steps.fail(who, rule, token, authority, party);
            self.list.push((
                who,
                Reason {
                    rule,
                    token,
                    authority,
                    party,
                },
            ));
        }
    }
}

/// The outcome for the persons of a block; who is in neither set is permitted, or not in the block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    pub(crate) deny: Who,
    pub(crate) ask: Who,
}

impl Verdict {
    /// The worst outcome of all.
    pub(crate) fn worst(self) -> Outcome {
        match (self.deny, self.ask) {
            (0, 0) => Outcome::Permit,
            (0, _) => Outcome::Ask,
            _ => Outcome::Deny,
        }
    }

    /// The outcome for the `n`-th person.
    #[inline]
    pub(crate) fn outcome(self, n: usize) -> Outcome {
        if self.deny >> n & 1 == 1 {
            Outcome::Deny
        } else if self.ask >> n & 1 == 1 {
            Outcome::Ask
        } else {
            Outcome::Permit
        }
    }
}

/// A report at a moment, for a purpose: what depends neither on the reader nor on the portion is settled here.
pub(crate) struct Check<'s> {
    snapshot: &'s Snapshot,
    report: &'s Compiled,
    moment: Timestamp,
    purpose: Option<&'s Purpose>,
    purpose_name: Symbol,
    /// By arrangement: whether it is closed, and whether it allows the purpose.
    terms: Vec<(Option<Problem>, Option<Problem>)>,
}

/// An arrangement that is a problem for what came under it.
#[derive(Clone, Copy)]
struct Problem {
    rule: Rule,
    token: Symbol,
    authority: Symbol,
}

impl Problem {
    fn report<S: Sink>(&self, who: Who, origin: &OriginPlan, sink: &mut S) {
        sink.fail(who, self.rule, self.token, Authority::Text(self.authority), origin.name);
    }
}

impl<'s> Check<'s> {
    pub(crate) fn new(
        snapshot: &'s Snapshot,
        report: &'s Compiled,
        moment: Timestamp,
        purpose: Option<&'s Purpose>,
        purpose_name: Symbol,
    ) -> Self {
        let terms = snapshot.terms.iter().map(|terms| {
            let closed = |rule| Problem {
                rule,
                token: terms.name,
                authority: terms.duration,
            };
            let Some(arrangement) = &terms.arrangement else {
                return (Some(closed(Rule::ArrangementUnknown)), None);
            };
            let not_in_force = arrangement.not_in_force(moment).map(|why| {
                closed(match why {
                    NotInForce::Suspended => Rule::ArrangementSuspended,
                    NotInForce::Ended => Rule::ArrangementEnded,
                    NotInForce::Expired => Rule::ArrangementExpired,
                    NotInForce::NotBegun => Rule::ArrangementNotBegun,
                })
            });
            let wrong_purpose = (!arrangement.allows(purpose)).then_some(Problem {
                rule: Rule::PurposeArrangement,
                token: purpose_name,
                authority: terms.purposes,
            });
            (not_in_force, wrong_purpose)
        });
        Self {
            snapshot,
            report,
            moment,
            purpose,
            purpose_name,
            terms: terms.collect(),
        }
    }

    /// All steps but local policy and source exposure, which are asked from outside.
    pub(crate) fn check<S: Sink>(&self, class: &Class, block: &Block<'_>, sink: &mut S) {
        if block.unknown != 0 {
            // Explained by the person's own name.
            let home = self.snapshot.home;
            sink.fail(block.unknown, Rule::PersonUnknown, home, Authority::Rule, home);
        }
        if block.known != 0 {
            self.check_state(class, block, sink);
            self.check_mandatory(class, block, sink);
            let listed = listed(class, block);
            self.check_releasability(class, block, listed, sink);
            self.check_control(class, block, sink);
            self.check_need_to_know(class, block, sink);
            self.check_purpose(class, block, listed, sink);
        }
    }

    fn check_state<S: Sink>(&self, class: &Class, block: &Block<'_>, sink: &mut S) {
        let report = self.report;
        let originator = report.originator;
        let mut fail = |who, rule, token| sink.fail(who, rule, token, Authority::Rule, originator);
        // Explained by the person's own name and party.
        fail(block.disabled, Rule::PersonDisabled, originator);
        fail(block.lapsed, Rule::PersonLapsed, originator);
        if report.withdrawn {
            fail(block.known, Rule::ReportWithdrawn, originator);
        }
        if report.on_hold {
            let home = self.snapshot.home;
            sink.fail(
                block.known & !block.own,
                Rule::ReportOnHold,
                originator,
                Authority::Rule,
                home,
            );
        }
        let mut fail = |who, rule, token| sink.fail(who, rule, token, Authority::Rule, originator);
        if let Some((true, action)) = report.recall {
            fail(block.known, Rule::ReportRecalled, action);
        }
        if let Some((end, text)) = report.expires
            && self.moment >= end
        {
            fail(block.known, Rule::ReportExpired, text);
        }
        if let Some(word) = class.base_closed {
            fail(block.known, Rule::BaseClosed, word);
        }
        if let Some((end, word)) = class.base_expires
            && self.moment >= end
        {
            fail(block.known, Rule::BaseClosed, word);
        }
        if class.base_on_hold {
            fail(block.known & !block.own, Rule::BaseOnHold, originator);
        }
        if class.origins.is_empty() {
            fail(block.known, Rule::LineageEmpty, originator);
        }
        for origin in &class.origins {
            let further = block.known & !block.at(&origin.original);
            for (word, authority) in self.held_back(origin) {
                sink.fail(further, Rule::Embargo, word, authority, origin.name);
            }
            for arrangement in &origin.arrangements {
                if let Some(closed) = &self.terms[*arrangement as usize].0 {
                    closed.report(block.known & !block.at(&origin.inside), origin, sink);
                }
            }
        }
    }

    /// Until when an originator holds a text back, by its own word and by arrangements, as far as the moment has not come.
    fn held_back(&self, origin: &OriginPlan) -> impl Iterator<Item = (Symbol, Authority)> {
        let own = origin.embargo.map(|(until, word)| (until, word, Authority::Rule));
        let terms = origin
            .arrangements
            .iter()
            .filter_map(|n| self.snapshot.terms[*n as usize].embargo);
        let terms = terms.map(|(until, word, clause)| (until, word, Authority::Text(clause)));
        let moment = self.moment;
        own.into_iter()
            .chain(terms)
            .filter(move |(until, ..)| moment.duration_since(*until) < CLOCK_TOLERANCE)
            .map(|(_, word, authority)| (word, authority))
    }

    /// The moments until when a text goes no further.
    pub(crate) fn embargoes(&self, class: &Class) -> Vec<Symbol> {
        let mut found: Vec<Symbol> = Vec::new();
        for (word, _) in class.origins.iter().flat_map(|origin| self.held_back(origin)) {
            if !found.contains(&word) {
                found.push(word);
            }
        }
        found
    }

    fn check_mandatory<S: Sink>(&self, class: &Class, block: &Block<'_>, sink: &mut S) {
        let originator = self.report.originator;
        let mut fail = |who, rule, token| sink.fail(who, rule, token, Authority::Rule, originator);
        if let Some(token) = class.unknown {
            fail(block.known, Rule::LabelUnknown, token);
        }
        for (level, name) in &class.levels {
            fail(block.known & !block.cleared(*level), Rule::Clearance, *name);
        }
        for category in &class.required {
            let name = self.snapshot.categories[*category as usize];
            fail(block.known & !block.holding(*category), Rule::Category, name);
        }
        for (group, text) in &class.any_of {
            let any = group.iter().fold(0, |all, category| all | block.holding(*category));
            fail(block.known & !any, Rule::AnyOf, *text);
        }
    }

    fn check_releasability<S: Sink>(&self, class: &Class, block: &Block<'_>, listed: Who, sink: &mut S) {
        let who = block.known & !listed;
        if let Some(list) = &class.release
            && who != 0
        {
            let who = who & !released(class, block);
            let rule = match list.by_banner {
                true => Rule::ReleaseBanner,
                false => Rule::ReleaseList,
            };
            for origin in &class.origins {
                sink.fail(who, rule, list.text, Authority::Rule, origin.name);
                strange(who, origin, sink);
            }
        }
    }

    fn check_control<S: Sink>(&self, class: &Class, block: &Block<'_>, sink: &mut S) {
        for origin in &class.origins {
            if origin.controls.is_empty() {
                continue;
            }
            let bound = block.known & !block.covered_by(origin).any;
            for need in &origin.controls {
                let who = bound & !block.at(&need.free);
                sink.fail(who, need.rule, need.token, Authority::Text(need.authority), origin.name);
                strange(who, origin, sink);
            }
        }
        if let Some(mark) = class.named_only {
            // Each originator names its recipients; a custodian's distribution names nobody for it. Whom all of them name, the
            // owners that the mark names have nothing against.
            let originators = class.origins.iter().filter(|origin| !origin.owner);
            let by_all = originators.fold(block.known, |all, origin| all & block.named_by(origin));
            for origin in &class.origins {
                let named = if origin.owner { by_all } else { block.named_by(origin) };
                let who = block.known & !named & !block.covered_by(origin).any;
                sink.fail(who, Rule::CircleNamed, mark, Authority::Rule, origin.name);
                strange(who, origin, sink);
            }
        }
    }

    fn check_need_to_know<S: Sink>(&self, class: &Class, block: &Block<'_>, sink: &mut S) {
        let mut left = block.known & !block.distribution;
        for origin in &class.origins {
            let Some((token, authority)) = origin.distribution else {
                continue;
            };
            // Whom the originator names in a consent, it has put on the list for that portion.
            let who = left & !block.at(&origin.inside) & !block.covered_by(origin).listed;
            let home = self.snapshot.home;
            sink.fail(who, Rule::NeedToKnow, token, Authority::Text(authority), home);
            // One originator's demand is enough to know.
            left &= !who;
        }
    }

    fn check_purpose<S: Sink>(&self, class: &Class, block: &Block<'_>, listed: Who, sink: &mut S) {
        let purposes = &class.label.purposes;
        let allowed = match self.purpose {
            Some(purpose) => purposes.allow(purpose),
            None => purposes.is_any(),
        };
        if !allowed {
            // A purpose that is barred without permission is open with it; no consent adds to the only ones allowed.
            let permissible = self.purpose.is_some_and(|purpose| purposes.permissible(purpose));
            let permitted = match permissible {
                true => by_all(authors(class), block, |covered| covered.naming),
                false => 0,
            };
            let who = block.known & !permitted;
            for origin in authors(class) {
                sink.fail(
                    who,
                    Rule::PurposeMarking,
                    self.purpose_name,
                    Authority::Rule,
                    origin.name,
                );
            }
        }
        for origin in authors(class) {
            for arrangement in &origin.arrangements {
                if let Some(wrong) = &self.terms[*arrangement as usize].1 {
                    // Terms agreed between parties bind a consent as well.
                    wrong.report(block.known & !block.at(&origin.inside), origin, sink);
                }
            }
            // A consent that a person relies on has to cover the purpose as well.
            let covered = block.covered_by(origin);
            let who = covered.otherwise & !covered.any & !(listed & free(origin, block));
            sink.fail(
                who,
                Rule::PurposeConsent,
                self.purpose_name,
                Authority::Rule,
                origin.name,
            );
        }
    }

    /// Who may only look, with a consent as well.
    pub(crate) fn display_only(class: &Class, block: &Block<'_>) -> Who {
        let list = class.release.as_ref();
        list.map_or(0, |list| block.on(&list.display) & !block.on(&list.full))
    }
}

/// Who is on the release list.
fn listed(class: &Class, block: &Block<'_>) -> Who {
    let list = class.release.as_ref();
    list.map_or(block.known, |list| {
        let members = list.members.as_ref().map_or(0, |members| block.at(members));
        block.on(&list.full) | block.on(&list.display) | members
    })
}

/// Those whose text it is; owners that only the mark names have their say about further recipients, not about purposes.
fn authors(class: &Class) -> impl Iterator<Item = &OriginPlan> {
    class.origins.iter().filter(|origin| !origin.owner)
}

/// An owner that is no party known here is named as such wherever it would have to be asked.
fn strange<S: Sink>(who: Who, origin: &OriginPlan, sink: &mut S) {
    if origin.stranger {
        sink.fail(who, Rule::OwnerUnknown, origin.name, Authority::Rule, origin.name);
    }
}

/// Whom a live consent of every originator covers.
fn released(class: &Class, block: &Block<'_>) -> Who {
    by_all(class.origins.iter(), block, |covered| covered.any)
}

fn by_all<'o>(origins: impl Iterator<Item = &'o OriginPlan>, block: &Block<'_>, pick: impl Fn(&Covered) -> Who) -> Who {
    let mut origins = origins.peekable();
    match origins.peek() {
        None => 0,
        Some(_) => origins.fold(block.known, |all, origin| all & pick(&block.covered_by(origin))),
    }
}

/// Whom none of an originator's controls restricts.
fn free(origin: &OriginPlan, block: &Block<'_>) -> Who {
    let controls = origin.controls.iter();
    controls.fold(block.known, |all, need| all & block.at(&need.free))
}
