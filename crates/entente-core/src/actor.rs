//! Who acts, in which role, and which role may do what.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::deputy::stands_in_for;
use crate::event::Event;
use crate::handle::{Command, Refusal};
use crate::ids::PersonId;
use crate::party::Person;
use crate::state::State;

/// A person of this party who is signed in. It stands in every event of what they do; events without one were stated,
/// not authenticated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// What proved it, such as `password and telephone`.
    pub by: String,
}

/// What is remembered: what happened, and who did it where they were signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
    /// Who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
}

impl From<Event> for Act {
    fn from(event: Event) -> Self {
        Self { event, actor: None }
    }
}

/// What somebody is at this party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads, writes, prepares briefings, asks.
    Analyst,
    /// Delivers, answers requests, recalls, keeps cases.
    DisclosureOfficer,
    /// Releases without the originator's consent, on the record.
    ReleaseAuthority,
    /// Says who is cleared and on which list, and sets the party's own rules.
    SecurityOfficer,
    /// Protects sources.
    SourceHandler,
    /// Sees the record of everything, and no text.
    Auditor,
    /// Runs the node: accounts, roles, partners; no text, no clearances.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::Analyst,
        Self::DisclosureOfficer,
        Self::ReleaseAuthority,
        Self::SecurityOfficer,
        Self::SourceHandler,
        Self::Auditor,
        Self::Administrator,
    ];

    /// Its name in a person's record.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Analyst => "analyst",
            Self::DisclosureOfficer => "disclosure-officer",
            Self::ReleaseAuthority => crate::handle::OVERRIDE_ROLE,
            Self::SecurityOfficer => "security-officer",
            Self::SourceHandler => "source-handler",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// What to call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Analyst => "analyst",
            Self::DisclosureOfficer => "disclosure officer",
            Self::ReleaseAuthority => "release authority",
            Self::SecurityOfficer => "security officer",
            Self::SourceHandler => "source handler",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }
}

/// The table: which roles may do what. A command that is not in a row of somebody's role is refused.
///
/// The columns are, in the order of [`Role::ALL`]: analyst, disclosure officer, release authority, security officer, source
/// handler, auditor, administrator.
const MAY: &[(&str, [bool; 7])] = &{
    const Y: bool = true;
    const N: bool = false;
    [
        //                          anal disc rele secu sour audi admi
        ("add-report", [Y, Y, N, N, Y, N, N]),
        ("withdraw-report", [N, Y, N, Y, N, N, N]),
        ("distribute", [N, Y, N, Y, N, N, N]),
        ("set-facts", [Y, Y, N, N, Y, N, N]),
        ("deliver", [N, Y, N, N, N, N, N]),
        ("release", [N, Y, N, N, N, N, N]),
        ("give-up-copy", [N, Y, N, N, N, N, N]),
        ("protect-source", [N, N, N, N, Y, N, N]),
        ("release-source", [N, N, N, N, Y, N, N]),
        ("answer-exposure", [N, Y, N, N, Y, N, N]),
        ("open-request", [Y, Y, Y, N, N, N, N]),
        ("grant", [N, Y, N, N, N, N, N]),
        ("refuse", [N, Y, N, N, N, N, N]),
        ("substitute", [N, Y, N, N, N, N, N]),
        ("second-release", [N, Y, N, N, N, N, N]),
        ("withdraw-consent", [N, Y, N, N, N, N, N]),
        ("change-consent", [N, Y, N, N, N, N, N]),
        ("say-of-consent", [N, Y, N, N, N, N, N]),
        ("override", [N, N, Y, N, N, N, N]),
        ("disclose", [Y, Y, Y, N, N, N, N]),
        ("hold", [N, Y, N, Y, N, N, N]),
        ("incident", [N, Y, N, Y, N, N, N]),
        ("brief", [Y, Y, Y, N, N, N, N]),
        ("record-decision", [Y, Y, Y, N, Y, N, N]),
        ("read", [Y, Y, Y, Y, Y, N, N]),
        ("recall", [N, Y, N, N, N, N, N]),
        ("set-party", [N, N, N, N, N, N, Y]),
        ("set-contact", [N, Y, N, Y, N, N, Y]),
        ("set-deputy", [N, N, N, N, N, N, Y]),
        ("set-membership", [N, N, N, Y, N, N, N]),
        ("set-scheme", [N, N, N, Y, N, N, N]),
        ("set-person", [N, N, N, Y, N, N, N]),
        ("name-outsider", [Y, Y, Y, Y, Y, N, N]),
        ("set-roles", [N, N, N, N, N, N, Y]),
        ("enable-person", [N, N, N, Y, N, N, N]),
        ("set-audience", [Y, Y, Y, N, N, N, N]),
        ("set-rule", [N, N, N, Y, N, N, N]),
        ("set-arrangement", [N, Y, N, N, N, N, N]),
        ("exchange-files", [N, Y, N, N, N, N, Y]),
        // What shows more than one's own.
        ("see-own-work", [Y, Y, Y, Y, Y, Y, Y]),
        ("see-requests", [Y, Y, Y, N, N, N, N]),
        ("see-cases", [Y, Y, Y, Y, Y, N, N]),
        ("see-partners", [N, Y, N, Y, N, Y, Y]),
        ("see-people", [N, N, N, Y, N, Y, Y]),
        ("see-ledger", [N, N, N, Y, N, Y, Y]),
    ]
};

