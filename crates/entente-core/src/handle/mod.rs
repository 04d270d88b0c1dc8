//! Commands: what someone wants to happen. A handler gives the events, or a refusal that says what to do.
//!
//! Handlers only read the state; nothing happens before their events are committed.

mod answer;
mod asked;
mod briefing;
mod called;
mod carried;
mod directory;
mod embargo;
mod incident;
mod keys;
mod life;
mod lineage;
mod meaning;
mod notices;
mod owner;
mod part;
mod past;
mod plan;
mod purge;
mod receive;
mod release;
mod repeat;
mod report;
mod reread;
mod schemes;
mod source;
mod undo;

pub use briefing::{Standing, standing};
pub use called::the_one;
pub use carried::marked_in;
pub use embargo::EmbargoWord;
pub use incident::{Opening, exposed_portions, known_disclosure, must_be_told, source_damage};
pub use life::receipts_due;
pub use lineage::{base_lineage, nearest_portion, party_of, same_words};
pub(crate) use meaning::label_of;
pub use meaning::{meaning, side_by_side};
pub use owner::Release;
pub use part::{Handover, Openness, exported, openness_for};
pub use past::Said;
pub use plan::{PlanLine, plan};
pub use purge::{Following, resting_on};
pub use release::OVERRIDE_ROLE;
pub use report::{MAX_FACTS, MAX_PORTIONS, Why};
pub use reread::{ReadNow, Reread, reread};
pub use schemes::needs_scheme;
pub use source::{MAX_QUESTIONS, MAX_REGISTER};

use std::collections::BTreeSet;

use entente_marking::us::Register;
use entente_marking::{Groups, Label, Purpose, SchemeId, Schemes};
use jiff::Timestamp;

use crate::arrangement::{Arrangement, ArrangementStatus};
use crate::decide::{LocalPolicy, NotFound, SourceExposure};
use crate::disclosure::{Lawful, RecallAction, Route};
use crate::entered::Entered;
use crate::event::Event;
use crate::exposure::Threshold;
use crate::fact::{Fact, Status, Words};
use crate::ids::{
    ArrangementId, BriefingId, ConsentId, DecisionId, DisclosureId, FactId, IncidentId, PartyPath, PersonId, PortionId,
    RecallId, ReportId, RequestId, RuleName, SourceId,
};
use crate::in_force::state_marks;
use crate::incident::What;
use crate::keys::{KeysShown, Succession};
use crate::life::{Cut, Saying};
use crate::message::Message;
use crate::named::Called;
use crate::part::Receipt;
use crate::party::{Audience, LocalRule, Party, Person, PersonChange};
use crate::receipt::MessageReceipt;
use crate::report::Report;
use crate::request::Consent;
use crate::state::State;

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

/// Terms of a consent that is to be given.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// What for; `None` to allow the purpose that was asked for.
    pub purposes: Option<BTreeSet<Purpose>>,
    /// What to observe.
    pub conditions: Vec<String>,
    /// When it ends.
    pub ends: Option<Timestamp>,
    /// Whether it also follows its portions through changed text under the same mark.
    pub standing: bool,
    /// Why it is given although it narrows a protected source below its threshold.
    pub despite_exposure: Option<String>,
    /// Who gives it: stated, not authenticated.
    pub given_by: Option<PersonId>,
    /// The moment before which nothing goes further under it.
    pub not_before: Option<Timestamp>,
}

/// A fact that was told to an audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// The fact.
    pub fact: FactId,
    /// How it was put.
    pub status: Status,
    /// Who it comes from in the end, where that is known.
    pub origin: Option<String>,
    /// In which words, where a text told it.
    pub words: Option<Words>,
}

/// Who reviewed a finding, and what they read the portion for, where the arrangement or a marking asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The reviewer.
    pub by: PersonId,
    /// What for.
    pub purpose: Option<Purpose>,
}

