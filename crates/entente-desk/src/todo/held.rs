//! What is held and has to be looked after: embargoes, recalls, cases, papers, facts, terms, and copies that nobody confirmed.

use std::collections::BTreeSet;

use entente_core::handle::standing;
use entente_core::{PartyPath, ReportId};
use jiff::SignedDuration;

use super::{Asker, Kind, SOON_DAYS};

/// A holder that has confirmed nothing for this many days is silent.
const SILENT_DAYS: i64 = 7;

impl Asker<'_, '_> {
    /// Embargoes that end soon, and those of this party's that are broken by what a partner says is out.
    pub(super) fn embargoes(&mut self, home: &PartyPath) {
        for word in self.state.embargoes.values() {
            if !self.may_know_of(&word.report) {
                continue;
            }
            if let Some(until) = word.until.filter(|until| self.soon(*until)) {
                let say = format!("{} goes further from then on, as marks and terms say", word.on());
                let next = match word.by == *home {
                    true => format!("entente embargo move {} --until DATE", word.report),
                    false => format!("entente embargo list {}", word.report),
                };
                self.add(Kind::EmbargoEnds, &word.report, say, Some(until), next);
            }
        }
        for (from, notice) in self.state.notices.values() {
            let entente_core::Notice::Disclosure(told) = notice else {
                continue;
            };
            let running = |id: &&entente_core::PortionId| {
                let mut words = self.state.embargoes.of(&told.report).filter(|word| word.by == *home);
                words.any(|word| word.holds_for(id).is_some_and(|until| until > self.context.now))
            };
            let held_back: Vec<_> = told.portions.iter().filter(running).cloned().collect();
            if told.route == entente_core::Route::Published && !held_back.is_empty() && self.may_know_of(&told.report) {
                let say = format!("{from} says that {} is out", self.named(&told.report, &held_back));
                let known = self.may_know(&told.report, &held_back);
                let portions: Vec<&str> = known.into_iter().map(entente_core::PortionId::as_str).collect();
                let mut next = format!("entente embargo end {}", told.report);
                if !portions.is_empty() {
                    next.push_str(&format!(" --portions {}", portions.join(",")));
                }
                self.add(Kind::EmbargoBroken, &told.report, say, None, next);
            }
        }
    }

    pub(super) fn recalls(&mut self, home: &PartyPath) {
        for (named, recall) in &self.state.recalls {
            if recall.scope.lifted.is_some() || !self.may_know_of(&recall.report) {
                continue;
            }
            let id = &recall.id;
            if recall.originator == *home {
                let open: Vec<&str> = recall
                    .holders
                    .iter()
                    .filter(|(_, done)| done.is_none())
                    .map(|(party, _)| party.as_str())
                    .collect();
                if !open.is_empty() {
                    let say = format!(
                        "{} of {} is unconfirmed by {}",
                        recall.action.name(),
                        recall.report,
                        open.join(", ")
                    );
                    self.add(
                        Kind::RecallUnconfirmed,
                        id,
                        say,
                        None,
                        format!("entente report holders {}", recall.report),
                    );
                }
            } else if recall.holders.get(home).is_some_and(Option::is_none) {
                let say = format!(
                    "{} recalls {}: {}",
                    recall.originator,
                    recall.report,
                    recall.action.name()
                );
                self.add(
                    Kind::RecallToFollow,
                    id,
                    say,
                    Some(recall.ordered),
                    format!(
                        "entente recall acknowledge {} --statement TEXT",
                        named.shortest(&self.state.recalls)
                    ),
                );
            }
        }
    }

