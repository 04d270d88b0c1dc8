//! Everything that is remembered: what happened, as data.

use std::collections::BTreeSet;

use entente_marking::us::Register;
use entente_marking::{Purpose, SchemeId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arrangement::{Arrangement, ArrangementStatus};
use crate::briefing::Briefing;
use crate::contact::Contact;
use crate::deputy::Deputy;
use crate::disclosure::{Acknowledgement, Destroyed, Disclosure, Notice, Override, Recall};
use crate::embargo::Embargo;
use crate::entered::Entered;
use crate::fact::Fact;
use crate::ids::{
    ArrangementId, ConsentId, IncidentId, PartyPath, PendingId, PersonId, PortionId, RecallId, ReportId, RequestId,
    SourceId,
};
use crate::incident::{Entry, Incident, IncidentNotice};
use crate::installed::{InstalledScheme, MarkRead};
use crate::keys::Succession;
use crate::life::{Cut, Saying};
use crate::outcome::Outcome;
use crate::part::{Part, Receipt};
use crate::party::{Audience, LocalRule, Party, Person};
use crate::receipt::MessageReceipt;
use crate::repeat::UsedKey;
use crate::replay::Basis;
use crate::report::{Delivery, Report};
use crate::request::{Consent, Refusal, Request, Substitute};
use crate::second::{Answered, Pending};
use crate::source::{ExposureAnswer, ProtectedSource};

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Something that happened at this party.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", content = "data", rename_all = "kebab-case")]
pub enum Event {
    /// The node was set up for a party.
    Founded {
        /// The party that runs it.
        party: Party,
    },
    /// A party became known, or what is known of it changed.
    PartySet(Party),
    /// A party was stated to be of the community, or not to be any more.
    MembershipSet {
        /// The party.
        party: PartyPath,
        /// Whether it is.
        member: bool,
        /// When that was stated.
        at: Timestamp,
    },
    /// Somebody stands in for another from now on.
    DeputySet(Deputy),
    /// Somebody does not stand in for another any more.
    DeputyEnded {
        /// Whose place it was.
        of: PersonId,
        /// Who stood in.
        deputy: PersonId,
        /// Since when.
        at: Timestamp,
    },
    /// A contact at a party was noted, or struck out.
    ContactSet {
        /// The party.
        party: PartyPath,
        /// What the contact is called there.
        name: String,
        /// How to reach it; `None` where it was struck out.
        contact: Option<Contact>,
    },
    /// Keys of a party hold from now on; those before become former ones.
    KeysSet {
        /// The party.
        party: PartyPath,
        /// Its signing key.
        signing: String,
        /// The key to encrypt with.
        recipient: String,
        /// The statement by which it follows the key before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        succession: Option<Succession>,
        /// Whether a person typed in the fingerprint.
        #[serde(default)]
        by_fingerprint: bool,
        /// When, by this party's clock.
        at: Timestamp,
    },
    /// A key was declared compromised.
    KeyCompromised {
        /// Whose key.
        party: PartyPath,
        /// The key.
        key: String,
        /// From when on nothing that it signed counts.
        from: Timestamp,
        /// When that became known here.
        at: Timestamp,
    },
    /// Nothing is taken from a party or sealed to it until a fingerprint is typed in.
    LinkFrozen {
        /// The party.
        party: PartyPath,
        /// Why.
        why: String,
        /// The statement that does not fit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown: Option<Succession>,
        /// When.
        at: Timestamp,
    },
    /// A person became known, or what is known of them changed.
    PersonSet(Person),
    /// A rule of the party's own was set, set anew, or removed.
    LocalRuleSet(LocalRule),
    /// A policy file was installed.
    SchemeInstalled(InstalledScheme),
    /// A policy file was taken out.
    SchemeRemoved {
        /// The scheme.
        id: SchemeId,
        /// Its variant.
        profile: String,
    },
    /// Marks of a held version were read again, with rules that were not here before.
    MarksRead {
        /// The report.
        report: ReportId,
        /// Its version.
        version: u32,
        /// What its marks mean.
        marks: Vec<MarkRead>,
    },
    /// The node's own lists beside the published ones were replaced, or taken away.
    RegisterSet(Option<Register>),
    /// A party, person or audience that was entered by mistake was taken back, while nothing rested on it.
    EntryUndone {
        /// What.
        entry: Entered,
        /// Why.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// An audience was defined, or defined anew.
    AudienceSet(Audience),
    /// An arrangement became known, or its terms changed.
    ArrangementSet(Arrangement),
    /// An arrangement was suspended, resumed or ended.
    ArrangementStatusSet {
        /// The arrangement.
        id: ArrangementId,
        /// Its status from now on.
        status: ArrangementStatus,
        /// Since when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
        /// Who said so; events without it tell by the status.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<PartyPath>,
        /// The number of that word among the party's own.
        #[serde(default, skip_serializing_if = "is_zero")]
        revision: u64,
    },
    /// A partner stated terms that are not recorded here: they bind nobody here until they are.
    TermsProposed {
        /// Who stated them.
        from: PartyPath,
        /// The terms.
        arrangement: Arrangement,
    },
    /// A version of a report was written here.
    ReportAdded(Report),
    /// The author said why a version takes something away: lineage, or the end of a recall.
    VersionExplained {
        /// The report.
        report: ReportId,
        /// Its version.
        version: u32,
        /// What it takes away.
        what: String,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// A version of a report came from another party.
    ReportReceived {
        /// The report as it came.
        report: Report,
        /// Its delivery.
        delivery: Delivery,
        /// What there is to say of it, where it is a part, or marked for this party.
        #[serde(default, skip_serializing_if = "Part::is_whole")]
        part: Part,
    },
    /// The originator took a report back before or after delivery; readers are barred here.
    ReportWithdrawn {
        /// The report.
        report: ReportId,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// Releases of a report were put on hold: nothing of it goes to anyone outside.
    ReportHeld {
        /// The report.
        report: ReportId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Releases of a report go on.
    ReportResumed {
        /// The report.
        report: ReportId,
    },
    /// A report went to another party.
    ReportDelivered(Delivery),
    /// Persons were put on a report's distribution, or taken off it.
    DistributionChanged {
        /// The report.
        report: ReportId,
        /// Who was put on it.
        added: BTreeSet<PersonId>,
        /// Who was taken off it.
        removed: BTreeSet<PersonId>,
    },
    /// The facts of a report were written down, or written anew.
    FactsSet {
        /// The report.
        report: ReportId,
        /// All of them; they replace what was there.
        facts: Vec<Fact>,
    },
    /// A source was put under protection, or its threshold, register or reports changed.
    SourceProtected(ProtectedSource),
    /// A source's protection ended.
    SourceReleased {
        /// The source.
        source: SourceId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// An originator said whether a release keeps its source above the threshold, or released it knowingly.
    ExposureAnswered(ExposureAnswer),
    /// A case was opened.
    IncidentOpened(Incident),
    /// Something was done or found out in a case.
    IncidentNoted {
        /// The case.
        incident: IncidentId,
        /// What.
        entry: Entry,
    },
    /// Another party told of its incident, as far as it concerns this one.
    IncidentNoticed {
        /// Who told.
        from: PartyPath,
        /// What.
        notice: IncidentNotice,
    },
    /// A briefing was prepared.
    BriefingPrepared(Briefing),
    /// Someone opened a report here and was shown these portions.
    Opened {
        /// The report.
        report: ReportId,
        /// Its version.
        version: u32,
        /// Who.
        reader: PersonId,
        /// What for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        purpose: Option<Purpose>,
        /// What was shown.
        portions: BTreeSet<PortionId>,
        /// When.
        at: Timestamp,
    },
    /// An audience's access was decided; kept so that it can be shown later what was known and answered.
    Decided {
        /// The report.
        report: ReportId,
        /// Its version.
        version: u32,
        /// The audience.
        audience: BTreeSet<PersonId>,
        /// What for.
        purpose: Option<String>,
        /// The worst outcome for each portion.
        outcomes: Vec<(PortionId, Outcome)>,
        /// When.
        at: Timestamp,
    },
    /// What a decision that was recorded was made with, so that it can be made again.
    DecisionKept(Box<Basis>),
    /// A request was opened here.
    RequestOpened(Request),
    /// A request came from another party.
    RequestReceived(Request),
    /// A consent was given here, or came from an originator.
    ConsentGiven(Consent),
    /// A request was refused, in part or whole.
    RequestRefused(Refusal),
    /// A substitute text was given.
    SubstituteGiven(Substitute),
    /// A consent was withdrawn. It may come before the consent itself, and then holds for it all the same.
    ConsentWithdrawn {
        /// The consent.
        consent: ConsentId,
        /// Who withdrew it, where that came from another party.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<PartyPath>,
        /// From when on, by this party's own clock.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// A part of a consent was taken away. It may come before the consent itself, and then holds for it all the same.
    ConsentNarrowed {
        /// The consent.
        consent: ConsentId,
        /// Who gave it.
        originator: PartyPath,
        /// What was taken away.
        cut: Cut,
        /// From when on, by this party's own clock.
        at: Timestamp,
        /// Why.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// The holder of a consent said something about it to its originator.
    ConsentSpoken {
        /// The consent.
        consent: ConsentId,
        /// Who gave it.
        originator: PartyPath,
        /// What is said.
        saying: Saying,
    },
    /// Whoever asked needs no answer any more.
    RequestRetracted {
        /// The request.
        request: RequestId,
        /// Who asked.
        from: PartyPath,
        /// When.
        at: Timestamp,
        /// Why.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// A holder gave its copy up.
    CopyGivenUp {
        /// The report.
        report: ReportId,
        /// The holder.
        by: PartyPath,
        /// When.
        at: Timestamp,
        /// What it states.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        statement: String,
    },
    /// This party told another what it took in of its reports.
    ReceiptsGiven {
        /// Whom.
        to: PartyPath,
        /// What it took in.
        receipts: Vec<Receipt>,
    },
    /// A holder told what it took in of this party's reports.
    ReceiptsTaken {
        /// The holder.
        from: PartyPath,
        /// What it took in.
        receipts: Vec<Receipt>,
        /// When the word came.
        at: Timestamp,
    },
    /// A party said until when nothing of its text goes further: set, moved, ended or broken.
    EmbargoSet(Embargo),
    /// An authority overrode originators' control.
    Overridden(Override),
    /// An audience learned portions.
    Disclosed(Disclosure),
    /// A recall was ordered here, or came from an originator.
    RecallOrdered(Recall),
    /// A recall was lifted. What was destroyed meanwhile is not given back by that.
    RecallLifted {
        /// The recall.
        recall: RecallId,
        /// Who ordered it.
        by: PartyPath,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// A holder acknowledged a recall.
    RecallAcknowledged(Acknowledgement),
    /// The wording of a recalled report was destroyed here.
    ContentDestroyed(Destroyed),
    /// The events before it were taken over from a folder of an older format.
    FolderUpgraded {
        /// How many.
        events: u64,
        /// SHA-256 over what is stored of them, in lower-case hexadecimal.
        digest: String,
    },
    /// Another party told us what happened to our portions.
    NoticeReceived {
        /// Who told us.
        from: PartyPath,
        /// What.
        notice: Notice,
    },
    /// A signed file from another party was taken in; the same one again changes nothing.
    EnvelopeReceived {
        /// The sender.
        from: PartyPath,
        /// The file's id.
        id: String,
        /// Digest of the file, so that two different files with one id are told apart.
        digest: String,
    },
    /// Somebody signed in at this party's node, or failed to.
    SignedIn {
        /// As whom.
        person: PersonId,
        /// What proved it; absent where it was not proved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// A program's command was carried out under a key that it chose: the same key carries out nothing again.
    KeyUsed(UsedKey),
    /// A command was given with the party's passphrase, although people can sign in here.
    PassphraseUsed {
        /// What for: the command, without what it named.
        command: String,
        /// When.
        at: Timestamp,
    },
    /// A program got a token that acts in a person's name, or one was ended.
    TokenSet {
        /// Whose name.
        person: PersonId,
        /// What the token is called.
        name: String,
        /// What it is for, and until when; `None` in what an earlier build wrote where it was ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lasts: Option<(String, Timestamp)>,
        /// When.
        at: Timestamp,
    },
    /// A way in was ended before its time: a session, a login at the command line, or a token.
    AccessEnded {
        /// Whose.
        person: PersonId,
        /// Which, in words.
        what: String,
        /// When.
        at: Timestamp,
    },
    /// Somebody who is signed in was refused what their roles do not include, or what is not theirs to know of.
    ActRefused {
        /// Who.
        person: PersonId,
        /// What they tried, as the table of roles calls it.
        act: String,
        /// When.
        at: Timestamp,
    },
    /// Somebody got an account at this party's node, or new means to sign in with.
    AccountMade {
        /// Who.
        person: PersonId,
        /// When.
        at: Timestamp,
    },
    /// A release, consent or delivery was given that takes a second person.
    ReleaseProposed(Pending),
    /// Somebody answered what waited for a second person.
    ReleaseAnswered {
        /// What waited.
        pending: PendingId,
        /// The answer.
        answered: Answered,
    },
    /// The receiver of a message said what became of it.
    ReceiptTaken(MessageReceipt),
}

impl Event {
    /// The kind of event, as it stands in the ledger in clear. What nobody outside may learn of, not even that there is
    /// such a thing, is called alike.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PersonSet(_)
            | Self::AudienceSet(_)
            | Self::LocalRuleSet(_)
            | Self::SchemeInstalled(_)
            | Self::SchemeRemoved { .. }
            | Self::MarksRead { .. }
            | Self::RegisterSet(_)
            | Self::FactsSet { .. }
            | Self::SourceProtected(_)
            | Self::SourceReleased { .. }
            | Self::SignedIn { .. }
            | Self::AccountMade { .. }
            | Self::KeyUsed(_)
            | Self::PassphraseUsed { .. }
            | Self::TokenSet { .. }
            | Self::AccessEnded { .. }
            | Self::ActRefused { .. }
            | Self::ContactSet { .. }
            | Self::DeputySet(_)
            | Self::DeputyEnded { .. }
            | Self::ReleaseProposed(_)
            | Self::ReleaseAnswered { .. }
            | Self::IncidentOpened(_)
            | Self::IncidentNoted { .. } => "internal",
            Self::Founded { .. } => "founded",
            Self::PartySet(_) => "party-set",
            Self::MembershipSet { .. } => "membership-set",
            Self::KeysSet { .. } => "keys-set",
            Self::KeyCompromised { .. } => "key-compromised",
            Self::LinkFrozen { .. } => "link-frozen",
            Self::ArrangementSet(_) => "arrangement-set",
            Self::ArrangementStatusSet { .. } => "arrangement-status-set",
            Self::TermsProposed { .. } => "terms-proposed",
            Self::ReportAdded(_) => "report-added",
            Self::VersionExplained { .. } => "version-explained",
            Self::ReportReceived { .. } => "report-received",
            Self::ReportWithdrawn { .. } => "report-withdrawn",
            Self::ReportHeld { .. } => "report-held",
            Self::ReportResumed { .. } => "report-resumed",
            Self::ReportDelivered(_) => "report-delivered",
            Self::DistributionChanged { .. } => "distribution-changed",
            Self::ExposureAnswered(_) => "exposure-answered",
            Self::IncidentNoticed { .. } => "incident-noticed",
            Self::BriefingPrepared(_) => "briefing-prepared",
            Self::Opened { .. } => "opened",
            Self::Decided { .. } => "decided",
            Self::DecisionKept(_) => "decision-kept",
            Self::RequestOpened(_) => "request-opened",
            Self::RequestReceived(_) => "request-received",
            Self::ConsentGiven(_) => "consent-given",
            Self::RequestRefused(_) => "request-refused",
            Self::SubstituteGiven(_) => "substitute-given",
            Self::ConsentWithdrawn { .. } => "consent-withdrawn",
            Self::ConsentNarrowed { .. } => "consent-narrowed",
            Self::ConsentSpoken { .. } => "consent-spoken",
            Self::RequestRetracted { .. } => "request-retracted",
            Self::CopyGivenUp { .. } => "copy-given-up",
            Self::ReceiptsGiven { .. } => "receipts-given",
            Self::ReceiptsTaken { .. } => "receipts-taken",
            Self::Overridden(_) => "overridden",
            Self::Disclosed(_) => "disclosed",
            Self::RecallOrdered(_) => "recall-ordered",
            Self::RecallLifted { .. } => "recall-lifted",
            Self::RecallAcknowledged(_) => "recall-acknowledged",
            Self::ContentDestroyed(_) => "content-destroyed",
            Self::FolderUpgraded { .. } => "folder-upgraded",
            Self::NoticeReceived { .. } => "notice-received",
            Self::EnvelopeReceived { .. } => "envelope-received",
            Self::EmbargoSet(_) => "embargo-set",
            Self::EntryUndone { .. } => "entry-undone",
            Self::ReceiptTaken(_) => "receipt-taken",
        }
    }
}
