//! The life of a consent: accept, counter, renew, narrow, check; and of copies: who holds them, what was confirmed.

use std::collections::BTreeSet;

use clap::Subcommand;
use entente_core::handle::the_one;
use entente_core::{
    Accepted, Called, Command, Consent, ConsentId, Counter, Cut, PartyPath, PersonId, PortionId, ReportId, Saying,
    Terms,
};
use entente_desk::holders::{Holders, holders};
use entente_desk::life::standings;
use entente_desk::todo::{Item, todo};
use entente_marking::Purpose;
use jiff::Timestamp;
use serde_json::json;

use super::list::{List, ListArgs, picked};
use super::{Global, exchange};
use crate::failure::{Exit, Failure};
use crate::{output, words};
use entente_core::actor::entitled;
use entente_node::{Pinned, random_id};

/// What becomes of a consent after it was given.
#[derive(Debug, Subcommand)]
pub(crate) enum LifeCommand {
    /// Accept the conditions of a consent that was given to this party, on the record.
    Accept {
        /// The consent.
        consent: Called<ConsentId>,
        /// Who accepts: stated, not authenticated.
        #[arg(long, value_name = "PERSON")]
        by: Option<PersonId>,
    },
    /// Propose other terms to whoever gave a consent.
    Counter {
        /// The consent.
        consent: Called<ConsentId>,
        /// A condition that could be observed; may be given several times.
        #[arg(long, value_name = "TEXT")]
        condition: Vec<String>,
        /// Until when it is needed.
        #[arg(long, value_name = "DATE", value_parser = entente_core::draft::moment)]
        until: Option<Timestamp>,
        /// In words.
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
        /// Who proposes it: stated, not authenticated.
        #[arg(long, value_name = "PERSON")]
        by: Option<PersonId>,
    },
    /// Continue a consent under a new id, before it ends.
    Renew {
        /// The consent.
        consent: Called<ConsentId>,
        /// Until when.
        #[arg(long, value_name = "DATE", value_parser = entente_core::draft::moment)]
        until: Option<Timestamp>,
        /// What has to be observed from then on [default: what it was].
        #[arg(long, value_name = "TEXT")]
        condition: Vec<String>,
        /// Who renews it: stated, not authenticated.
        #[arg(long, value_name = "PERSON")]
        by: Option<PersonId>,
        /// Why it is renewed although it narrows a protected source below its threshold; stays here, on the record.
        #[arg(long, value_name = "REASON")]
        despite_exposure: Option<String>,
    },
    /// Take persons, portions or purposes away from a consent; the rest of it goes on.
    Narrow {
        /// The consent.
        consent: Called<ConsentId>,
        /// These persons.
        #[arg(long, value_name = "PERSON", value_delimiter = ',')]
        person: Vec<PersonId>,
        /// These portions.
        #[arg(long, value_delimiter = ',')]
        portions: Vec<PortionId>,
        /// These purposes.
        #[arg(long = "for", visible_alias = "purpose", value_name = "PURPOSE")]
        purpose: Vec<String>,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT")]
        reason: String,
    },
    /// Tell which live consents do not fit any more, and which end soon. It changes nothing.
    Check {
        /// Only this one.
        consent: Option<ConsentId>,
        #[command(flatten)]
        chosen: ListArgs,
    },
}

fn done(global: &Global, mut node: Pinned, command: Command, say: &str) -> Result<Exit, Failure> {
    node.submit(command)?;
    let sent = exchange::flush(&node, global)?;
    output::either(global.json, &json!({ "done": say, "sent": sent }), || {
        output::line(say);
        exchange::say_sent(&sent);
    })?;
    Ok(Exit::Done)
}