    pub(super) fn cases(&mut self) {
        for case in self.state.incidents.values() {
            // Only who works on a case has something to do in it.
            if case.closed().is_some() || !case.is_member(self.person) {
                continue;
            }
            for task in case.tasks().into_iter().filter(|task| task.done.is_none()) {
                let near = task.due.is_some_and(|due| due < self.context.now || self.soon(due));
                if near {
                    let say = format!("{}: {} ({})", case.title, task.stage.title(), task.owner);
                    self.add(
                        Kind::Clock,
                        &case.id,
                        say,
                        task.due,
                        format!("entente incident show {}", case.id),
                    );
                }
            }
        }
        let told: Vec<_> = self.state.incident_notices.iter().collect();
        for (named, (from, notice)) in told
            .into_iter()
            .filter(|(_, (_, notice))| notice.acknowledged.is_none())
        {
            let reports: BTreeSet<&ReportId> = notice.portions.iter().map(|portion| &portion.report).collect();
            if reports.into_iter().all(|report| self.may_know_of(report)) {
                let say = format!("{from} tells of an incident that concerns this party");
                let called = named.shortest(&self.state.incident_notices);
                let next = format!("entente incident acknowledge {called} --statement TEXT");
                self.add(
                    Kind::IncidentToAcknowledge,
                    &notice.incident,
                    say,
                    Some(notice.at),
                    next,
                );
            }
        }
    }

    pub(super) fn papers(&mut self) {
        let week = SignedDuration::from_hours(24 * SOON_DAYS);
        let said: BTreeSet<_> = self
            .state
            .disclosures
            .values()
            .filter_map(|d| d.briefing.clone())
            .collect();
        for briefing in self.state.briefings.values() {
            let fresh = self.context.now.duration_since(briefing.prepared) <= week;
            let hidden = briefing.reports.iter().any(|(report, _)| !self.may_know_of(report));
            if !fresh || hidden || said.contains(&briefing.id) {
                continue;
            }
            let now = standing(self.state, briefing, self.context);
            let open = briefing
                .items
                .iter()
                .filter(|item| item.outcome == entente_core::Outcome::Permit);
            let gone = open.filter(|item| !now.permitted.contains(&item.portion)).count();
            if gone > 0 {
                let portions = if gone == 1 { "portion" } else { "portions" };
                let say = format!("{gone} {portions} that could be said cannot be said any more");
                self.add(Kind::VoidPaper, &briefing.id, say, None, "entente brief new".to_owned());
            }
        }
    }

    pub(super) fn stale(&mut self) {
        for (report, _) in &self.state.facts {
            let stale = self.state.stale_facts(report).len();
            if stale > 0 && self.may_know_of(report) {
                let facts = if stale == 1 { "fact was" } else { "facts were" };
                let say = format!(
                    "{stale} {facts} written for a text that has changed; what stands there now counts as unknown"
                );
                self.add(
                    Kind::StaleFacts,
                    report,
                    say,
                    None,
                    format!("entente facts set {report} FILE"),
                );
            }
        }
    }

    pub(super) fn terms(&mut self) {
        let named: Vec<_> = self.state.proposals.keys().cloned().collect();
        for named in named {
            let say = format!(
                "{} states terms that are not recorded here; nothing opens under them",
                named.by
            );
            self.add(
                Kind::TermsStated,
                &named.id,
                say,
                None,
                format!("entente arrangement accept {}", named.id),
            );
        }
    }

    pub(super) fn silent(&mut self, home: &PartyPath) {
        let limit = SignedDuration::from_hours(24 * SILENT_DAYS);
        let mut silent: BTreeSet<(PartyPath, ReportId, u32)> = BTreeSet::new();
        let waiting = self.state.links.iter().filter(|(_, links)| links.unconfirmed);
        for (id, holding) in waiting.filter_map(|(id, _)| self.state.reports.pair(id)) {
            for delivery in holding.unconfirmed(home) {
                if self.context.now.duration_since(delivery.at) > limit {
                    silent.insert((delivery.to.clone(), id.clone(), delivery.version));
                }
            }
        }
        for (party, report, version) in silent {
            if self.may_know_of(&report) {
                let say = format!("{party} has not confirmed {report} v{version}: unconfirmed, not “not received”");
                self.add(
                    Kind::Silent,
                    &party,
                    say,
                    None,
                    format!("entente report holders {report}"),
                );
            }
        }
    }
}
