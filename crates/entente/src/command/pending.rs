//! `pending`: what waits for the yes of a second person.

use clap::Subcommand;
use entente_core::{Command, PendingId};
use entente_desk::View;
use entente_desk::consequences::grouped;
use entente_desk::second::{self, Shown, Stand};
use jiff::Timestamp;
use serde_json::json;

use super::list::{List, ListArgs};
use super::{Global, exchange};
use crate::failure::{Exit, Failure};
use crate::{node, output, words};

/// `entente pending`.
#[derive(Debug, Subcommand)]
pub(crate) enum PendingCommand {
    /// What waits, and what was answered.
    List(ListArgs),
    /// What would follow from a yes: what opens, for whom, and what leaves.
    Show {
        /// Its id.
        id: PendingId,
    },
    /// Say yes, as the second person, to what `show` shows.
    Approve {
        /// Its id.
        id: PendingId,
        /// The digest that `show` gave: the yes is to that and nothing else.
        #[arg(long)]
        digest: String,
    },
    /// Say no.
    Decline {
        /// Its id.
        id: PendingId,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT", default_value = "")]
        reason: String,
    },
}

impl PendingCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        let reader = global.viewer(&node, None)?;
        let view = View::of(reader.as_ref(), None, Timestamp::now());
        match self {
            Self::List(chosen) => {
                let moment = node::moment(&node);
                let rows = second::list(&moment, &view);
                let lines = rows.iter().map(|row| {
                    let stand = match row.stand {
                        Stand::Waits => format!("waits until {}", words::moment(row.ends)),
                        other => other.word().to_owned(),
                    };
                    vec![row.id.to_string(), row.say.clone(), row.by.to_string(), stand]
                });
                let list = List {
                    head: &["id", "what", "given by", "state"],
                    empty: "nothing waits for a second person",
                };
                chosen.show(global, &list, lines.zip(&rows))?;
                Ok(Exit::Done)
            }
            Self::Show { id } => {
                let moment = node::moment(&node);
                let shown = second::shown(&moment, &id, &view).ok_or_else(|| missing(&id))?;
                output::either(global.json, &shown, || say(&shown))?;
                Ok(Exit::Done)
            }
            Self::Approve { id, digest } => {
                let done = format!("{id} is carried out");
                let pending = id.clone();
                node.submit(Command::Approve { pending, digest })?;
                let sent = exchange::flush(&node, global)?;
                output::either(global.json, &json!({ "done": done, "id": id, "sent": sent }), || {
                    output::line(&done);
                    exchange::say_sent(&sent);
                })?;
                Ok(Exit::Done)
            }
            Self::Decline { id, reason } => {
                let done = format!("{id} is declined; nothing of it is released");
                let pending = id.clone();
                node.submit(Command::Decline { pending, reason })?;
                output::either(global.json, &json!({ "done": done, "id": id }), || output::line(&done))?;
                Ok(Exit::Done)
            }
        }
    }
}

fn missing(id: &PendingId) -> Failure {
    Failure::not_found(format!(
        "there is no proposal `{id}`; `entente pending list` shows what waits for a second person"
    ))
}

fn say(shown: &Shown<'_>) {
    let row = &shown.row;
    output::line(format!(
        "{}: {}, given by {} at {}",
        row.id,
        row.say,
        row.by,
        words::moment(row.at)
    ));
    output::line(format!("as {} asks, it takes a second person", words::list(row.under)));
    let change = |word: &str, change: &entente_desk::consequences::Change| {
        output::line(format!(
            "{word} {} v{} {} to {}",
            change.report,
            change.version,
            words::list(&change.portions),
            words::list(grouped(&change.persons))
        ));
    };
    shown.changes.opens.iter().for_each(|one| change("opens", one));
    shown.changes.closes.iter().for_each(|one| change("closes", one));
    for (kind, to) in &shown.leaving {
        output::line(format!("would leave: {kind} for {to}"));
    }
    match (&shown.digest, &shown.refused, &row.answered) {
        (Some(digest), ..) => output::line(format!(
            "until {}: `entente pending approve {} --digest {digest}`, or `entente pending decline {} --reason TEXT`",
            words::moment(row.ends),
            row.id,
            row.id
        )),
        (None, Some(why), _) => output::line(format!("nothing would follow from a yes: {why}")),
        (None, None, Some(answered)) => output::line(format!(
            "{} by {} at {}{}",
            row.stand.word(),
            answered.by,
            words::moment(answered.at),
            match answered.reason.as_str() {
                "" => String::new(),
                reason => format!(": {reason}"),
            }
        )),
        (None, None, None) => output::line("nobody answered in time; whoever still wants it gives it again"),
    }
}