impl LifeCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let node = global.node()?;
        let now = Timestamp::now();
        match self {
            Self::Accept { consent, by } => {
                let saying = Saying::Accepts(Accepted {
                    person: by,
                    conditions: Vec::new(),
                    at: now,
                });
                let say = format!("the conditions of consent {consent} are accepted");
                done(global, node, Command::SayOfConsent { consent, saying }, &say)
            }
            Self::Counter {
                consent,
                condition,
                until,
                note,
                by,
            } => {
                let saying = Saying::Counters(Counter {
                    person: by,
                    conditions: condition,
                    ends: until,
                    note,
                    at: now,
                });
                let say =
                    format!("other terms than those of consent {consent} are proposed; it holds as it is until then");
                done(global, node, Command::SayOfConsent { consent, saying }, &say)
            }
            Self::Renew {
                consent,
                until,
                condition,
                by,
                despite_exposure,
            } => {
                let id = ConsentId::new(format!("con-{}", random_id()))?;
                let home = node.home()?;
                let own = |known: &Consent| known.originator.includes(home);
                let see = "`entente consent list` shows the consents known here";
                let (_, old) = the_one(&node.state().consents, &consent, ("consent", see), own)?;
                let old = old.ends;
                let gap = old.filter(|end| *end < now);
                let say = match gap {
                    Some(end) => {
                        format!("consent {id} takes over from {consent}, which ended on {end}: nothing held in between")
                    }
                    None => format!("consent {id} takes over from {consent} without a gap"),
                };
                let terms = Terms {
                    conditions: condition,
                    ends: until,
                    given_by: by,
                    despite_exposure,
                    ..Terms::default()
                };
                done(global, node, Command::RenewConsent { id, consent, terms }, &say)
            }
            Self::Narrow {
                consent,
                person,
                portions,
                purpose,
                reason,
            } => {
                let cut = Cut {
                    persons: person.into_iter().collect(),
                    portions: portions.into_iter().collect(),
                    purposes: purpose.into_iter().map(Purpose::new).collect(),
                };
                let say = format!("consent {consent} is narrowed; the rest of it goes on");
                done(global, node, Command::NarrowConsent { consent, cut, reason }, &say)
            }
            Self::Check { consent, chosen } => check(global, &node, consent.as_ref(), &chosen),
        }
    }
}

fn check(global: &Global, node: &Pinned, only: Option<&ConsentId>, chosen: &ListArgs) -> Result<Exit, Failure> {
    let exposure = node.exposure();
    let value = standings(node.state(), only, &node.context(&exposure));
    if let Some(id) = only.filter(|_| value.is_empty()) {
        return Err(Failure::not_found(format!(
            "there is no live consent {id}; `entente consent list` shows them"
        )));
    }
    let rows = value.iter().map(|standing| {
        let how = match (&standing.misfit, standing.ends_soon) {
            (Some(misfit), _) => format!("does not fit: {}", misfit.why.first().map_or("", String::as_str)),
            (None, true) => format!(
                "fits, ends {}",
                standing.ends.map_or_else(String::new, |end| end.to_string())
            ),
            (None, false) => "fits".to_owned(),
        };
        vec![
            standing.consent.to_string(),
            standing.originator.to_string(),
            standing.to.to_string(),
            standing.report.to_string(),
            how,
        ]
    });
    let list = List {
        head: &["consent", "from", "to", "report", "how it stands"],
        empty: "no live consents",
    };
    chosen.show(global, &list, rows.zip(&value))?;
    Ok(Exit::Done)
}

/// What becomes of copies.
#[derive(Debug, Subcommand)]
pub(crate) enum CopiesCommand {
    /// Show who holds which version of a report, and what was never confirmed.
    Holders {
        /// The report.
        id: ReportId,
    },
    /// Give this party's copy of another party's report up, and tell its author.
    GiveUp {
        /// The report.
        id: ReportId,
        /// What is stated about it.
        #[arg(long, visible_alias = "note", value_name = "TEXT", default_value = "")]
        statement: String,
    },
}

impl CopiesCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let node = global.node()?;
        match self {
            Self::Holders { id } => {
                let value = holders(node.state(), &id);
                let value = value.ok_or_else(|| {
                    Failure::not_found(format!(
                        "there is no report {id}; `entente report list` shows the reports held here"
                    ))
                })?;
                output::either(global.json, &value, || say_holders(&value))?;
                Ok(Exit::Done)
            }
            Self::GiveUp { id, statement } => {
                let say = format!("the copy of {id} is given up: nobody here may read it");
                done(global, node, Command::GiveUpCopy { report: id, statement }, &say)
            }
        }
    }
}

