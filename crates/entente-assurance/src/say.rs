//! An event in one sentence, as it stands in an assurance.

use entente_core::incident::What;
use entente_core::{Event, Notice, Route, Saying};

/// So many of a thing.
fn count(number: usize, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    }
}

fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let all: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match all.is_empty() {
        true => "none".to_owned(),
        false => all.join(", "),
    }
}

fn disclosed(disclosure: &entente_core::Disclosure) -> String {
    let permitted = |portion: &&entente_core::PortionId| disclosure.permitted.get(*portion) == Some(&true);
    let (yes, no): (Vec<_>, Vec<_>) = disclosure.portions.iter().partition(permitted);
    let by = disclosure.by.as_ref().map_or(String::new(), |by| format!(" by {by}"));
    let route = match disclosure.route {
        Route::Read => "read by",
        Route::Briefed => "briefed to",
        Route::Said => "said to",
        Route::Published => "published to",
    };
    format!(
        "disclosure {}: {} v{} {route} {}{by}; permitted: {}; not permitted: {}; lawful: {}",
        disclosure.id,
        disclosure.report,
        disclosure.version,
        list(&disclosure.audience),
        list(yes),
        list(no),
        disclosure.lawful
    )
}

fn overridden(made: &entente_core::Override) -> String {
    format!(
        "override {} by {}: {} v{} {} for {}; lawful: {}; reason: {}",
        made.id,
        made.authority,
        made.report,
        made.version,
        list(&made.portions),
        list(&made.audience),
        made.lawful,
        made.reason
    )
}