/// The names in the table, for those who show it.
pub fn acts() -> impl Iterator<Item = &'static str> {
    MAY.iter().map(|(act, _)| *act)
}

/// The table as data: what is called so, and the roles that may do it.
pub fn table() -> BTreeMap<&'static str, Vec<&'static str>> {
    let roles = |act: &str| {
        Role::ALL
            .into_iter()
            .filter(|role| may(*role, act))
            .map(Role::name)
            .collect()
    };
    acts().map(|act| (act, roles(act))).collect()
}

/// Whether a role may do what is called so in the table.
pub fn may(role: Role, act: &str) -> bool {
    let row = MAY.iter().find(|(name, _)| *name == act);
    let column = Role::ALL.iter().position(|known| *known == role);
    row.zip(column)
        .is_some_and(|((_, cells), column)| cells.get(column) == Some(&true))
}

/// The roles of a person at a moment: their own, and those of whoever they stand in for.
pub fn roles_of(state: &State, person: &PersonId, now: Timestamp) -> Vec<Role> {
    let own = own_roles_of(state, person);
    // Whoever is unknown or disabled here stands in for nobody.
    let theirs = stands_in_for(state, person, now).filter(|_| ours(state, person).is_some());
    let lent: Vec<Role> = theirs.flat_map(|of| own_roles_of(state, of)).collect();
    let held = |role: &Role| own.contains(role) || lent.contains(role);
    Role::ALL.into_iter().filter(held).collect()
}

/// A person who acts for this party; none where they are unknown, disabled, or not this party's.
fn ours<'s>(state: &'s State, person: &PersonId) -> Option<&'s Person> {
    let known = state.persons.get(person).filter(|known| !known.disabled);
    known.filter(|known| state.home.as_ref().is_some_and(|home| home.includes(&known.party)))
}

/// The roles that a person has in their own right.
pub fn own_roles_of(state: &State, person: &PersonId) -> Vec<Role> {
    let ours = ours(state, person);
    let held = |role: &Role| ours.is_some_and(|person| person.roles.contains(role.name()));
    Role::ALL.into_iter().filter(held).collect()
}

/// Whether a person may do what is called so in the table.
pub fn entitled(state: &State, person: &PersonId, act: &str, now: Timestamp) -> bool {
    roles_of(state, person, now).into_iter().any(|role| may(role, act))
}

/// Refuses whoever no role entitles to what is called so in the table.
///
/// # Errors
/// When no role of theirs allows it, with the roles that do.
pub fn must(state: &State, person: &PersonId, act: &'static str, now: Timestamp) -> Result<(), Refusal> {
    if entitled(state, person, act, now) {
        return Ok(());
    }
    let roles = Role::ALL.into_iter().filter(|role| may(*role, act));
    let roles: Vec<&str> = roles.map(Role::title).collect();
    Err(Refusal::NotInRole {
        who: person.clone(),
        act,
        why: match roles.is_empty() {
            true => "nobody may who is signed in".to_owned(),
            false => format!("it takes the role {}", roles.join(" or ")),
        },
    })
}

/// Checks that somebody who is signed in may do this, and does it in their own name.
///
/// # Errors
/// When no role of theirs allows it, with the roles that do.
pub fn check(state: &State, actor: &Actor, command: &Command, now: Timestamp) -> Result<(), Refusal> {
    for act in called(command) {
        must(state, &actor.person, act, now)?;
    }
    if let Command::RecordEnd { person, .. } = command
        && *person != actor.person
    {
        must(state, &actor.person, "set-roles", now)?;
    }
    match in_name_of(command) {
        Some(named) if *named != actor.person => Err(Refusal::NotEntitled {
            who: actor.person.to_string(),
            what: "act for another",
            why: format!("the command names {named}"),
        }),
        _ => own_record(actor, command).and_then(|()| an_administrator_stays(state, command)),
    }
}

