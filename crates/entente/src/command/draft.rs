//! `watch check-draft`: a text is decided about, sentence by sentence, before anyone says it.

use std::path::PathBuf;

use clap::Args;
use entente_core::{Outcome, Person, PersonId};
use entente_marking::Purpose;
use entente_watch::report::Extent;
use jiff::Timestamp;

use super::decide::audience;
use super::report::word;
use super::{Global, texts};
use crate::failure::{Exit, Failure};
use crate::{node, output};
use entente_desk::View;
use entente_desk::drafts::{Checked, check};
use entente_desk::holdings::Scanners;

/// `entente watch check-draft`.
#[derive(Debug, Args)]
pub(crate) struct CheckDraft {
    /// The draft (text, Markdown, HTML, PDF), or `-`.
    file: PathBuf,
    /// Who will hear or read it: the name of an audience, a JSON file, or `public`.
    #[arg(long, value_name = "FILE|NAME")]
    audience: String,
    /// What for.
    #[arg(long = "for", visible_alias = "purpose", value_name = "PURPOSE")]
    purpose: Option<String>,
    /// Look only for what this person may know: the author of the draft.
    #[arg(long = "as", value_name = "PERSON")]
    reader: Option<PersonId>,
}

impl CheckDraft {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let node = global.node()?;
        let reader = global.viewer(&node, self.reader.clone())?;
        let (members, outsiders) = match self.audience.as_str() {
            "public" => {
                let anyone = PersonId::public();
                let person = anyone.party().map(|party| Person::outsider(anyone.clone(), party));
                (vec![anyone], person.into_iter().collect())
            }
            text => audience(&node, text)?,
        };
        let purpose = self.purpose.as_deref().map(Purpose::new);
        let moment = node::moment(&node);
        let now = Timestamp::now();
        let scanner = node
            .made::<Scanners>()
            .of(&moment, &View::of(reader.as_ref(), None, now))?;
        let sources = texts::sources(std::slice::from_ref(&self.file))?;
        let report = scanner.scan(sources.clone());
        let view = View::of(reader.as_ref(), purpose.as_ref(), now);
        let checked = check(&moment, &sources, &report, (&members, &outsiders), &view)?;
        output::either(global.json, &checked, || say_checked(&checked))?;
        Ok(match checked.decision {
            Outcome::Permit => Exit::Done,
            Outcome::Ask => Exit::Ask,
            Outcome::Deny => Exit::Denied,
        })
    }
}

fn say_checked(checked: &Checked<'_>) {
    for sentence in &checked.sentences {
        output::line(format!(
            "{:<9} {}",
            word(sentence.outcome),
            sentence.span.quote.replace('\n', " ")
        ));
        for fact in &sentence.facts {
            let part = match fact.extent == Extent::Full {
                true => String::new(),
                false => format!(" in part (not said: {})", fact.missing.join(", ")),
            };
            output::line(format!("        discloses {}{part}: {}", fact.fact, word(fact.outcome)));
            if let Some((reason, remedy)) = fact.reasons.first().zip(fact.remedy.first()) {
                output::line(format!("        {reason}"));
                output::line(format!("        → {remedy}"));
            }
            for duty in &fact.observe {
                output::line(format!("        to be observed: {duty}"));
            }
        }
    }
    for note in checked.to_review {
        output::line(format!("look at: “{}” is close to {}", note.span.quote, note.fact));
    }
    if checked.sentences.is_empty() {
        output::say("the draft has no sentences");
    }
}
