//! The steps of a decision for one reader and one class of portions.
//!
//! There is one piece of code for both uses: with a [`Steps`] sink it only notes which steps fail, in a handful of
//! bit tests; with a [`Reasons`] sink it also says why.

use entente_marking::Purpose;
use jiff::Timestamp;

use super::bits::Bits;
use super::reason::{Authority, Reason};
use super::rule::{Rule, Step};
use super::snapshot::{Class, Compiled, Coverage, OriginPlan, Reader, Snapshot, Symbol};
use crate::arrangement::NotInForce;

/// Takes what fails.
pub(crate) trait Sink {
    /// Whether each failing token is wanted, or only that a step fails.
    const EXPLAINS: bool;

    fn fail(&mut self, rule: Rule, token: Symbol, authority: Authority, party: Symbol);
}

/// The set of steps that fail.
#[derive(Default)]
pub(crate) struct Steps(pub(crate) u8);

impl Sink for Steps {
    const EXPLAINS: bool = false;

    #[inline]
    fn fail(&mut self, rule: Rule, _: Symbol, _: Authority, _: Symbol) {
        self.0 |= rule.step().bit();
    }
}

/// Every reason, in the order of the steps.
pub(crate) struct Reasons<'r>(pub(crate) &'r mut Vec<Reason>);

impl Sink for Reasons<'_> {
    const EXPLAINS: bool = true;

    fn fail(&mut self, rule: Rule, token: Symbol, authority: Authority, party: Symbol) {
        self.0.push(Reason {
            rule,
            token,
            authority,
            party,
        });
    }
}

/// An arrangement that is a problem for an originator's share of a class.
#[derive(Clone, Copy, Debug)]
struct Problem {
    rule: Rule,
    token: Symbol,
    authority: Symbol,
}

/// One originator's share of a class at a moment, for a purpose.
#[derive(Debug)]
struct OriginMoment<'s> {
    plan: &'s OriginPlan,
    coverage: Coverage,
    closed: Vec<Problem>,
    purpose: Vec<Problem>,
}

/// A class at a moment, for a purpose: what does not depend on the reader is settled here, once.
#[derive(Debug)]
pub(crate) struct Plan<'s> {
    pub(crate) class: &'s Class,
    report: &'s Compiled,
    origins: Vec<OriginMoment<'s>>,
    /// Readers covered by a live consent of every originator.
    released: Bits,
    /// Readers for whom every originator named the purpose in its consent.
    purpose_agreed: Bits,
    marking_allows_purpose: bool,
    purpose: Symbol,
}

/// Texts that exist only in one decision: the purpose, unknown persons, names of local policies.
pub(crate) struct LocalNames<'l> {
    pub(crate) base: usize,
    pub(crate) texts: &'l mut Vec<String>,
}

impl LocalNames<'_> {
    pub(crate) fn add(&mut self, text: String) -> Symbol {
        self.texts.push(text);
        Symbol(u32::try_from(self.base + self.texts.len() - 1).unwrap_or(u32::MAX))
    }
}

impl<'s> Plan<'s> {
    pub(crate) fn new(
        snapshot: &'s Snapshot,
        report: &'s Compiled,
        class: &'s Class,
        moment: Timestamp,
        purpose: Option<&Purpose>,
        purpose_name: Symbol,
        names: &mut LocalNames<'_>,
    ) -> Self {
        let origins: Vec<OriginMoment<'_>> = class
            .origins
            .iter()
            .map(|plan| {
                let mut closed = Vec::new();
                let mut wrong_purpose = Vec::new();
                for id in &plan.arrangements {
                    let token = names.add(id.to_string());
                    let Some(arrangement) = snapshot.arrangements.get(id) else {
                        let authority = names.add(format!("arrangement {id}"));
                        closed.push(Problem {
                            rule: Rule::ArrangementUnknown,
                            token,
                            authority,
                        });
                        continue;
                    };
                    if let Some(why) = arrangement.not_in_force(moment) {
                        let rule = match why {
                            NotInForce::Suspended => Rule::ArrangementSuspended,
                            NotInForce::Ended => Rule::ArrangementEnded,
                            NotInForce::Expired => Rule::ArrangementExpired,
                            NotInForce::NotBegun => Rule::ArrangementNotBegun,
                        };
                        let authority = names.add(arrangement.clause("duration"));
                        closed.push(Problem { rule, token, authority });
                    }
                    if !arrangement.allows(purpose) {
                        let authority = names.add(arrangement.clause("purposes"));
                        wrong_purpose.push(Problem {
                            rule: Rule::PurposeArrangement,
                            token: purpose_name,
                            authority,
                        });
                    }
                }
                OriginMoment {
                    plan,
                    coverage: snapshot.coverage(plan, moment, purpose),
                    closed,
                    purpose: wrong_purpose,
                }
            })
            .collect();
        let all = |pick: fn(&Coverage) -> &Bits| {
            let mut bits = if origins.is_empty() {
                Bits::none(snapshot.readers.len())
            } else {
                Bits::all(snapshot.readers.len())
            };
            for origin in &origins {
                bits.intersect_with(pick(&origin.coverage));
            }
            bits
        };
        let restricted = class.label.purposes.only.is_some() || !class.label.purposes.barred.is_empty();
        Self {
            class,
            report,
            released: all(|coverage| &coverage.any),
            purpose_agreed: all(|coverage| &coverage.naming),
            origins,
            marking_allows_purpose: match purpose {
                Some(purpose) => class.label.purposes.allow(purpose),
                None => !restricted,
            },
            purpose: purpose_name,
        }
    }