/// The last administrator stays one, and stays switched on: whoever is signed in cannot lock the party out.
fn an_administrator_stays(state: &State, command: &Command) -> Result<(), Refusal> {
    let role = Role::Administrator;
    let after = |person: &PersonId| match command {
        Command::SetPerson(changed) if changed.id == *person => {
            !changed.disabled && changed.roles.contains(role.name())
        }
        Command::ChangePersons(changes) => {
            let mut theirs = changes.iter().filter(|change| change.id == *person);
            !theirs.any(|change| change.disabled || change.dropped.roles.contains(role.name()))
        }
        _ => true,
    };
    let mut now = state
        .persons
        .keys()
        .filter(|person| own_roles_of(state, person).contains(&role))
        .peekable();
    match now.peek().is_none() || now.any(after) {
        true => Ok(()),
        false => Err(Refusal::Invalid(
            "somebody has to stay administrator; give another person the role first".to_owned(),
        )),
    }
}

/// Nobody changes what is recorded of himself.
fn own_record(actor: &Actor, command: &Command) -> Result<(), Refusal> {
    let own = match command {
        Command::SetPerson(person) | Command::KeepOutsider(person) => person.id == actor.person,
        Command::EnablePerson(id) => *id == actor.person,
        Command::ChangePersons(changes) => changes.iter().any(|change| change.id == actor.person),
        _ => false,
    };
    match own {
        true => Err(Refusal::NotEntitled {
            who: actor.person.to_string(),
            what: "change their own record",
            why: "somebody else has to".to_owned(),
        }),
        false => Ok(()),
    }
}

/// In whose name a command acts, where it says so.
fn in_name_of(command: &Command) -> Option<&PersonId> {
    match command {
        Command::RecordOpening { reader, .. } => Some(reader),
        Command::UseKey { caller, .. } => Some(caller),
        Command::RecordToken { person, .. } => Some(person),
        Command::Override { authority, .. } => Some(authority),
        Command::Grant { terms, .. } | Command::RenewConsent { terms, .. } => terms.given_by.as_ref(),
        Command::Release(release) => release.terms.given_by.as_ref(),
        Command::OpenIncident(opening) => Some(&opening.by),
        Command::NoteIncident { by, .. }
        | Command::ContainIncident { by, .. }
        | Command::RespondToIncident { by, .. }
        | Command::NotifyIncident { by, .. }
        | Command::AssessIncident { by, .. }
        | Command::CloseIncident { by, .. } => Some(by),
        _ => None,
    }
}

