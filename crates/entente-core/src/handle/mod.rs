//! Commands: what someone wants to happen. A handler gives the events, or a refusal that says what to do.
//!
//! Handlers only read the state; nothing happens before their events are committed.

mod answer;
mod asked;
mod briefing;
mod called;
mod carried;
mod command;
mod concerned;
mod cost;
mod directory;
mod embargo;
mod incident;
mod keys;
mod life;
mod lineage;
mod meaning;
mod notices;
mod openness;
mod owner;
mod part;
mod past;
mod plan;
mod purge;
mod receive;
mod refusal;
mod release;
mod repeat;
mod report;
mod reread;
mod schemes;
mod second;
mod source;
mod terms;
mod undo;

pub use briefing::{Standing, standing};
pub use called::the_one;
pub use carried::marked_in;
pub use command::Command;
pub use concerned::{exposed_portions, known_disclosure, must_be_told};
pub use cost::source_damage;
pub use embargo::EmbargoWord;
pub use incident::Opening;
pub use life::receipts_due;
pub use lineage::{base_lineage, nearest_portion, party_of, same_words};
pub(crate) use meaning::label_of;
pub use meaning::{meaning, side_by_side};
pub use openness::{Openness, openness_for};
pub use owner::Release;
pub use part::{Handover, exported};
pub use past::Said;
pub use plan::{PlanLine, plan};
pub use purge::{Following, resting_on};
pub use refusal::Refusal;
pub(crate) use release::to_ask_about;
pub use release::{OVERRIDE_ROLE, askable};
pub use report::{MAX_FACTS, MAX_PORTIONS, Why};
pub use reread::{ReadNow, Reread, reread};
pub use schemes::needs_scheme;
pub use second::{Consequence, consequence};
pub use source::{MAX_QUESTIONS, MAX_REGISTER};
pub use terms::{Review, Telling, Terms};

use std::collections::BTreeSet;

use entente_marking::{Groups, Schemes};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::actor::{self, Actor};
use crate::decide::{LocalPolicy, SourceExposure};
use crate::event::Event;
use crate::ids::{PartyPath, RequestId};
use crate::in_force::state_marks;
use crate::message::Message;
use crate::named::Called;
use crate::party::LocalRule;
use crate::request::Consent;
use crate::second::Proposed;
use crate::state::State;
use crate::unseen::{Known, within_sight};

/// What a handler may look at besides the state: the moment, groups and schemes, and the guards of decisions.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    /// Now.
    pub now: Timestamp,
    /// Who belongs to the groups on release lists.
    pub groups: &'c Groups,
    /// The schemes in which marks are read.
    pub schemes: &'c Schemes,
    /// The party's own policies.
    pub policy: &'c dyn LocalPolicy,
    /// What originators say about their sources.
    pub exposure: &'c dyn SourceExposure,
}

/// What is to happen: events to commit, and messages to send once they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decided {
    /// What happened.
    pub events: Vec<Event>,
    /// Messages that follow from it, with their receivers.
    pub messages: Vec<(PartyPath, Message)>,
}

impl Decided {
    fn events(events: impl Into<Vec<Event>>) -> Self {
        Self {
            events: events.into(),
            messages: Vec::new(),
        }
    }

    /// Every consent that is given by it, and as it travels.
    fn consents_mut(&mut self) -> impl Iterator<Item = &mut Consent> {
        let recorded = self.events.iter_mut().filter_map(|event| match event {
            Event::ConsentGiven(consent) => Some(consent),
            _ => None,
        });
        let sent = self.messages.iter_mut().flat_map(|(_, message)| match message {
            Message::Answer { consents, .. } => consents.as_mut_slice(),
            _ => &mut [],
        });
        recorded.chain(sent)
    }

    fn send(mut self, to: PartyPath, message: Message) -> Self {
        self.messages.push((to, message));
        self
    }
}

/// Gives the events that carry out a command, or says why not.
///
/// # Errors
/// A [`Refusal`], when the command cannot or must not be carried out.
pub fn handle(state: &State, command: Command, context: &Context<'_>) -> Result<Decided, Refusal> {
    handled(state, None, command, context)
}

/// The same in the name of somebody who is signed in: their roles have to allow it, and what they may not know of is not
/// there.
///
/// # Errors
/// As for [`handle`], and when no role of theirs allows it.
pub fn handle_as(state: &State, actor: &Actor, command: Command, context: &Context<'_>) -> Result<Decided, Refusal> {
    actor::check(state, actor, &command, context.now)?;
    let known = Known::to(state, &actor.person, &command, context);
    let command = within_sight(&known.state, actor, command, context)?;
    let decided = handled(&known.state, Some(actor), command, context)?;
    known.nothing_left_out()?;
    Ok(decided)
}

fn handled(state: &State, actor: Option<&Actor>, command: Command, context: &Context<'_>) -> Result<Decided, Refusal> {
    match command {
        Command::Receive { .. } => carry_out(state, command, context),
        Command::Approve { pending, digest } => second::approve(state, actor, (&pending, &digest), context),
        Command::Decline { pending, reason } => second::decline(state, actor, &pending, reason, context),
        command => {
            let proposed = Proposed::of(&command);
            let decided = outright(state, command, context)?;
            second::held_back(state, actor, proposed, decided, context)
        }
    }
}

