//! `consent`: an originator's answers.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use entente_core::handle::{marked_in, the_one};
use entente_core::{
    Called, Command, Consent, ConsentId, Named, PersonId, PortionId, PortionRef, RequestCase, RequestId, Terms,
};
use entente_desk::marks::mark_in_force;
use entente_marking::{MarkKind, Purpose, SchemeId};
use jiff::Timestamp;
use serde_json::json;

use super::life::LifeCommand;
use super::list::{List, ListArgs};
use super::odrl::PolicyArgs;
use super::{Global, exchange};
use crate::failure::{Exit, Failure};
use crate::{node, output};
use entente_desk::View;
use entente_desk::asking::{self, Given, Stands};
use entente_node::{Pinned, random_id};

/// The terms of a consent.
#[derive(Debug, Args)]
pub(crate) struct TermsArgs {
    /// What for [default: the purpose of the request].
    #[arg(long)]
    purpose: Vec<String>,
    /// What has to be observed; may be given several times.
    #[arg(long)]
    condition: Vec<String>,
    /// When the consent ends.
    #[arg(long, value_name = "DATE", value_parser = entente_core::draft::moment)]
    until: Option<Timestamp>,
    /// The moment before which nothing goes further under it.
    #[arg(long, value_name = "DATE", value_parser = entente_core::draft::moment)]
    not_before: Option<Timestamp>,
    /// Who gives it: stated, not authenticated.
    #[arg(long, value_name = "PERSON")]
    by: Option<PersonId>,
    /// For these portions also when a later version changes their text under the same mark.
    #[arg(long)]
    standing: bool,
}

impl TermsArgs {
    fn terms(self) -> Terms {
        Terms {
            purposes: Some(self.purpose.into_iter().map(Purpose::new).collect::<BTreeSet<_>>())
                .filter(|list| !list.is_empty()),
            conditions: self.condition,
            ends: self.until,
            standing: self.standing,
            despite_exposure: None,
            given_by: self.by,
            not_before: self.not_before,
        }
    }
}

/// `entente consent`.
#[derive(Debug, Subcommand)]
pub(crate) enum ConsentCommand {
    /// Consent to a request.
    Grant {
        /// The request.
        request: Called<RequestId>,
        /// Only these portions [default: all that are open].
        #[arg(long, value_delimiter = ',')]
        portions: Vec<PortionId>,
        /// Why it is given although it narrows a protected source below its threshold; stays here, on the record.
        #[arg(long, value_name = "REASON")]
        despite_exposure: Option<String>,
        #[command(flatten)]
        terms: TermsArgs,
    },
    /// Refuse a request.
    Refuse {
        /// The request.
        request: Called<RequestId>,
        /// Only these portions [default: all that are open].
        #[arg(long, value_delimiter = ',')]
        portions: Vec<PortionId>,
        /// Why, as far as the asker is told.
        #[arg(long, visible_alias = "note", value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Give another text that may be passed on instead of a portion.
    Substitute {
        /// The request.
        request: Called<RequestId>,
        /// The portion.
        #[arg(long)]
        portion: PortionId,
        /// The mark of the text, such as `(U//REL TO USA, FVEY)`.
        #[arg(long)]
        mark: String,
        /// The text.
        #[arg(long)]
        text: String,
        #[command(flatten)]
        terms: TermsArgs,
    },
    /// Withdraw a consent.
    Withdraw {
        /// The consent.
        consent: Called<ConsentId>,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT")]
        reason: String,
    },
    /// List consents: given here, and received.
    List(ListArgs),
    /// Write consents in a format of others: ODRL.
    Export {
        /// Only these [default: all that whoever is to have them may know of].
        consents: Vec<String>,
        #[command(flatten)]
        how: PolicyArgs,
    },
    #[command(flatten)]
    Life(LifeCommand),
}

fn fresh() -> Result<ConsentId, Failure> {
    Ok(ConsentId::new(format!("con-{}", random_id()))?)
}

fn some(portions: Vec<PortionId>) -> Option<BTreeSet<PortionId>> {
    Some(portions.into_iter().collect::<BTreeSet<_>>()).filter(|list| !list.is_empty())
}

/// Reads a substitute's mark by the rules of the report that it belongs to.
fn substitute_mark(
    node: &Pinned,
    request: &Called<RequestId>,
    portion: &PortionId,
    mark: &str,
) -> Result<entente_marking::Marking, Failure> {
    let home = node.home()?;
    let see = "`entente request list` shows them";
    let ours = |case: &RequestCase| case.request.to.includes(home);
    let (_, case) = the_one(&node.state().requests, request, ("request", see), ours)?;
    let marked_in = marked_in(node.state(), &case.request, portion);
    let (scheme, profile) = marked_in.map_or((SchemeId::new("us-ic"), None), |(scheme, profile)| {
        (scheme, Some(profile))
    });
    let scheme = node
        .schemes()
        .get(&scheme, profile.as_deref())
        .ok_or_else(|| Failure::failed(format!("scheme {scheme} is not known")))?;
    let checked = scheme.check(mark, MarkKind::Portion, None);
    checked.marking.ok_or_else(|| {
        let first = checked.findings.iter().find(|finding| finding.is_error());
        let text = first.map_or_else(String::new, |finding| {
            let hint = finding
                .suggestion
                .as_ref()
                .map(|s| format!("; write {s}"))
                .unwrap_or_default();
            format!(
                "{}{hint} [{}; {}]\n{}",
                finding.message,
                finding.rule,
                finding.source,
                output::caret(mark, finding.start, finding.end)
            )
        });
        Failure::usage(format!("the mark is invalid: {text}"))
    })
}

impl ConsentCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let this = match self {
            Self::Life(command) => return command.run(global),
            other => other,
        };
        let mut node = global.node()?;
        let (command, done) = match this {
            Self::Life(_) => return Ok(Exit::Done),
            Self::List(chosen) => return list(global, &node, &chosen),
            Self::Export { consents, how } => return how.consents(&node, global, &consents),
            Self::Grant {
                request,
                portions,
                despite_exposure,
                terms,
            } => {
                let id = fresh()?;
                let done = format!("consent {id} is given");
                (
                    Command::Grant {
                        id,
                        request,
                        portions: some(portions),
                        terms: Terms {
                            despite_exposure,
                            ..terms.terms()
                        },
                    },
                    done,
                )
            }
            Self::Refuse {
                request,
                portions,
                reason,
            } => {
                let done = format!(
                    "request {request} is refused{}",
                    if portions.is_empty() {
                        String::new()
                    } else {
                        format!(
                            " for {}",
                            portions.iter().map(PortionId::as_str).collect::<Vec<_>>().join(", ")
                        )
                    }
                );
                (
                    Command::Refuse {
                        request,
                        portions: some(portions),
                        reason,
                    },
                    done,
                )
            }
            Self::Substitute {
                request,
                portion,
                mark,
                text,
                terms,
            } => {
                let marking = substitute_mark(&node, &request, &portion, &mark)?;
                let id = fresh()?;
                let done = format!("a substitute for {portion} is given, with consent {id}");
                let command = Command::Substitute {
                    id,
                    request,
                    portion,
                    mark: marking.canonical,
                    label: marking.label,
                    text,
                    terms: terms.terms(),
                };
                (command, done)
            }
            Self::Withdraw { consent, reason } => {
                let done = format!("consent {consent} is withdrawn");
                (Command::WithdrawConsent { consent, reason }, done)
            }
        };
        let before: BTreeSet<Named<ConsentId>> = node.state().consents.keys().cloned().collect();
        node.submit(command)?;
        let sent = exchange::flush(&node, global)?;
        let given = node.state().consents.values();
        let given: Vec<&Consent> = given.filter(|consent| !before.contains(&consent.key())).collect();
        let opened: Vec<String> = given.iter().flat_map(|consent| opened(&node, consent)).collect();
        output::either(
            global.json,
            &json!({ "done": done, "opened": given, "sent": sent }),
            || {
                output::line(&done);
                opened.iter().for_each(output::line);
                exchange::say_sent(&sent);
            },
        )?;
        Ok(Exit::Done)
    }
}