/// What a command does, as the table calls it. A change of persons is called by what it changes.
pub fn called(command: &Command) -> Vec<&'static str> {
    let one = match command {
        Command::AddReport(_) | Command::AddReportBecause { .. } => "add-report",
        Command::WithdrawReport { .. } => "withdraw-report",
        Command::Distribute { .. } => "distribute",
        Command::SetFacts { .. } => "set-facts",
        Command::HandOver(_) | Command::Export(_) | Command::GiveReceipts { .. } => "deliver",
        Command::Release(_) | Command::SetEmbargo(_) => "release",
        Command::RenewConsent { .. } | Command::NarrowConsent { .. } => "change-consent",
        Command::SayOfConsent { .. } => "say-of-consent",
        Command::GiveUpCopy { .. } => "give-up-copy",
        Command::ProtectSource { .. } => "protect-source",
        Command::ReleaseSource { .. } => "release-source",
        Command::AnswerExposure { .. } => "answer-exposure",
        Command::OpenRequest { .. } | Command::RetractRequest { .. } => "open-request",
        Command::Grant { .. } => "grant",
        Command::Refuse { .. } => "refuse",
        Command::Substitute { .. } => "substitute",
        // What it takes besides is what waits: the core asks that as well.
        Command::Approve { .. } | Command::Decline { .. } => "second-release",
        Command::WithdrawConsent { .. } => "withdraw-consent",
        Command::Override { .. } => "override",
        Command::Disclose { .. } => "disclose",
        Command::HoldReport { .. } | Command::ResumeReport { .. } => "hold",
        Command::OpenIncident(_)
        | Command::NoteIncident { .. }
        | Command::ContainIncident { .. }
        | Command::RespondToIncident { .. }
        | Command::NotifyIncident { .. }
        | Command::AssessIncident { .. }
        | Command::CloseIncident { .. }
        | Command::AcknowledgeIncident { .. } => "incident",
        Command::PrepareBriefing { .. } => "brief",
        Command::RecordDecision { .. } => "record-decision",
        Command::RecordOpening { .. } => "read",
        Command::Recall { .. }
        | Command::RecallFrom { .. }
        | Command::LiftRecall { .. }
        | Command::AcknowledgeRecall { .. } => "recall",
        Command::SetContact { .. } => "set-contact",
        Command::SetDeputy(_) | Command::EndDeputy { .. } => "set-deputy",
        Command::SetParty(_) | Command::SetKeys(_) | Command::RotateKeys(_) | Command::DeclareCompromised { .. } => {
            "set-party"
        }
        Command::SetMembership { .. } => "set-membership",
        Command::InstallScheme { .. }
        | Command::ReadMarksAgain
        | Command::RemoveScheme { .. }
        | Command::SetRegister(_) => "set-scheme",
        Command::SetPerson(_) => "set-person",
        Command::KeepOutsider(_) => "name-outsider",
        Command::EnablePerson(_) => "enable-person",
        Command::UndoEntry { entry, .. } => match entry {
            crate::entered::Entered::Party { .. } => "set-party",
            crate::entered::Entered::Person { .. } => "set-person",
            crate::entered::Entered::Audience { .. } => "set-audience",
        },
        Command::SetAudience(_) => "set-audience",
        Command::SetRule { .. } | Command::RemoveRule(_) => "set-rule",
        Command::SetArrangement { .. } | Command::SetArrangementStatus { .. } => "set-arrangement",
        Command::ChangePersons(changes) => {
            let roles =
                |change: &&crate::party::PersonChange| !change.roles.is_empty() || !change.dropped.roles.is_empty();
            let others = |change: &&crate::party::PersonChange| !change.only_roles();
            let mut all = Vec::new();
            all.extend(changes.iter().find(roles).map(|_| "set-roles"));
            all.extend(changes.iter().find(others).map(|_| "set-person"));
            return all;
        }
        // What the node does by itself, or before anybody can sign in.
        Command::Found(_)
        | Command::StopLink { .. }
        | Command::Receive { .. }
        | Command::TakeReceipt(_)
        | Command::TakeReceipts { .. }
        | Command::RecordSignIn { .. }
        | Command::RecordPassphrase { .. }
        | Command::RecordRefusal { .. }
        | Command::RecordAccount { .. } => "be-the-node",
        // One's own.
        Command::RecordToken { .. } | Command::RecordEnd { .. } => "see-own-work",
        // Whoever may do the command that goes with it.
        Command::UseKey { .. } => return Vec::new(),
    };
    vec![one]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table as it is meant, row by row: who may, by the first letters of the roles' names.
    #[test]
    fn the_administrator_reads_nothing_and_clears_nobody_and_the_auditor_only_looks() {
        for act in acts() {
            let only_looks = act.starts_with("see-");
            assert!(!may(Role::Auditor, act) || only_looks, "{act}");
            let runs = [
                "set-contact",
                "set-deputy",
                "set-party",
                "set-roles",
                "exchange-files",
                "see-own-work",
                "see-partners",
                "see-people",
                "see-ledger",
            ];
            let runs = runs.contains(&act);
            assert_eq!(may(Role::Administrator, act), runs, "{act}");
            assert!(Role::ALL.into_iter().any(|role| may(role, act)), "{act}: nobody may");
        }
        assert!(!may(Role::Administrator, "be-the-node") && !may(Role::DisclosureOfficer, "no such thing"));
    }

    #[test]
    fn only_the_release_authority_overrides_and_only_the_disclosure_officer_answers() {
        for role in Role::ALL {
            assert_eq!(may(role, "override"), role == Role::ReleaseAuthority);
            for answer in [
                "grant",
                "refuse",
                "substitute",
                "deliver",
                "release",
                "recall",
                "second-release",
                "withdraw-consent",
                "change-consent",
            ] {
                assert_eq!(may(role, answer), role == Role::DisclosureOfficer, "{answer}");
            }
        }
    }

    #[test]
    fn an_act_reads_what_was_stored_before_there_were_actors() {
        let stored = r#"{"event":"report-resumed","data":{"report":"R-1"}}"#;
        let act: Act = serde_json::from_str(stored).unwrap();
        assert_eq!(act.actor, None);
        assert_eq!(serde_json::to_string(&act).unwrap(), stored);
        let signed = Act {
            actor: Some(Actor {
                person: PersonId::new("GBR.CAB/lane").unwrap(),
                by: "password and telephone".to_owned(),
            }),
            ..act
        };
        let text = serde_json::to_string(&signed).unwrap();
        assert_eq!(serde_json::from_str::<Act>(&text).unwrap(), signed, "{text}");
    }
}