/// What a command of this party's comes to where it takes nobody else.
fn outright(state: &State, command: Command, context: &Context<'_>) -> Result<Decided, Refusal> {
    let mut decided = carry_out(state, command, context)?;
    decided.consents_mut().for_each(|consent| state_marks(state, consent));
    Ok(decided)
}

fn carry_out(state: &State, command: Command, context: &Context<'_>) -> Result<Decided, Refusal> {
    // Whose consents named somebody who is not any more who they were is told so.
    let told = |decided| life::told_of_change(state, decided, context);
    match command {
        Command::Found(party) => directory::found(state, party),
        Command::SetParty(party) => keys::set_party(state, party),
        Command::SetDeputy(deputy) => directory::set_deputy(state, deputy, context.now),
        Command::EndDeputy { of, deputy } => directory::end_deputy(state, of, deputy, context.now),
        Command::SetContact { party, name, contact } => directory::set_contact(state, party, name, contact),
        Command::SetMembership { party, member } => directory::set_membership(state, party, member, context.now),
        Command::SetKeys(shown) => keys::set_keys(state, &shown, context),
        Command::RotateKeys(succession) => keys::rotate(state, *succession, context),
        Command::DeclareCompromised { key, from } => keys::declare(state, &key, from, context),
        Command::StopLink { party, why } => keys::stop(state, &party, why, context),
        Command::SetPerson(person) => Ok(told(directory::set_person(state, person)?)),
        Command::ChangePersons(changes) => Ok(told(directory::change_persons(state, changes)?)),
        Command::KeepOutsider(person) => directory::keep_outsider(state, person),
        Command::EnablePerson(id) => directory::enable_person(state, &id),
        Command::SetAudience(audience) => directory::set_audience(audience),
        Command::UndoEntry { entry, reason } => undo::undo(state, entry, reason, context.now),
        Command::SetRule { name, text } => Ok(Decided::events([Event::LocalRuleSet(LocalRule {
            name,
            text,
            set: context.now,
            removed: None,
        })])),
        Command::RemoveRule(name) => directory::remove_rule(state, &name, context.now),
        Command::ReadMarksAgain => reread::record(state, context),
        Command::InstallScheme { file, name } => schemes::install(state, file, name.as_deref(), context),
        Command::RemoveScheme { id, profile } => schemes::remove(state, &id, profile.as_deref()),
        Command::SetRegister(register) => schemes::set_register(state, register),
        Command::SetArrangement { arrangement, agreed } => directory::set_arrangement(state, arrangement, agreed),
        Command::SetArrangementStatus { id, status } => {
            directory::set_arrangement_status(state, &id, status, context.now)
        }
        Command::AddReport(report) => report::add(state, report, Why::default(), context),
        Command::AddReportBecause { report, why } => report::add(state, report, why, context),
        Command::WithdrawReport { report, reason } => report::withdraw(state, report, reason, context),
        Command::Distribute { report, add, remove } => report::distribute(state, report, add, remove),
        Command::SetFacts { report, facts } => report::set_facts(state, report, facts),
        Command::HandOver(handover) => part::hand_over(state, &handover, context),
        Command::Export(handover) => part::export(state, &handover, context),
        Command::Release(release) => owner::release(state, &release, context),
        Command::SetEmbargo(word) => embargo::set(state, &word, context),
        Command::RenewConsent { id, consent, terms } => life::renew(state, id, &consent, terms, context),
        Command::NarrowConsent { consent, cut, reason } => life::narrow(state, &consent, cut, reason, context),
        Command::SayOfConsent { consent, saying } => life::say(state, &consent, saying, context),
        Command::RetractRequest { request, reason } => life::retract(state, &request, reason, context),
        Command::GiveUpCopy { report, statement } => life::give_up(state, &report, statement, context),
        Command::GiveReceipts { to, alone } => life::give_receipts(state, &to, alone, context),
        Command::TakeReceipts { from, receipts } => {
            receive::receipts(state, home(state)?, &from, receipts, context.now).map(Decided::events)
        }
        Command::ProtectSource {
            id,
            register,
            threshold,
            reports,
        } => source::protect(state, id, register, threshold, reports, context),
        Command::ReleaseSource { id, reason } => source::release(state, id, reason, context),
        Command::AnswerExposure { request } => source::answer(state, &request, context),
        Command::OpenRequest { .. } => release::open_request(state, command, context),
        Command::Grant {
            id,
            request,
            portions,
            terms,
        } => answer::grant(state, id, &request, portions, terms, context),
        Command::Refuse {
            request,
            portions,
            reason,
        } => answer::refuse(state, &request, portions, reason, context),
        Command::Substitute { .. } => answer::substitute(state, command, context),
        Command::WithdrawConsent { consent, reason } => answer::withdraw(state, &consent, reason, context),
        Command::Override { .. } => release::override_control(state, command, context),
        Command::Disclose { .. } => release::disclose(state, command, context),
        Command::HoldReport { report, reason } => report::hold(state, report, reason, context),
        Command::ResumeReport { report } => report::resume(state, report),
        Command::OpenIncident(opening) => incident::open(state, *opening, context),
        Command::NoteIncident { incident, by, what } => incident::note(state, &incident, &by, what, context),
        Command::ContainIncident {
            incident,
            by,
            recall,
            recall_id,
        } => incident::contain(state, &incident, &by, recall, &recall_id, &BTreeSet::new(), context),
        Command::NotifyIncident { incident, by } => incident::notify(state, &incident, &by, &BTreeSet::new(), context),
        Command::RespondToIncident {
            incident,
            by,
            recall,
            recall_id,
            struck,
        } => plan::respond(state, (&incident, &by), (recall, &recall_id), &struck, context),
        Command::AssessIncident {
            incident,
            by,
            note,
            last,
        } => incident::assess(state, &incident, &by, note, last, context),
        Command::CloseIncident {
            incident,
            by,
            note,
            resume,
        } => incident::close(state, &incident, &by, note, resume, context),
        Command::AcknowledgeIncident { incident, statement } => {
            incident::acknowledge(state, &incident, statement, context)
        }
        Command::PrepareBriefing {
            id,
            speaker,
            audience,
            reports,
            purpose,
        } => briefing::prepare(state, id, speaker, audience, &reports, purpose, context),
        Command::RecordDecision {
            id,
            report,
            portions,
            audience,
            purpose,
        } => release::record(state, id, &report, portions.as_deref(), audience, purpose, context),
        Command::RecordOpening {
            report,
            version,
            reader,
            purpose,
        } => release::open(state, report, version, reader, purpose, context),
        Command::Recall {
            id,
            report,
            action,
            reason,
        } => report::recall(state, id, &report, action, reason, &BTreeSet::new(), context),
        Command::RecallFrom {
            id,
            report,
            from,
            action,
            reason,
        } => report::recall(state, id, &report, action, reason, &from, context),
        Command::LiftRecall { recall, reason } => life::lift(state, &recall, reason, context),
        Command::AcknowledgeRecall { recall, following } => purge::acknowledge(state, &recall, following, context),
        Command::RecordSignIn { person, by } => Ok(Decided::events([Event::SignedIn {
            person,
            by,
            at: context.now,
        }])),
        Command::UseKey { caller, key, command } => repeat::use_key(state, caller, key, command, context),
        Command::RecordPassphrase { command } => Ok(Decided::events([Event::PassphraseUsed {
            command,
            at: context.now,
        }])),
        Command::RecordToken {
            person,
            name,
            scope,
            until,
        } => Ok(Decided::events([Event::TokenSet {
            person,
            name,
            lasts: Some((scope, until)),
            at: context.now,
        }])),
        Command::RecordEnd { person, what } => Ok(Decided::events([Event::AccessEnded {
            person,
            what,
            at: context.now,
        }])),
        Command::RecordRefusal { person, act } => Ok(Decided::events([Event::ActRefused {
            person,
            act,
            at: context.now,
        }])),
        Command::RecordAccount { person } => directory::account_made(state, person, context.now),
        Command::TakeReceipt(receipt) => receive::receipt(state, receipt),
        // What waits is answered before, by whoever is signed in.
        Command::Approve { pending, digest } => second::approve(state, None, (&pending, &digest), context),
        Command::Decline { pending, reason } => second::decline(state, None, &pending, reason, context),
        Command::Receive {
            from,
            id,
            digest,
            message,
        } => receive::receive(
            state,
            from,
            id,
            digest,
            meaning::recheck(message, context.schemes, state),
            context,
        ),
    }
}

