//! What somebody asks the node to do: one variant for each step, with what it needs.

use std::collections::BTreeSet;

use entente_marking::us::Register;
use entente_marking::{Label, Purpose, SchemeId};
use jiff::Timestamp;

use super::report::Why;
use super::{EmbargoWord, Following, Handover, Opening, Release, Review, Said, Telling, Terms};
use crate::disclosure::{Lawful, RecallAction, Route};
use crate::exposure::Threshold;
use crate::ids::{
    ArrangementId, BriefingId, ConsentId, DecisionId, DisclosureId, IncidentId, PartyPath, PendingId, PersonId,
    PortionId, RecallId, ReportId, RequestId, RuleName, SourceId,
};
use crate::incident::What;
use crate::keys::{KeysShown, Succession};
use crate::life::{Cut, Saying};
use crate::{
    Arrangement, ArrangementStatus, Audience, Called, Contact, Deputy, Entered, Fact, Message, MessageReceipt, Party,
    Person, PersonChange, Receipt, Report,
};

/// What someone wants to happen.
#[derive(Clone, Debug)]
pub enum Command {
    /// Set the node up for a party.
    Found(Party),
    /// Make a party known, or change what is known of it.
    SetParty(Party),
    /// Notes how a party is reached, or strikes that out.
    SetContact {
        /// The party.
        party: PartyPath,
        /// What the contact is called there.
        name: String,
        /// How to reach it; `None` to strike it out.
        contact: Option<Contact>,
    },
    /// Has somebody stand in for another.
    SetDeputy(Deputy),
    /// Ends that somebody stands in for another.
    EndDeputy {
        /// Whose place it is.
        of: PersonId,
        /// Who stands in.
        deputy: PersonId,
    },
    /// States that a party is of the community, or is not any more.
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
    /// Stop the link with a partner that was caught, until somebody types in its fingerprint.
    StopLink {
        /// The partner.
        party: PartyPath,
        /// What it was caught at.
        why: String,
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
        /// The id of the request; a few digits are added where several originators have to be asked.
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
    /// Say yes, as the second person, to what waits for one.
    Approve {
        /// What waits.
        pending: PendingId,
        /// The digest of what was seen to follow from it.
        digest: String,
    },
    /// Say no to what waits for a second person.
    Decline {
        /// What waits.
        pending: PendingId,
        /// Why.
        reason: String,
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
        /// The id of the recalls; a few digits are added.
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
        /// The id of the recalls; a few digits are added.
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
    /// Record that a program got a token.
    RecordToken {
        /// In whose name it acts.
        person: PersonId,
        /// What it is called.
        name: String,
        /// What it is for.
        scope: String,
        /// Until when.
        until: Timestamp,
    },
    /// Record that a way in was ended before its time.
    RecordEnd {
        /// Whose.
        person: PersonId,
        /// Which, in words.
        what: String,
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
