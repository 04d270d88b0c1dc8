//! Showing cases.

use entente_core::{IncidentId, PersonId};
use entente_marking::Purpose;
use jiff::Timestamp;

use super::super::list::{List, ListArgs, picked};
use super::{held, page};
use crate::command::Global;
use crate::command::paper::PaperArgs;
use crate::failure::Failure;
use crate::{node, output, words};
use entente_desk::casefile::casefile;
use entente_desk::{View, cases};
use entente_node::Pinned;

/// Writes the case file.
pub(super) fn show(
    node: &Pinned,
    global: &Global,
    id: &IncidentId,
    (reader, purpose): (Option<&PersonId>, Option<&str>),
    paper: &PaperArgs,
) -> Result<(), Failure> {
    let incident = held(node, id, reader)?;
    let purpose = purpose.map(Purpose::new);
    let view = View::of(reader, purpose.as_ref(), Timestamp::now());
    let file = casefile(&node::moment(node), incident, &view);
    match global.json {
        true => output::json(&file),
        false => paper.write(&page::paper(&file)),
    }
}

/// Lists the cases, and what partners told of theirs.
pub(super) fn list(
    node: &Pinned,
    global: &Global,
    reader: Option<&PersonId>,
    chosen: &ListArgs,
) -> Result<(), Failure> {
    let mut all = cases::list(&node::moment(node), &View::of(reader, None, Timestamp::now()));
    let row = |case: &cases::CaseRow| {
        let state = match case.closed {
            None => format!("open: {} to do, {} late", case.to_do, case.late),
            Some(at) => format!("closed {}", words::moment(at)),
        };
        vec![
            case.id.to_string(),
            case.title.clone(),
            words::moment(case.opened),
            state,
        ]
    };
    let list = List {
        head: &["case", "title", "opened", "state"],
        empty: "no cases; open one with `entente incident open`",
    };
    let rows: Vec<_> = all.cases.iter().map(row).collect();
    let rows_picked = chosen.pick(&list, &rows)?;
    all.cases = picked(&all.cases, &rows_picked);
    if global.json {
        return output::json(&all);
    }
    chosen.write(&list, &rows, &rows_picked);
    if !chosen.is_csv() {
        for (id, (from, notice)) in &all.told_by_partners {
            let why: Vec<&str> = notice.why.iter().map(|why| why.says()).collect();
            output::line(format!(
                "{from} tells of its incident {id}: {}; you are told because of this: {}; {}",
                words::list(&notice.portions),
                why.join(", "),
                match &notice.acknowledged {
                    Some((at, text)) => format!("acknowledged {at}: {text}"),
                    None => format!("acknowledge it with `entente incident acknowledge {id} --statement TEXT`"),
                }
            ));
        }
    }
    Ok(())
}