/// The name of one of several things that are made at once, each for somebody else or about something else: it tells neither
/// how many there are nor which of them it is.
fn told_apart(name: &impl ToString, whose: &impl ToString) -> String {
    let name = name.to_string();
    let digest = Sha256::digest(format!("{name} {}", whose.to_string()));
    let digits: String = digest.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    format!("{name}-{digits}")
}

fn home(state: &State) -> Result<&PartyPath, Refusal> {
    state
        .home
        .as_ref()
        .ok_or_else(|| Refusal::missing("node", "here", "set one up with `entente init --party PARTY`"))
}

const SEE_REQUESTS: &str = "`entente request list` shows the requests known here";

/// The request, when it is for this party to answer.
fn to_answer<'s>(state: &'s State, id: &Called<RequestId>) -> Result<&'s crate::state::RequestCase, Refusal> {
    let home = home(state)?;
    let ours = |case: &crate::state::RequestCase| case.request.to.includes(home);
    let (_, case) = the_one(&state.requests, id, ("request", SEE_REQUESTS), ours)?;
    if !ours(case) {
        return Err(Refusal::NotEntitled {
            who: home.to_string(),
            what: "answer this request",
            why: format!(
                "it was put to {}; wait for its answer, or take it back with `entente request retract {id}`",
                case.request.to
            ),
        });
    }
    Ok(case)
}
