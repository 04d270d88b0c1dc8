//! What somebody may not know of is not there for what they do.
//!
//! A report whose existence is protected is missing for whoever may read nothing of it: a command of theirs that names it, or
//! something about it, is decided in a world without it, so that it is refused as for a report that was never there.

mod portions;

pub(crate) use portions::within_sight;

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::decide::{NotFound, open_for};
use crate::handle::{Command, Context};
use crate::ids::{PersonId, ReportId};
use crate::named::Called;
use crate::state::State;

/// The world in which a command of this person is decided.
pub struct Known<'s> {
    /// What is true in it.
    pub state: Cow<'s, State>,
    hidden: Option<ReportId>,
}

impl<'s> Known<'s> {
    /// As a person may know it, as far as the command names things.
    pub fn to(state: &'s State, person: &PersonId, command: &Command, context: &Context<'_>) -> Self {
        let hidden: Vec<ReportId> = named(state, command)
            .into_iter()
            .filter(|report| is_hidden(state, person, report, context))
            .collect();
        if hidden.is_empty() {
            return Self {
                state: Cow::Borrowed(state),
                hidden: None,
            };
        }
        let mut left = state.clone();
        hidden.iter().for_each(|report| left.leave_out(report));
        Self {
            state: Cow::Owned(left),
            hidden: hidden.into_iter().next(),
        }
    }

    /// What is said where the command could be carried out only because something was left out of account.
    ///
    /// # Errors
    /// When something was: it is missing.
    pub fn nothing_left_out(&self) -> Result<(), NotFound> {
        match &self.hidden {
            Some(report) => Err(NotFound::Report(report.to_string())),
            None => Ok(()),
        }
    }
}

/// Whether a report is held here, and this person may not learn that.
pub fn is_hidden(state: &State, person: &PersonId, report: &ReportId, context: &Context<'_>) -> bool {
    let latest = state.reports.get(report).and_then(|holding| holding.latest());
    let guards = (context.policy, context.exposure);
    latest.is_some_and(|latest| latest.existence_protected)
        && open_for(state, context.groups, guards, person, report, context.now).is_err()
}

/// The reports that a command names, and those behind the requests, consents and recalls that it names.
fn named(state: &State, command: &Command) -> BTreeSet<ReportId> {
    let one = |report: &ReportId| BTreeSet::from([report.clone()]);
    let request = |called: &Called<_>| {
        let all = called.all(&state.requests).into_iter();
        all.map(|(_, case)| case.request.report.clone()).collect()
    };
    let consent = |called: &Called<_>| {
        let all = called.all(&state.consents).into_iter();
        all.map(|(_, consent)| consent.report.clone()).collect()
    };
    let recall = |called: &Called<_>| {
        let all = called.all(&state.recalls).into_iter();
        all.map(|(_, recall)| recall.report.clone()).collect()
    };
    match command {
        Command::AddReport(report) | Command::AddReportBecause { report, .. } => one(&report.id),
        Command::WithdrawReport { report, .. }
        | Command::Distribute { report, .. }
        | Command::SetFacts { report, .. }
        | Command::GiveUpCopy { report, .. }
        | Command::OpenRequest { report, .. }
        | Command::Override { report, .. }
        | Command::Disclose { report, .. }
        | Command::HoldReport { report, .. }
        | Command::ResumeReport { report }
        | Command::RecordDecision { report, .. }
        | Command::RecordOpening { report, .. }
        | Command::Recall { report, .. }
        | Command::RecallFrom { report, .. } => one(report),
        Command::HandOver(handover) | Command::Export(handover) => one(&handover.report),
        Command::Release(release) => one(&release.report),
        Command::SetEmbargo(word) => one(&word.report),
        Command::ProtectSource { reports, .. } => reports.clone(),
        Command::PrepareBriefing { reports, .. } => reports.iter().cloned().collect(),
        Command::RetractRequest { request: id, .. }
        | Command::AnswerExposure { request: id }
        | Command::Grant { request: id, .. }
        | Command::Refuse { request: id, .. }
        | Command::Substitute { request: id, .. } => request(id),
        Command::RenewConsent { consent: id, .. }
        | Command::NarrowConsent { consent: id, .. }
        | Command::SayOfConsent { consent: id, .. }
        | Command::WithdrawConsent { consent: id, .. } => consent(id),
        Command::Approve { pending, .. } | Command::Decline { pending, .. } => {
            let waiting = state.pending.get(pending).into_iter();
            waiting.map(|waiting| waiting.report.clone()).collect()
        }
        Command::LiftRecall { recall: id, .. } | Command::AcknowledgeRecall { recall: id, .. } => recall(id),
        // A case has its own members; the rest is about no report, or is the node's own.
        Command::OpenIncident(_)
        | Command::NoteIncident { .. }
        | Command::ContainIncident { .. }
        | Command::RespondToIncident { .. }
        | Command::NotifyIncident { .. }
        | Command::AssessIncident { .. }
        | Command::CloseIncident { .. }
        | Command::AcknowledgeIncident { .. }
        | Command::Found(_)
        | Command::SetParty(_)
        | Command::SetContact { .. }
        | Command::StopLink { .. }
        | Command::SetDeputy(_)
        | Command::EndDeputy { .. }
        | Command::SetMembership { .. }
        | Command::SetKeys(_)
        | Command::RotateKeys(_)
        | Command::DeclareCompromised { .. }
        | Command::SetPerson(_)
        | Command::ChangePersons(_)
        | Command::KeepOutsider(_)
        | Command::EnablePerson(_)
        | Command::SetAudience(_)
        | Command::UndoEntry { .. }
        | Command::SetRule { .. }
        | Command::RemoveRule(_)
        | Command::InstallScheme { .. }
        | Command::ReadMarksAgain
        | Command::RemoveScheme { .. }
        | Command::SetRegister(_)
        | Command::SetArrangement { .. }
        | Command::SetArrangementStatus { .. }
        | Command::ReleaseSource { .. }
        | Command::GiveReceipts { .. }
        | Command::TakeReceipts { .. }
        | Command::Receive { .. }
        | Command::RecordSignIn { .. }
        | Command::RecordAccount { .. }
        | Command::RecordPassphrase { .. }
        | Command::RecordRefusal { .. }
        | Command::RecordToken { .. }
        | Command::RecordEnd { .. }
        | Command::UseKey { .. }
        | Command::TakeReceipt(_) => BTreeSet::new(),
    }
}

impl State {
    /// Takes a report out, with everything that is about it.
    fn leave_out(&mut self, report: &ReportId) {
        macro_rules! leave_out {
            ($($field:ident)*) => {
                $(
                    let keys: Vec<_> = self.$field.keys_of(report).cloned().collect();
                    for key in keys {
                        self.$field.remove(&key);
                    }
                )*
            };
        }
        leave_out!(requests consents substitutes recalls overrides disclosures notices openings exposures embargoes pending);
        self.reports.remove(report);
        self.facts.remove(report);
        self.facts_of.remove(report);
    }
}

/// The world as somebody may know it: without every report that they may not learn of.
pub fn world_of<'s>(state: &'s State, person: &PersonId, context: &Context<'_>) -> Cow<'s, State> {
    let protected = state.links.iter().filter(|(_, links)| links.protected);
    let hidden = protected
        .map(|(report, _)| report)
        .filter(|report| is_hidden(state, person, report, context));
    let hidden: Vec<ReportId> = hidden.cloned().collect();
    if hidden.is_empty() {
        return Cow::Borrowed(state);
    }
    let mut left = state.clone();
    hidden.iter().for_each(|report| left.leave_out(report));
    Cow::Owned(left)
}