/// What happened.
pub(crate) fn say(event: &Event) -> String {
    match event {
        Event::Founded { party } => format!("the node of {} was set up", party.path),
        Event::PartySet(party) => format!("party {}", party.path),
        Event::MembershipSet { party, member, .. } => match member {
            true => format!("{party} was stated to be of the community"),
            false => format!("{party} was stated to be no longer of the community"),
        },
        Event::DeputySet(deputy) => format!("{} stands in for {} until {}", deputy.deputy, deputy.of, deputy.until),
        Event::DeputyEnded { of, deputy, .. } => format!("{deputy} does not stand in for {of} any more"),
        Event::ContactSet { party, name, contact } => match contact {
            Some(_) => format!("contact {name} of {party}"),
            None => format!("contact {name} of {party} was struck out"),
        },
        Event::KeysSet { party, signing, .. } => format!("{party} has the key {signing} from now on"),
        Event::KeyCompromised { party, key, from, .. } => {
            format!("the key {key} of {party} was declared compromised from {from} on")
        }
        Event::LinkFrozen { party, why, .. } => format!("the link with {party} was frozen: {why}"),
        Event::PersonSet(person) => format!("person {}", person.id),
        Event::LocalRuleSet(rule) => format!("rule {} was set or removed", rule.name),
        Event::SchemeInstalled(scheme) => format!("scheme {} was installed", scheme.id),
        Event::SchemeRemoved { id, .. } => format!("scheme {id} was taken out"),
        Event::MarksRead { report, version, .. } => format!("marks of {report} v{version} were read again"),
        Event::RegisterSet(_) => "this party's own lists were replaced".to_owned(),
        Event::AudienceSet(audience) => format!("audience {}", audience.name),
        Event::ArrangementSet(arrangement) => format!("arrangement {}: its terms were set", arrangement.id),
        Event::ArrangementStatusSet { id, status, .. } => format!("arrangement {id} is {status}"),
        Event::TermsProposed { from, arrangement } => {
            format!(
                "{from} stated terms of arrangement {}, which is not recorded here",
                arrangement.id
            )
        }
        Event::ReportAdded(report) => format!("{} v{} was written", report.id, report.version),
        Event::VersionExplained {
            report, version, what, ..
        } => {
            format!("the author of {report} v{version} said why ({what})")
        }
        Event::ReportReceived { report, delivery, .. } => format!(
            "{} v{} with {} portions came from {}",
            report.id,
            report.version,
            report.portions.len(),
            delivery.by
        ),
        Event::ReportWithdrawn { report, reason, .. } => format!("{report} was withdrawn: {reason}"),
        Event::ReportHeld { report, reason, .. } => format!("releases of {report} were put on hold: {reason}"),
        Event::ReportResumed { report } => format!("releases of {report} go on"),
        Event::ReportDelivered(delivery) => {
            format!(
                "{} v{} was delivered to {}",
                delivery.report, delivery.version, delivery.to
            )
        }
        Event::DistributionChanged { report, added, removed } => format!(
            "distribution of {report}: put on it {}; taken off it {}",
            list(added),
            list(removed)
        ),
        Event::FactsSet { report, facts } => format!("{} facts of {report} were written down", facts.len()),
        Event::SourceProtected(source) => format!("source {} is protected", source.id),
        Event::SourceReleased { source, .. } => format!("source {source} is protected no longer"),
        Event::ExposureAnswered(answer) => format!(
            "{} answered {} about sources behind {} v{} {}: {}",
            answer.by,
            answer.to,
            answer.report,
            answer.version,
            list(&answer.portions),
            answer.band
        ),
        Event::IncidentOpened(incident) => format!("incident {} was opened", incident.id),
        Event::IncidentNoted { incident, entry } => match &entry.what {
            What::Told { party, portions, .. } => {
                format!("incident {incident}: {party} was told of {}", list(portions))
            }
            What::Acknowledged { party, statement } => format!("incident {incident}: {party} says: {statement}"),
            _ => format!("incident {incident}: an entry of the case file"),
        },
        Event::IncidentNoticed { from, notice } => {
            format!(
                "{from} told of its incident {} about {}",
                notice.incident,
                list(&notice.portions)
            )
        }
        Event::BriefingPrepared(briefing) => format!(
            "briefing {} of {} for {}: may be said: {}; not: {}",
            briefing.id,
            briefing.speaker,
            list(&briefing.audience),
            list(
                briefing
                    .items
                    .iter()
                    .filter(|item| item.outcome == entente_core::Outcome::Permit)
                    .map(|item| &item.portion.portion)
            ),
            list(
                briefing
                    .items
                    .iter()
                    .filter(|item| item.outcome != entente_core::Outcome::Permit)
                    .map(|item| &item.portion.portion)
            ),
        ),
        Event::Opened {
            report,
            version,
            reader,
            purpose,
            portions,
            ..
        } => format!(
            "{reader} opened {report} v{version}{}: {}",
            purpose
                .as_ref()
                .map_or(String::new(), |purpose| format!(" for {}", purpose.as_str())),
            list(portions)
        ),
        Event::Decided {
            report,
            version,
            audience,
            outcomes,
            ..
        } => format!(
            "decision about {report} v{version} for {}: {}",
            list(audience),
            list(outcomes.iter().map(|(portion, outcome)| format!("{portion} {outcome}")))
        ),
        Event::DecisionKept(basis) => format!("what decision {} was made with was kept", basis.id),
        Event::RequestOpened(request) | Event::RequestReceived(request) => format!(
            "request {} from {} to {}: {} v{} {} for {}",
            request.id,
            request.from,
            request.to,
            request.report,
            request.version,
            list(&request.portions),
            list(request.audience.iter().map(|person| &person.id))
        ),
        Event::ConsentGiven(consent) => format!(
            "consent {} of {} about {}: {}",
            consent.id,
            consent.originator,
            consent.report,
            match consent.standing {
                true => format!(
                    "{}, standing",
                    list(consent.portions.iter().map(|portion| &portion.portion))
                ),
                false => list(consent.portions.iter().map(|portion| &portion.portion)),
            }
        ),
        Event::RequestRefused(refusal) => {
            format!(
                "request {} was refused for {}",
                refusal.request,
                list(&refusal.portions)
            )
        }
        Event::SubstituteGiven(substitute) => format!(
            "{} gave a substitute for {} {}",
            substitute.originator, substitute.report, substitute.stands_for
        ),
        Event::ConsentWithdrawn { consent, reason, .. } => format!("consent {consent} was withdrawn: {reason}"),
        Event::ConsentNarrowed { consent, reason, .. } => format!("consent {consent} was narrowed: {reason}"),
        Event::ConsentSpoken { consent, saying, .. } => match saying {
            Saying::Accepts(_) => format!("the conditions of consent {consent} were accepted"),
            Saying::Counters(_) => format!("other terms than those of consent {consent} were proposed"),
            Saying::PersonChanged { .. } => {
                format!("a person whom consent {consent} names was not any more as described")
            }
        },
        Event::RequestRetracted { request, reason, .. } => format!("request {request} was taken back: {reason}"),
        Event::CopyGivenUp {
            report, by, statement, ..
        } => format!("{by} gave its copy of {report} up: {statement}"),
        Event::ReceiptsGiven { to, receipts } => {
            format!("{to} was told of {} taken in", count(receipts.len(), "version"))
        }
        Event::ReceiptsTaken { from, receipts, .. } => {
            format!("{from} confirmed {}", count(receipts.len(), "version"))
        }
        Event::Overridden(made) => overridden(made),
        Event::Disclosed(disclosure) => disclosed(disclosure),
        Event::RecallOrdered(recall) => format!(
            "recall {} of {} v{} by {}: {}",
            recall.id,
            recall.report,
            recall.version,
            recall.originator,
            recall.action.name()
        ),
        Event::EntryUndone { entry, .. } => format!("{entry} was taken back"),
        Event::EmbargoSet(embargo) => match embargo.until {
            Some(until) => format!("{} put {} under embargo until {until}", embargo.by, embargo.on()),
            None => format!("{} ended the embargo on {}", embargo.by, embargo.on()),
        },
        Event::RecallLifted { recall, by, reason, .. } => format!("{by} lifted recall {recall}: {reason}"),
        Event::RecallAcknowledged(done) => format!("{} on recall {}: {}", done.by, done.recall, done.statement),
        Event::ContentDestroyed(destroyed) => format!(
            "the content of {} up to v{} was destroyed, as recall {} asks",
            destroyed.report, destroyed.version, destroyed.recall
        ),
        Event::FolderUpgraded { events, .. } => format!("{events} events were taken over from an older format"),
        Event::NoticeReceived { from, notice } => match notice {
            Notice::Override(made) => format!("{from} told of {}", overridden(made)),
            Notice::Disclosure(disclosure) => format!("{from} told of {}", disclosed(disclosure)),
        },
        Event::EnvelopeReceived { from, id, .. } => format!("file {id} of {from} was taken in"),
        Event::SignedIn {
            person, by: Some(by), ..
        } => format!("{person} signed in by {by}"),
        Event::SignedIn { person, by: None, .. } => format!("somebody failed to sign in as {person}"),
        Event::KeyUsed(used) => format!("a program's command of {} was carried out under its key", used.caller),
        Event::PassphraseUsed { command, .. } => format!("`{command}` was given with the passphrase"),
        Event::TokenSet {
            person,
            name,
            lasts: Some((scope, until)),
            ..
        } => format!("the token `{name}` of {person} is for `{scope}` until {until}"),
        Event::TokenSet {
            person,
            name,
            lasts: None,
            ..
        } => format!("the token `{name}` of {person} has ended"),
        Event::AccessEnded { person, what, .. } => format!("{what} of {person} was ended"),
        Event::ActRefused { person, act, .. } => format!("{person} was refused `{act}`"),
        Event::ReleaseProposed(pending) => {
            format!("{} waits for a second person: {}", pending.id, pending.what.say())
        }
        Event::ReleaseAnswered { pending, answered } => format!(
            "{} said {} to {pending} as the second person",
            answered.by,
            if answered.yes { "yes" } else { "no" }
        ),
        Event::AccountMade { person, .. } => format!("{person} got an account"),
        Event::ReceiptTaken(receipt) => format!(
            "{} says that {} was {}",
            receipt.by,
            receipt.message,
            receipt.outcome.word()
        ),
    }
}