/// What someone wants to happen.
#[derive(Clone, Debug)]
pub enum Command {
    /// Set the node up for a party.
    Found(Party),
    /// Make a party known, or change what is known of it.
    SetParty(Party),
    /// State that a party is of the community, or that it is not any more.
    SetMembership {
        /// The party.
        party: PartyPath,
        /// Whether it is.
        member: bool,
    },
    /// Take in keys that are shown for a party.
    SetKeys(Box<KeysShown>),
    /// Put this party's own new keys in place, and tell partners.
    RotateKeys(Box<Succession>),
    /// Declare a key compromised.
    DeclareCompromised {
        /// The key, as a verifier key or its beginning.
        key: String,
        /// From when on.
        from: Timestamp,
    },
    /// Make a person known, or change what is known of them.
    SetPerson(Person),
    /// Change what is named of persons, in one step; who is not known becomes known.
    ChangePersons(Vec<PersonChange>),
    /// Keep what a caller says of an outsider who is not registered. What is registered stays as it is.
    KeepOutsider(Person),
    /// Let a person who was disabled in again.
    EnablePerson(PersonId),
    /// Define an audience.
    SetAudience(Audience),
    /// Take back a party, person or audience that was entered by mistake, while nothing rests on it.
    UndoEntry {
        /// What.
        entry: Entered,
        /// Why.
        reason: String,
    },
    /// Set a rule of this party's own, or set it anew. Its text has to be checked by the engine that reads it.
    SetRule {
        /// Its name.
        name: RuleName,
        /// Its text.
        text: String,
    },
    /// Remove a rule of this party's own.
    RemoveRule(RuleName),
    /// Take over how this program reads the marks of what is held, where that is stricter than what is stored.
    ReadMarksAgain,
    /// Install a policy file: from now on its marks are read here.
    InstallScheme {
        /// The file, an XML SPIF.
        file: String,
        /// The scheme's name, where the policy's own is not to be used.
        name: Option<String>,
    },
    /// Take a policy file out again.
    RemoveScheme {
        /// The scheme.
        id: SchemeId,
        /// Its variant, where there are several.
        profile: Option<String>,
    },
    /// Replace this node's own lists beside the published ones; `None` to have none.
    SetRegister(Option<Register>),
    /// Make an arrangement known, or its terms stricter. Its status stays as it is.
    SetArrangement {
        /// Its terms.
        arrangement: Arrangement,
        /// Whether all parties have agreed on terms that are laxer than those recorded.
        agreed: bool,
    },
    /// Suspend, resume or end an arrangement.
    SetArrangementStatus {
        /// The arrangement.
        id: ArrangementId,
        /// Its status from now on.
        status: ArrangementStatus,
    },
    /// Add a version of a report of one's own.
    AddReport(Report),
    /// The same, where the author has to say why on the record.
    AddReportBecause {
        /// The version.
        report: Report,
        /// Why.
        why: Why,
    },
    /// Bar readers from a report.
    WithdrawReport {
        /// The report.
        report: ReportId,
        /// Why.
        reason: String,
    },
    /// Put persons on a report's distribution, or take them off it.
    Distribute {
        /// The report.
        report: ReportId,
        /// Whom to put on it.
        add: BTreeSet<PersonId>,
        /// Whom to take off it.
        remove: BTreeSet<PersonId>,
    },
    /// Write down the facts of a report held here.
    SetFacts {
        /// The report.
        report: ReportId,
        /// All its facts; they replace what was there.
        facts: Vec<Fact>,
    },
    /// Hand over what of the latest version of a report a party may have.
    HandOver(Handover),
    /// Record that what of a report a party may have by marks and terms alone leaves in the format of others. Nothing is
    /// sent.
    Export(Handover),
    /// Release text of one's own, without a request.
    Release(Box<Release>),
    /// Say until when nothing of one's own text goes further: set, moved or ended.
    SetEmbargo(EmbargoWord),
    /// Continue a consent under a new id.
    RenewConsent {
        /// The new id.
        id: ConsentId,
        /// The consent that it continues.
        consent: Called<ConsentId>,
        /// The new terms; what is not named stays as it was.
        terms: Terms,
    },
    /// Take persons, portions or purposes away from a consent.
    NarrowConsent {
        /// The consent.
        consent: Called<ConsentId>,
        /// What.
        cut: Cut,
        /// Why.
        reason: String,
    },
    /// Tell the originator of a consent what its holder makes of it.
    SayOfConsent {
        /// The consent.
        consent: Called<ConsentId>,
        /// What.
        saying: Saying,
    },
    /// Take a request back.
    RetractRequest {
        /// The request.
        request: Called<RequestId>,
        /// Why.
        reason: String,
    },
    /// Give the copy of another party's report up.
    GiveUpCopy {
        /// The report.
        report: ReportId,
        /// What is stated about it.
        statement: String,
    },
    /// Tell a party what was taken in of its reports.
    GiveReceipts {
        /// Whom.
        to: PartyPath,
        /// Whether they leave by themselves; otherwise another message has carried them.
        alone: bool,
    },
    /// Take receipts that came with a message whose signature was verified.
    TakeReceipts {
        /// Who signed it.
        from: PartyPath,
        /// What it took in.
        receipts: Vec<Receipt>,
    },
    /// Put a source of one's own under protection, or change how.
    ProtectSource {
        /// The source.
        id: SourceId,
        /// The register of candidates, as JSON.
        register: String,
        /// How far it may be narrowed.
        threshold: Threshold,
        /// The reports that rest on it.
        reports: BTreeSet<ReportId>,
    },
    /// End a source's protection.
    ReleaseSource {
        /// The source.
        id: SourceId,
        /// Why.
        reason: String,
    },
    /// Tell an asker whether what it asks for keeps the sources behind it above their thresholds.
    AnswerExposure {
        /// The request.
        request: Called<RequestId>,
    },
    /// Ask all originators whose word is missing.
    OpenRequest {
        /// The id of the request; numbers are added where several originators have to be asked.
        id: RequestId,
        /// The report.
        report: ReportId,
        /// The portions; all that are not permitted where none are named.
        portions: Option<Vec<PortionId>>,
        /// For whom.
        audience: BTreeSet<PersonId>,
        /// What for.
        purpose: Option<Purpose>,
        /// Why.
        reason: String,
        /// What has changed since the same was asked before; empty where nothing has.
        change: String,
        /// By when an answer is of use.
        needed_by: Option<Timestamp>,
    },
    /// Consent to a request.
    Grant {
        /// The id of the consent.
        id: ConsentId,
        /// The request.
        request: Called<RequestId>,
        /// The portions; all that are open where none are named.
        portions: Option<BTreeSet<PortionId>>,
        /// The terms.
        terms: Terms,
    },
    /// Refuse a request.
    Refuse {
        /// The request.
        request: Called<RequestId>,
        /// The portions; all that are open where none are named.
        portions: Option<BTreeSet<PortionId>>,
        /// Why, as far as the asker is told.
        reason: String,
    },
    /// Give another text instead of a portion.
    Substitute {
        /// The id of the consent that goes with it.
        id: ConsentId,
        /// The request.
        request: Called<RequestId>,
        /// The portion.
        portion: PortionId,
        /// The mark of the text, in canonical form.
        mark: String,
        /// What the mark means.
        label: Label,
        /// The text.
        text: String,
        /// The terms.
        terms: Terms,
    },
    /// Withdraw a consent.
    WithdrawConsent {
        /// The consent.
        consent: Called<ConsentId>,
        /// Why.
        reason: String,
    },
    /// Release without the consents that are needed, on one's own authority.
    Override {
        /// The id of the override.
        id: DisclosureId,
        /// Who decides.
        authority: PersonId,
        /// The report.
        report: ReportId,
        /// The portions.
        portions: BTreeSet<PortionId>,
        /// To whom.
        audience: BTreeSet<PersonId>,
        /// What for.
        purpose: Option<Purpose>,
        /// Whether it is lawful.
        lawful: Lawful,
        /// Why.
        reason: String,
    },
    /// Record that an audience learned portions.
    Disclose {
        /// The id of the disclosure.
        id: DisclosureId,
        /// The report.
        report: ReportId,
        /// The portions.
        portions: BTreeSet<PortionId>,
        /// Who learned them.
        audience: BTreeSet<PersonId>,
        /// How.
        route: Route,
        /// Who disclosed them.
        by: Option<PersonId>,
        /// Which facts, and how each was put; empty where it was the portions as they stand.
        learned: Vec<Telling>,
        /// What for.
        purpose: Option<Purpose>,
        /// Whether it was lawful.
        lawful: Lawful,
        /// The override it rests on.
        under: Option<DisclosureId>,
        /// Who reviewed the finding that it rests on.
        review: Option<Review>,
        /// The briefing in which it was said.
        briefing: Option<BriefingId>,
        /// When.
        said: Said,
    },
    /// Put releases of a report on hold: nothing of it goes to anyone outside.
    HoldReport {
        /// The report.
        report: ReportId,
        /// Why.
        reason: String,
    },
    /// Let releases of a report go on.
    ResumeReport {
        /// The report.
        report: ReportId,
    },
    /// Open a case.
    OpenIncident(Box<Opening>),
    /// Record something in a case.
    NoteIncident {
        /// The case.
        incident: IncidentId,
        /// Who records it.
        by: PersonId,
        /// What.
        what: What,
    },
    /// Put releases of everything concerned on hold, and recall what is this party's own.
    ContainIncident {
        /// The case.
        incident: IncidentId,
        /// Who orders it.
        by: PersonId,
        /// What holders of this party's own reports have to do; `None` to recall nothing.
        recall: Option<RecallAction>,
        /// The id of the recalls; numbers are added.
        recall_id: RecallId,
    },
    /// Carry out the plan of a case in one step: warn, put on hold, recall, tell.
    RespondToIncident {
        /// The case.
        incident: IncidentId,
        /// Who orders it.
        by: PersonId,
        /// What holders of this party's own reports have to do; `None` to recall nothing.
        recall: Option<RecallAction>,
        /// The id of the recalls; numbers are added.
        recall_id: RecallId,
        /// The lines of the plan that are struck, by their names.
        struck: BTreeSet<String>,
    },
    /// Tell everyone concerned who has not been told, each its own part.
    NotifyIncident {
        /// The case.
        incident: IncidentId,
        /// Who tells them.
        by: PersonId,
    },
    /// Assess the damage, with measures of this party's own sources.
    AssessIncident {
        /// The case.
        incident: IncidentId,
        /// Who assesses it.
        by: PersonId,
        /// The assessor's words.
        note: String,
        /// Whether it is the last word.
        last: bool,
    },
    /// Close a case of which every stage is done.
    CloseIncident {
        /// The case.
        incident: IncidentId,
        /// Who closes it.
        by: PersonId,
        /// How it ended.
        note: String,
        /// Whether releases that it put on hold go on.
        resume: bool,
    },
    /// Tell the party that told of an incident that note was taken.
    AcknowledgeIncident {
        /// The incident.
        incident: Called<IncidentId>,
        /// What is done about it.
        statement: String,
    },
    /// Work out what may be said to an audience.
    PrepareBriefing {
        /// The id of the briefing.
        id: BriefingId,
        /// Who will speak.
        speaker: PersonId,
        /// To whom.
        audience: BTreeSet<PersonId>,
        /// About which reports.
        reports: Vec<ReportId>,
        /// What for.
        purpose: Option<Purpose>,
    },
    /// Record a decision that was given to someone.
    RecordDecision {
        /// Its id.
        id: DecisionId,
        /// The report.
        report: ReportId,
        /// The portions; all where none are named.
        portions: Option<Vec<PortionId>>,
        /// The audience.
        audience: BTreeSet<PersonId>,
        /// What for.
        purpose: Option<Purpose>,
    },
    /// Record that someone opens a report, before it is shown.
    RecordOpening {
        /// The report.
        report: ReportId,
        /// Its version; the latest where none is named.
        version: Option<u32>,
        /// Who.
        reader: PersonId,
        /// What for.
        purpose: Option<Purpose>,
    },
    /// Recall a report of one's own.
    Recall {
        /// The id of the recall.
        id: RecallId,
        /// The report.
        report: ReportId,
        /// What holders have to do.
        action: RecallAction,
        /// Why.
        reason: String,
    },
    /// Recall a report of one's own from some of its holders alone.
    RecallFrom {
        /// The id of the recall.
        id: RecallId,
        /// The report.
        report: ReportId,
        /// From whom.
        from: BTreeSet<PartyPath>,
        /// What they have to do.
        action: RecallAction,
        /// Why.
        reason: String,
    },
    /// Lift a recall. What was destroyed meanwhile has to be delivered again.
    LiftRecall {
        /// The recall.
        recall: Called<RecallId>,
        /// Why.
        reason: String,
    },
    /// Acknowledge a recall that another party ordered.
    AcknowledgeRecall {
        /// The recall.
        recall: Called<RecallId>,
        /// How it is followed.
        following: Following,
    },
    /// Take in a message whose signature has been verified.
    Receive {
        /// Who signed it.
        from: PartyPath,
        /// The id of the file.
        id: String,
        /// Digest of the file.
        digest: String,
        /// The message.
        message: Message,
    },
    /// Record that somebody signed in, or failed to where nothing proved it.
    RecordSignIn {
        /// As whom.
        person: PersonId,
        /// What proved it.
        by: Option<String>,
    },
    /// Use a key that a program chose for the command that goes with it.
    UseKey {
        /// In whose name.
        caller: PersonId,
        /// What is kept of the key.
        key: String,
        /// What is kept of the command.
        command: String,
    },
    /// Record that a command was given with the passphrase, although people can sign in.
    RecordPassphrase {
        /// The command, without what it named.
        command: String,
    },
    /// Record that a program got a token, or that one was ended.
    RecordToken {
        /// In whose name it acts.
        person: PersonId,
        /// What it is called.
        name: String,
        /// What it is for, and until when; `None` where it was ended.
        lasts: Option<(String, Timestamp)>,
    },
    /// Record that somebody who is signed in was refused something.
    RecordRefusal {
        /// Who.
        person: PersonId,
        /// What they tried, as the table of roles calls it.
        act: String,
    },
    /// Record that somebody got an account.
    RecordAccount {
        /// Who.
        person: PersonId,
    },
    /// Keep what the receiver of a message said of it. Its signature has been verified.
    TakeReceipt(MessageReceipt),
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

/// Why a command was not carried out, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Something named in the command is not there.
    #[error("there is no {what} `{name}`; {remedy}")]
    Missing {
        /// The kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A report or portion is not there.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The name is taken.
    #[error("the {what} `{name}` exists already; {remedy}")]
    Exists {
        /// The kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
        /// What to do.
        remedy: &'static str,
    },
    /// Nobody here, or nobody there, may do this.
    #[error("{who} may not {what}: {why}")]
    NotEntitled {
        /// Who tried.
        who: String,
        /// What.
        what: &'static str,
        /// Why not, and who could.
        why: String,
    },
    /// No role of whoever is signed in includes it.
    #[error("{who} may not do this: {why}")]
    NotInRole {
        /// Who tried.
        who: PersonId,
        /// What, as the table of roles calls it.
        act: &'static str,
        /// Which roles do.
        why: String,
    },
    /// Someone would work with a portion that they may not know.
    #[error(
        "{who} may not know {report}/{portion}; name a reviewer who may, and what they read it for where the arrangement asks"
    )]
    MayNotKnow {
        /// Who.
        who: PersonId,
        /// The report.
        report: ReportId,
        /// The portion.
        portion: PortionId,
    },
    /// The version says nothing else than the one before.
    #[error("nothing changed: {report} v{version} says the same")]
    Unchanged {
        /// The report.
        report: ReportId,
        /// The version that is held.
        version: u32,
    },
    /// The same command under the same key again: nothing to do.
    #[error("this was done before under the same key; nothing was changed")]
    DoneBefore,
    /// Another command under a key that was used.
    #[error("this key was used for another command within a day; choose a fresh key for each command")]
    OtherCommand,
    /// The command makes no sense as things stand.
    #[error("{0}")]
    Invalid(String),
    /// The same file again: nothing to do.
    #[error("file `{id}` of {from} was taken in before; nothing was changed")]
    Repeated {
        /// The sender.
        from: PartyPath,
        /// The file's id.
        id: String,
    },
}

