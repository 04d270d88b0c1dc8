//! What waits for a word: requests, second persons, consents in their life, and answers that came.

use entente_core::{Consent, Named, PartyPath, Progress, RequestCase, RequestId};
use jiff::SignedDuration;

use super::{Asker, Kind, SOON_DAYS};
use crate::life::misfits;

impl Asker<'_, '_> {
    pub(super) fn requests(&mut self, home: &PartyPath) {
        let open = self.state.requests.iter().filter(|(_, case)| case.is_open());
        let cases: Vec<(&Named<RequestId>, &RequestCase)> = open.collect();
        for (named, case) in cases {
            let request = &case.request;
            if !self.may_know_of(&request.report) {
                continue;
            }
            let called = named.shortest(&self.state.requests);
            let about = self.named(&request.report, case.open_portions());
            if request.to.includes(home) {
                self.add(
                    Kind::RequestToAnswer,
                    &called,
                    format!("{} asks about {about}", request.from),
                    request.needed_by,
                    format!("entente consent grant {called}"),
                );
            } else if request.needed_by.is_some_and(|by| by < self.context.now) {
                self.add(
                    Kind::Overdue,
                    &called,
                    format!("{} has not answered about {about}", request.to),
                    request.needed_by,
                    format!("entente request retract {called}"),
                );
            }
        }
    }

    /// What waits for a second person: not for the one who gave it.
    pub(super) fn second_persons(&mut self) {
        let now = self.context.now;
        for pending in self.state.pending.values().filter(|pending| pending.waits(now)) {
            if self.person == Some(&pending.by) || !self.may_know_of(&pending.report) {
                continue;
            }
            self.add(
                Kind::SecondPerson,
                &pending.id,
                format!("{} of {} waits for a second person", pending.what.say(), pending.by),
                Some(pending.ends()),
                format!("entente pending show {}", pending.id),
            );
        }
    }

    pub(super) fn consents(&mut self, home: &PartyPath) {
        let now = self.context.now;
        let live = |consent: &Consent| consent.withdrawn.is_none() && consent.ends.is_none_or(|end| now < end);
        let state = self.state;
        let all = state
            .consents
            .iter()
            .filter(|(_, consent)| consent.life.part_of.is_none());
        for (named, consent) in all.filter(|(_, consent)| live(consent)) {
            if !self.may_know_of(&consent.report) {
                continue;
            }
            let called = named.shortest(&state.consents).to_string();
            let ours = consent.originator.includes(home);
            let mut later = state.consents.values();
            let renewed = later.any(|next| next.life.renews.as_ref() == Some(&consent.id));
            self.begins_or_ends(consent, &called, ours, renewed);
            match ours {
                true if !renewed => self.given(consent, &called),
                true => {}
                false => self.got(consent, &called, home),
            }
        }
        self.misfits();
        self.refused(home);
    }

    /// A consent that begins or ends soon.
    fn begins_or_ends(&mut self, consent: &Consent, called: &str, ours: bool, renewed: bool) {
        if let Some(end) = consent.ends.filter(|end| self.soon(*end) && !renewed) {
            let (say, next) = match ours {
                true => (
                    format!("consent to {} about {} ends", consent.to, consent.report),
                    format!("entente consent renew {called} --until DATE"),
                ),
                false => (
                    format!("consent of {} about {} ends", consent.originator, consent.report),
                    format!("entente consent counter {called} --until DATE"),
                ),
            };
            self.add(Kind::ConsentEnds, &consent.id, say, Some(end), next);
        }
        if let Some(begin) = consent.life.not_before.filter(|begin| self.soon(*begin)) {
            let say = format!("what was released of {} to {} opens", consent.report, consent.to);
            let next = "entente consent list".to_owned();
            self.add(Kind::EmbargoEnds, &consent.id, say, Some(begin), next);
        }
    }

    /// What a holder says of a consent of this party's.
    fn given(&mut self, consent: &Consent, called: &str) {
        let last = consent.life.countered.iter().map(|counter| counter.at).max();
        let accepted = consent.life.accepted.as_ref();
        if last.is_some_and(|at| accepted.is_none_or(|accepted| accepted.at < at)) {
            let say = format!("{} proposes other terms about {}", consent.to, consent.report);
            let next = format!("entente consent renew {called} --until DATE");
            self.add(Kind::CounterOffer, &consent.id, say, None, next);
        }
        if consent.life.changed.is_some() {
            let say = format!(
                "{} says that a person whom it names is not any more as described",
                consent.to
            );
            let next = format!("entente consent withdraw {called} --reason TEXT");
            self.add(Kind::PersonChanged, &consent.id, say, None, next);
        }
    }

    /// A consent that came, whose conditions nobody accepted.
    fn got(&mut self, consent: &Consent, called: &str, home: &PartyPath) {
        if !consent.conditions.is_empty() && consent.life.accepted.is_none() && consent.to.includes(home) {
            let say = format!(
                "{} consents about {}, under conditions",
                consent.originator, consent.report
            );
            let next = format!("entente consent accept {called} --by PERSON");
            self.add(Kind::AnswerCame, &consent.id, say, None, next);
        }
    }

    /// Consents that do not open any more what they were given for.
    fn misfits(&mut self) {
        for misfit in misfits(self.state, self.context) {
            if self.may_know_of(&misfit.report) {
                let why = misfit.why.first().map_or("", String::as_str);
                let say = format!("it does not open {} any more: {why}", misfit.report);
                let next = format!("entente consent check {}", misfit.consent);
                self.add(Kind::Misfit, &misfit.consent, say, None, next);
            }
        }
    }

    /// Answers that came to requests of this party, and whose conclusion is still to be drawn.
    fn refused(&mut self, home: &PartyPath) {
        let week = SignedDuration::from_hours(24 * SOON_DAYS);
        let own = self
            .state
            .requests
            .values()
            .filter(|case| case.request.from == *home && !case.is_open());
        for case in own {
            let last = case.refusals.iter().map(|refusal| refusal.given).max();
            let recent = last.is_some_and(|at| self.context.now.duration_since(at) <= week);
            let refused = case
                .progress
                .iter()
                .filter(|(_, progress)| **progress == Progress::Refused);
            let refused: Vec<_> = refused.map(|(id, _)| id).collect();
            if recent && !refused.is_empty() && self.may_know_of(&case.request.report) {
                let refused = self.named(&case.request.report, refused);
                let say = format!("{} refused {refused}", case.request.to);
                self.add(
                    Kind::AnswerCame,
                    &case.request.id,
                    say,
                    None,
                    format!("entente request show {}", case.request.id),
                );
            }
        }
    }
}
