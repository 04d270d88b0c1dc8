//! `release`: give one's own text to others, without their having asked.

use std::collections::BTreeSet;

use clap::Args;
use entente_core::handle::Release;
use entente_core::{Command, ConsentId, PersonId, PortionId, ReportId, Terms};
use entente_desk::doing::recipients;
use entente_desk::release::{Releasing, releasing};
use entente_marking::{CopyList, Purpose};
use entente_paper::Paper;
use jiff::Timestamp;
use serde_json::json;

use super::paper::PaperArgs;
use super::{Global, exchange};
use crate::failure::{Exit, Failure};
use crate::{output, words};
use entente_node::random_id;

/// `entente release`.
#[derive(Debug, Args)]
pub(crate) struct ReleaseArgs {
    /// The report, in its latest version.
    report: ReportId,
    /// To whom: a party (JOR), a person (JOR.GID/colonel), or PUBLIC; may be given several times.
    #[arg(long, required = true, value_delimiter = ',', value_name = "PARTY|PERSON|PUBLIC")]
    to: Vec<String>,
    /// Which portions.
    #[arg(long, required = true, value_delimiter = ',')]
    portions: Vec<PortionId>,
    /// What for; may be given several times [default: any purpose that mark and arrangement allow].
    #[arg(long = "for", visible_alias = "purpose", value_name = "PURPOSE")]
    purpose: Vec<String>,
    /// When it ends.
    #[arg(long, value_name = "DATE", value_parser = entente_core::draft::moment)]
    until: Option<Timestamp>,
    /// The moment before which nothing of it is given.
    #[arg(long, value_name = "DATE", value_parser = entente_core::draft::moment)]
    not_before: Option<Timestamp>,
    /// What has to be observed; may be given several times.
    #[arg(long, value_name = "TEXT")]
    condition: Vec<String>,
    /// For these portions also when a later version changes their text under the same mark.
    #[arg(long)]
    standing: bool,
    /// Name everybody on the written list in the marks of copies, not only the owner and the receiver.
    #[arg(long)]
    whole_list: bool,
    /// Who releases it: stated, not authenticated.
    #[arg(long, value_name = "PERSON")]
    by: Option<PersonId>,
    /// Why it is released although it narrows a protected source below its threshold; stays here, on the record.
    #[arg(long, value_name = "REASON")]
    despite_exposure: Option<String>,
    /// Also write a copy as it is marked for the receiver.
    #[command(flatten)]
    copy: PaperArgs,
}

impl ReleaseArgs {
    fn command(&self) -> Result<Release, Failure> {
        let purposes: BTreeSet<Purpose> = self.purpose.iter().map(Purpose::new).collect();
        Ok(Release {
            id: ConsentId::new(format!("rel-{}", random_id()))?,
            report: self.report.clone(),
            portions: self.portions.iter().cloned().collect(),
            to: recipients(self.to.iter().map(String::as_str))?,
            terms: Terms {
                purposes: Some(purposes).filter(|all| !all.is_empty()),
                conditions: self.condition.clone(),
                ends: self.until,
                standing: self.standing,
                despite_exposure: self.despite_exposure.clone(),
                given_by: self.by.clone(),
                not_before: self.not_before,
            },
            list: if self.whole_list {
                CopyList::Whole
            } else {
                CopyList::Receivers
            },
        })
    }

    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        let command = Command::Release(Box::new(self.command()?));
        let (events, after) = node.planned(command.clone())?;
        let exposure = entente_core::SourceGuard::new(after.state());
        let value = releasing(after.state(), node.library(), &events, &node.context(&exposure))?
            .ok_or_else(|| Failure::failed("nothing would be released"))?;
        let sent = match global.dry_run {
            true => Vec::new(),
            false => {
                node.submit(command)?;
                exchange::flush(&node, global)?
            }
        };
        output::either(
            global.json,
            &json!({ "released": !global.dry_run, "release": value, "sent": sent }),
            || {
                say(&value, global.dry_run);
                exchange::say_sent(&sent);
            },
        )?;
        if !global.dry_run && self.copy.is_asked() {
            self.copy.write(&page(&value))?;
        }
        Ok(Exit::Done)
    }
}

fn say(value: &Releasing, only_shown: bool) {
    let word = if only_shown { "would be released" } else { "is released" };
    for to in &value.to {
        let whom = match to.persons.is_empty() {
            true => format!("everyone at {}", to.party),
            false => words::list(&to.persons),
        };
        output::line(format!(
            "{} v{} {word} to {whom} ({})",
            value.report, value.version, to.consent
        ));
        output::line(format!("they see, as {}:", to.banner.as_deref().unwrap_or("nothing")));
        for seen in &to.sees {
            output::line(format!(
                "  {} {} {}",
                seen.portion,
                seen.mark,
                output::words(&seen.text)
            ));
        }
        match to.stays_closed.is_empty() {
            true => output::line("nothing stays closed"),
            false => output::line("closed to them:"),
        }
        for closed in &to.stays_closed {
            let why = closed.why.first().map_or("not released", String::as_str);
            output::line(format!("  {} {}: {}", closed.portion, closed.mark, output::words(why)));
        }
        let purposes = match to.purposes.is_empty() {
            true => "any purpose that mark and arrangement allow".to_owned(),
            false => words::list(&to.purposes),
        };
        let begin = to.not_before.map_or_else(String::new, |begin| format!("from {begin} "));
        let end = to
            .until
            .map_or_else(|| "without an end".to_owned(), |end| format!("until {end}"));
        output::line(format!("for {purposes}, {begin}{end}"));
        for condition in &to.conditions {
            output::line(format!("condition: {condition}"));
        }
        if !to.copy && to.party.as_str() != "PUBLIC" {
            output::line(format!(
                "no copy goes to {}: brief on it, or write a copy with `-o FILE`",
                to.party
            ));
        }
    }
    if value.public {
        output::line("what is published cannot be recalled");
    }
}

/// The copy, as it is marked for whom it is; of several receivers, for the first.
fn page(value: &Releasing) -> Paper {
    let to = value.to.first();
    let banner = to.and_then(|to| to.banner.clone()).unwrap_or_default();
    let mut page = Paper::new(value.report.to_string(), banner);
    for seen in to.into_iter().flat_map(|to| &to.sees) {
        page.item(&seen.mark, &seen.text, Vec::new());
    }
    for condition in to.into_iter().flat_map(|to| &to.conditions) {
        page.text(format!("Condition: {condition}"));
    }
    if value.public {
        page.text(format!(
            "Approved for public release ({}).",
            to.map_or("", |to| to.consent.as_str())
        ));
    }
    page
}