impl Refusal {
    fn missing(what: &'static str, name: &(impl ToString + ?Sized), remedy: &'static str) -> Self {
        Self::Missing {
            what,
            name: name.to_string(),
            remedy,
        }
    }

    /// Whether it says that something is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::NotFound(_))
    }
}

/// Gives the events that carry out a command, or says why not.
///
/// # Errors
/// A [`Refusal`], when the command cannot or must not be carried out.
pub fn handle(state: &State, command: Command, context: &Context<'_>) -> Result<Decided, Refusal> {
    let given_here = !matches!(command, Command::Receive { .. });
    let mut decided = carry_out(state, command, context)?;
    if given_here {
        decided.consents_mut().for_each(|consent| state_marks(state, consent));
    }
    Ok(decided)
}

fn carry_out(state: &State, command: Command, context: &Context<'_>) -> Result<Decided, Refusal> {
    // Whose consents named somebody who is not any more who they were is told so.
    let told = |decided| life::told_of_change(state, decided, context);
    match command {
        Command::Found(party) => directory::found(state, party),
        Command::SetParty(party) => keys::set_party(state, party),
        Command::SetMembership { party, member } => directory::set_membership(state, party, member, context.now),
        Command::SetKeys(shown) => keys::set_keys(state, &shown, context),
        Command::RotateKeys(succession) => keys::rotate(state, *succession, context),
        Command::DeclareCompromised { key, from } => keys::declare(state, &key, from, context),
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
        Command::RecordToken { person, name, lasts } => Ok(Decided::events([Event::TokenSet {
            person,
            name,
            lasts,
            at: context.now,
        }])),
        Command::RecordRefusal { person, act } => Ok(Decided::events([Event::ActRefused {
            person,
            act,
            at: context.now,
        }])),
        Command::RecordAccount { person } => directory::account_made(state, person, context.now),
        Command::TakeReceipt(receipt) => receive::receipt(state, receipt),
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