    /// Which steps fail for this reader; the fast path.
    #[inline]
    pub(crate) fn steps(&self, snapshot: &Snapshot, n: usize, reader: &Reader, moment: Timestamp) -> u8 {
        let mut steps = Steps::default();
        self.check(snapshot, n, reader, moment, &mut steps);
        steps.0
    }

    /// Whether the reader may only look.
    pub(crate) fn display_only(&self, n: usize, reader: &Reader) -> bool {
        self.class.release.as_ref().is_some_and(|list| {
            let full = reader.citizenships.intersects(&list.full) && reader.party_entities.intersects(&list.full);
            !full && !self.released.contains(n)
        })
    }

    /// The originators with a live consent for this reader, whose conditions become obligations.
    pub(crate) fn consenting(&self, n: usize) -> impl Iterator<Item = &OriginPlan> {
        self.origins
            .iter()
            .filter(move |origin| origin.coverage.any.contains(n))
            .map(|origin| origin.plan)
    }

    #[inline]
    fn listed(&self, reader: &Reader) -> bool {
        self.class.release.as_ref().is_none_or(|list| {
            reader.citizenships.intersects(&list.full) && reader.party_entities.intersects(&list.full)
                || reader.citizenships.intersects(&list.display) && reader.party_entities.intersects(&list.display)
        })
    }

    /// All steps but local policy and source exposure, which are asked from outside.
    #[inline]
    pub(crate) fn check<S: Sink>(
        &self,
        snapshot: &Snapshot,
        n: usize,
        reader: &Reader,
        moment: Timestamp,
        sink: &mut S,
    ) {
        self.check_state(snapshot, reader, moment, sink);
        self.check_mandatory(snapshot, reader, sink);
        let listed = self.listed(reader);
        if !listed && !self.released.contains(n) {
            let list = self.class.release.as_ref().expect("only a list can leave someone out");
            self.for_originators(sink, |sink, origin| {
                sink.fail(Rule::ReleaseList, list.text, Authority::Rule, origin.plan.name);
            });
        }
        self.check_control(n, reader, sink);
        if !self.report.distribution.contains(n) {
            for origin in &self.origins {
                // Whom the originator names in a consent, it has put on the list for that portion.
                if !origin.plan.no_distribution.contains(reader.party) && !origin.coverage.listed.contains(n) {
                    let plan = origin.plan;
                    let authority = Authority::Text(plan.distribution_authority);
                    sink.fail(Rule::NeedToKnow, plan.distribution_token, authority, snapshot.home);
                    break;
                }
            }
        }
        self.check_purpose(n, reader, listed, sink);
    }

    #[inline]
    fn check_state<S: Sink>(&self, snapshot: &Snapshot, reader: &Reader, moment: Timestamp, sink: &mut S) {
        let report = self.report;
        let originator = report.originator;
        if reader.disabled {
            sink.fail(Rule::PersonDisabled, reader.name, Authority::Rule, reader.home);
        }
        if report.withdrawn {
            sink.fail(Rule::ReportWithdrawn, originator, Authority::Rule, originator);
        }
        if report.on_hold && !reader.own {
            sink.fail(Rule::ReportOnHold, originator, Authority::Rule, snapshot.home);
        }
        if let Some((true, action)) = report.recall {
            sink.fail(Rule::ReportRecalled, action, Authority::Rule, originator);
        }
        if let Some((end, text)) = report.expires
            && moment >= end
        {
            sink.fail(Rule::ReportExpired, text, Authority::Rule, originator);
        }
        if self.origins.is_empty() {
            sink.fail(Rule::LineageEmpty, originator, Authority::Rule, originator);
        }
        for origin in &self.origins {
            if !origin.closed.is_empty() && !origin.plan.inside.contains(reader.party) {
                for problem in &origin.closed {
                    let authority = Authority::Text(problem.authority);
                    sink.fail(problem.rule, problem.token, authority, origin.plan.name);
                }
            }
        }
    }