fn say_holders(value: &Holders) {
    let rows = value.holders.iter().map(|holder| {
        let confirmed = match (holder.given_up, holder.confirmed) {
            (Some(at), _) => format!("gave it up {}", words::moment(at)),
            (None, Some(at)) if holder.not_confirmed.is_empty() => {
                format!("confirmed {}", words::moment(at))
            }
            (None, Some(_)) => format!("unconfirmed: {}", words::list(&holder.not_confirmed)),
            (None, None) => "unconfirmed".to_owned(),
        };
        let recall = holder.recall.as_ref().map_or_else(String::new, |recall| {
            let done = if recall.acknowledged {
                "acknowledged"
            } else {
                "unconfirmed"
            };
            format!("{} {done}", recall.action)
        });
        vec![
            holder.party.to_string(),
            format!("v{}", holder.version),
            holder.portions.as_ref().map_or_else(|| "all".to_owned(), words::list),
            words::moment(holder.delivered),
            confirmed,
            recall,
        ]
    });
    output::table(
        &["holder", "version", "portions", "delivered", "receipt", "recall"],
        rows.collect(),
        "no copy was delivered from here",
    );
    for known in &value.may_know {
        let whom: BTreeSet<String> = known
            .persons
            .iter()
            .map(ToString::to_string)
            .chain(known.parties.iter().map(ToString::to_string))
            .collect();
        output::line(format!(
            "by {} may know {}: {}",
            known.consent,
            words::list(&known.portions),
            words::list(&whom)
        ));
    }
    if value.public {
        output::line("it was released to the public: that cannot be recalled");
    }
}

/// `entente receipt`.
#[derive(Debug, Subcommand)]
pub(crate) enum ReceiptCommand {
    /// Write what this party took in of another's reports, where no message will carry it soon.
    Export {
        /// For whom.
        #[arg(long, value_name = "PARTY")]
        to: PartyPath,
    },
}

impl ReceiptCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let Self::Export { to } = self;
        let say = format!("receipts for {to}");
        done(global, global.node()?, Command::GiveReceipts { to, alone: true }, &say)
    }
}

/// `entente todo`.
#[derive(Debug, clap::Args)]
pub(crate) struct TodoArgs {
    /// Who asks: the list holds what this person may know of [default: this party as such].
    #[arg(long = "as", value_name = "PERSON")]
    person: Option<PersonId>,
    #[command(flatten)]
    chosen: ListArgs,
}

impl TodoArgs {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let node = global.node()?;
        let exposure = node.exposure();
        let person = global.viewer(&node, self.person)?;
        let value = todo(node.state(), person.as_ref(), &node.context(&exposure));
        let mut value = value.ok_or_else(|| match &person {
            None => Failure::not_found("no party is set up here; run `entente init`"),
            Some(person) => Failure::not_found(format!(
                "{person} is nobody who works here; `entente person list` shows the persons, `entente person add` adds them"
            )),
        })?;
        if let Some(actor) = node.actor() {
            // What one's roles let one do.
            value
                .items
                .retain(|item| entitled(node.state(), &actor.person, item.kind.act(), value.at));
        }
        let list = List {
            head: &["due", "what", "about", "it", "next"],
            empty: "nothing is to be done",
        };
        let rows: Vec<_> = value.items.iter().map(row).collect();
        let rows_picked = self.chosen.pick(&list, &rows)?;
        value.items = picked(&value.items, &rows_picked);
        match global.json {
            true => output::json(&value)?,
            false => self.chosen.write(&list, &rows, &rows_picked),
        }
        Ok(Exit::Done)
    }
}

/// A line of the work list.
fn row(item: &Item) -> Vec<String> {
    let due = item.due.map_or_else(String::new, words::moment);
    vec![
        if item.late { format!("LATE {due}") } else { due },
        item.kind.title().to_owned(),
        item.about.clone(),
        output::words(&item.say),
        item.next.clone(),
    ]
}
