//! Who stands in for whom.

use clap::Args;
use entente_core::{Command, Deputy, PersonId};
use entente_node::Pinned;
use jiff::Timestamp;

use super::Global;
use super::list::{List, ListArgs};
use crate::failure::Failure;
use crate::{output, words};

/// Whose place somebody takes, and until when.
#[derive(Debug, Args)]
pub(crate) struct DeputyArgs {
    /// Whose place it is, as PARTY/NAME.
    of: PersonId,
    /// Who stands in.
    deputy: PersonId,
    /// Until when, at most 92 days from now.
    #[arg(long, value_name = "MOMENT", value_parser = entente_core::draft::moment, required_unless_present = "end")]
    until: Option<Timestamp>,
    /// From when on [default: now].
    #[arg(long, value_name = "MOMENT", value_parser = entente_core::draft::moment)]
    from: Option<Timestamp>,
    /// Why.
    #[arg(long, visible_alias = "reason", value_name = "TEXT", default_value = "")]
    note: String,
    /// End it.
    #[arg(long, conflicts_with_all = ["until", "from"])]
    end: bool,
}

/// Has somebody stand in for another, or ends it.
pub(super) fn set(node: &mut Pinned, global: &Global, place: DeputyArgs) -> Result<(), Failure> {
    let DeputyArgs { of, deputy, .. } = &place;
    let (of, deputy) = (of.clone(), deputy.clone());
    let key = Deputy::key(&of, &deputy);
    node.submit(match place.until.filter(|_| !place.end) {
        Some(until) => Command::SetDeputy(Deputy {
            of: of.clone(),
            deputy: deputy.clone(),
            from: place.from.unwrap_or_else(Timestamp::now),
            until,
            reason: place.note,
        }),
        None => Command::EndDeputy {
            of: of.clone(),
            deputy: deputy.clone(),
        },
    })?;
    let kept = node.state().deputies.get(&key);
    output::either(global.json, &kept, || match kept {
        Some(kept) => output::line(format!(
            "{deputy} stands in for {of} from {} until {}",
            words::moment(kept.from),
            words::moment(kept.until)
        )),
        None => output::line(format!("{deputy} does not stand in for {of} any more")),
    })
}

/// Lists who stands in for whom.
pub(super) fn list(node: &Pinned, global: &Global, chosen: &ListArgs) -> Result<(), Failure> {
    let now = Timestamp::now();
    let row = |kept: &Deputy| {
        let state = match (kept.holds(now), kept.from > now) {
            (true, _) => "holds",
            (false, true) => "to come",
            (false, false) => "over",
        };
        vec![
            kept.of.to_string(),
            kept.deputy.to_string(),
            words::moment(kept.from),
            words::moment(kept.until),
            state.to_owned(),
            kept.reason.clone(),
        ]
    };
    let list = List {
        head: &["person", "deputy", "from", "until", "state", "why"],
        empty: "nobody stands in for anybody; `entente person deputy PERSON DEPUTY --until DATE` has somebody do so",
    };
    let all = node.state().deputies.values();
    chosen.show(global, &list, all.map(|kept| (row(kept), kept)))
}