    #[inline]
    fn check_mandatory<S: Sink>(&self, snapshot: &Snapshot, reader: &Reader, sink: &mut S) {
        let class = self.class;
        let originator = self.report.originator;
        if let Some(token) = class.unknown {
            sink.fail(Rule::LabelUnknown, token, Authority::Rule, originator);
        }
        for need in &class.levels {
            if reader.levels.get(need.scheme).copied().unwrap_or(0) < need.at_least {
                sink.fail(Rule::Clearance, need.name, Authority::Rule, originator);
            }
        }
        if !class.required.is_subset(&reader.held) {
            if S::EXPLAINS {
                for category in class.required.without(&reader.held) {
                    sink.fail(
                        Rule::Category,
                        snapshot.categories[category],
                        Authority::Rule,
                        originator,
                    );
                }
            } else {
                sink.fail(Rule::Category, originator, Authority::Rule, originator);
            }
        }
        for (group, text) in &class.any_of {
            if !group.intersects(&reader.held) {
                sink.fail(Rule::AnyOf, *text, Authority::Rule, originator);
            }
        }
    }

    #[inline]
    fn check_control<S: Sink>(&self, n: usize, reader: &Reader, sink: &mut S) {
        for origin in &self.origins {
            let plan = origin.plan;
            if plan.free.contains(reader.party) || origin.coverage.any.contains(n) {
                continue;
            }
            if S::EXPLAINS {
                for need in plan.controls.iter().filter(|need| !need.free.contains(reader.party)) {
                    sink.fail(need.rule, need.token, Authority::Text(need.authority), plan.name);
                }
            } else {
                sink.fail(Rule::ControlOriginator, plan.name, Authority::Rule, plan.name);
            }
        }
        if let Some(mark) = self.class.named_only
            && !self.report.distribution.contains(n)
            && !self.released.contains(n)
        {
            self.for_originators(sink, |sink, origin| {
                sink.fail(Rule::CircleNamed, mark, Authority::Rule, origin.plan.name);
            });
        }
    }

    #[inline]
    fn check_purpose<S: Sink>(&self, n: usize, reader: &Reader, listed: bool, sink: &mut S) {
        if !self.marking_allows_purpose && !self.purpose_agreed.contains(n) {
            self.for_originators(sink, |sink, origin| {
                sink.fail(Rule::PurposeMarking, self.purpose, Authority::Rule, origin.plan.name);
            });
        }
        for origin in &self.origins {
            let (plan, coverage) = (origin.plan, &origin.coverage);
            if !origin.purpose.is_empty() && !plan.inside.contains(reader.party) && !coverage.naming.contains(n) {
                for problem in &origin.purpose {
                    let authority = Authority::Text(problem.authority);
                    sink.fail(problem.rule, problem.token, authority, plan.name);
                }
            }
            let needed = !listed || !plan.free.contains(reader.party);
            if needed && coverage.any.contains(n) && !coverage.allowing.contains(n) {
                sink.fail(Rule::PurposeConsent, self.purpose, Authority::Rule, plan.name);
            }
        }
    }

    /// Calls `fail` for every originator where that matters, else once.
    #[inline]
    fn for_originators<S: Sink>(&self, sink: &mut S, fail: impl Fn(&mut S, &OriginMoment<'_>)) {
        let wanted = if S::EXPLAINS { self.origins.len() } else { 1 };
        for origin in self.origins.iter().take(wanted) {
            fail(sink, origin);
        }
    }
}

/// The first step in a set of failing ones.
pub(crate) fn first(steps: u8) -> Option<Step> {
    [
        Step::State,
        Step::Mandatory,
        Step::Releasability,
        Step::OriginatorControl,
        Step::NeedToKnow,
        Step::Purpose,
        Step::LocalPolicy,
        Step::SourceExposure,
    ]
    .into_iter()
    .find(|step| steps & step.bit() != 0)
}
