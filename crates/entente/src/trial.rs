//! `--dry-run`: what a command would do, for whom that opens or ends something, and what would leave. Nothing is done.

use entente_desk::consequences::{Change, Consequences, Side, consequences, grouped};
use entente_marking::Purpose;
use entente_node::{Moment, Planned};
use jiff::Timestamp;
use serde_json::json;

use crate::failure::Failure;
use crate::{output, words};

fn side(moment: &Moment) -> Side<'_> {
    Side {
        state: moment.state(),
        groups: &moment.library().groups,
        policy: moment.rules(),
    }
}

/// Shows what would follow.
pub(crate) fn show(planned: &Planned, as_json: bool) -> Result<(), Failure> {
    let found = consequences(
        side(&planned.before),
        side(&planned.after),
        &planned.events,
        Timestamp::now(),
    );
    let events: Vec<&str> = planned.events.iter().map(entente_core::Event::kind).collect();
    let messages = planned.messages.iter();
    let messages: Vec<_> = messages.map(|(kind, to)| json!({ "kind": kind, "to": to })).collect();
    let value = json!({
        "dry_run": true,
        "events": events,
        "opens": found.opens,
        "closes": found.closes,
        "messages": messages,
    });
    output::either(as_json, &value, || say(planned, &found))
}

fn say(planned: &Planned, found: &Consequences) {
    let row = |word: &str, change: &Change| {
        vec![
            word.to_owned(),
            format!("{} v{}", change.report, change.version),
            words::list(&change.portions),
            change
                .purpose
                .as_ref()
                .map_or("no stated purpose", Purpose::as_str)
                .to_owned(),
            words::list(grouped(&change.persons)),
        ]
    };
    let opens = found.opens.iter().map(|change| row("opens", change));
    let closes = found.closes.iter().map(|change| row("closes", change));
    output::table(
        &["", "report", "portions", "for", "persons"],
        opens.chain(closes).collect(),
        "nothing opens or closes for anybody who is known here",
    );
    for event in &planned.events {
        if let entente_core::Event::ReleaseProposed(pending) = event {
            output::line(format!(
                "{} would wait for a second person, as {} asks",
                pending.what.say(),
                words::list(&pending.under)
            ));
        }
    }
    for (kind, to) in &planned.messages {
        output::line(format!("would leave: {kind} for {to}"));
    }
    output::line("(nothing was changed)");
}