/// What a consent opens, to whom, for what and how long: each portion with its mark.
fn opened(node: &Pinned, consent: &Consent) -> Vec<String> {
    let mark = |reference: &PortionRef| mark_in_force(node.state(), reference).unwrap_or_default();
    let portions = consent
        .portions
        .iter()
        .map(|reference| format!("it opens {reference} {}", mark(reference)));
    let parties = consent.recipients.parties.iter().map(ToString::to_string);
    let people: Vec<String> = consent
        .recipients
        .persons
        .iter()
        .map(ToString::to_string)
        .chain(parties)
        .collect();
    let purposes = consent.purposes.as_ref().map_or_else(
        || "any purpose that mark and arrangement allow".to_owned(),
        |all| all.iter().map(Purpose::as_str).collect::<Vec<_>>().join(", "),
    );
    let end = consent
        .ends
        .map_or_else(|| "without an end".to_owned(), |end| format!("until {end}"));
    let later = match consent.standing {
        true => "in later versions also with changed text, as long as mark and originators stay",
        false => "in later versions only with the same text, mark and originators",
    };
    let rest = [format!("to {}, for {purposes}, {end}; {later}", people.join(", "))];
    portions.chain(rest).collect()
}

fn list(global: &Global, node: &Pinned, chosen: &ListArgs) -> Result<Exit, Failure> {
    let moment = node::moment(node);
    let reader = global.viewer(node, None)?;
    let consents = asking::consents(&moment, &View::of(reader.as_ref(), None, Timestamp::now()));
    let list = List {
        head: &["consent", "from", "to", "report", "for", "state"],
        empty: "no consents; an originator gives one with `entente consent grant`",
    };
    chosen.show(global, &list, consents.iter().map(|given| (row(given), given)))?;
    Ok(Exit::Done)
}

fn row(given: &Given<'_>) -> Vec<String> {
    let consent = given.consent;
    let portions: Vec<&str> = consent.portions.iter().map(|named| named.portion.as_str()).collect();
    let portions = match (portions.is_empty(), consent.standing) {
        (true, _) => "(no portion: ask for it anew)".to_owned(),
        (false, true) => format!("{} (standing)", portions.join(",")),
        (false, false) => portions.join(","),
    };
    let persons = consent.recipients.persons.iter().map(ToString::to_string);
    let parties = consent.recipients.parties.iter().map(ToString::to_string);
    let people: Vec<String> = persons.chain(parties).collect();
    vec![
        consent.id.to_string(),
        consent.originator.to_string(),
        consent.to.to_string(),
        format!("{} {portions}", consent.report),
        people.join(" "),
        match given.stands {
            Stands::Live(None) => "live".to_owned(),
            Stands::Live(Some(end)) => format!("live until {end}"),
            Stands::Begins(at) => format!("begins {at}"),
            Stands::Ended => "ended".to_owned(),
            Stands::Withdrawn(at) => format!("withdrawn {at}"),
        },
    ]
}
