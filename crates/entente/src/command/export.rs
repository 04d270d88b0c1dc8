//! `export`: what of a report somebody may have, in a format of others.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use entente_core::handle::Handover;
use entente_core::{Command, PartyPath, PersonId, ReportId};
use entente_exchange::exporting::{NotExported, Receiver, outgoing};
use entente_exchange::labelled::{SIDECAR, into_pdf, of_report, write_sidecar};
use entente_exchange::{Format, OutPortion, Outgoing, Row, Table, Writing, write};
use entente_marking::Purpose;
use entente_marking::spif::SecurityLabel;
use entente_paper::Paper;
use jiff::Timestamp;
use serde::Serialize;

use super::Global;
use super::import::losses;
use super::paper::printed;
use crate::failure::{Exit, Failure};
use crate::{node, output};

/// `entente export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The report.
    report: ReportId,
    /// The format.
    #[arg(long = "as", value_name = "FORMAT")]
    form: Form,
    /// Who is to have it: a party gets what may be handed over to it, a person what they may read.
    #[arg(long = "for", value_name = "PARTY|PERSON")]
    receiver: String,
    /// What the person needs it for, where the arrangement or a marking asks.
    #[arg(long, value_name = "PURPOSE")]
    purpose: Option<String>,
    /// The file to write [default: standard output, with the table on standard error].
    #[arg(long, short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the file's label beside it, as FILE.bdo, bound to it by a digest (STANAG 4774 and 4778), and into a PDF besides.
    #[arg(long, requires = "output")]
    label: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A bundle of STIX 2.1.
    Stix,
    /// A MISP event.
    Misp,
    /// A CSAF advisory: in 2.1 where it came as one, and else in 2.0.
    Csaf,
    /// A CSAF 2.1 advisory.
    #[value(name = "csaf-2.1")]
    Csaf21,
    /// The form in which reports are written here.
    Markdown,
    /// XML with the label of each portion in it (STANAG 4774 and 4778).
    Xml,
    /// For people.
    Pdf,
}

/// What was exported.
#[derive(Serialize)]
struct Exported {
    report: ReportId,
    version: u32,
    r#for: String,
    banner: String,
    portions: Vec<String>,
    file: Option<PathBuf>,
    /// The file, where none was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    /// What the format cannot express, and what became of it.
    table: Vec<Row>,
}

impl Export {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        let receiver = receiver(&self.receiver, self.purpose.as_deref())?;
        if self.form == Form::Pdf && self.output.is_none() {
            return Err(Failure::usage("a PDF is written to a file: name it with `-o FILE`"));
        }
        let going = outgoing(&node::moment(&node), &self.report, &receiver, Timestamp::now())?;
        let mut table = Table::default();
        let labels = of_report(&going, node.schemes(), going.created);
        let content = match self.form {
            Form::Pdf if self.label => into_pdf(&pdf(&going)?, &labels).map_err(Failure::failed)?,
            Form::Pdf => pdf(&going)?,
            form => {
                let place = Writing {
                    schemes: node.schemes(),
                    state: node.state(),
                };
                write(form.format(), &going, &place, &mut table).into_bytes()
            }
        };
        // Nothing leaves that is not on record.
        if going.recalled.is_none() {
            node.submit(self.record(&receiver, &going))?;
        }
        self.say(global, &going, &content, &table)?;
        if self.label {
            self.label(&content, &labels)?;
        }
        Ok(Exit::Done)
    }

    /// Writes the label beside the file.
    fn label(&self, content: &[u8], labels: &[SecurityLabel]) -> Result<(), Failure> {
        let Some(path) = &self.output else { return Ok(()) };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut beside = path.clone().into_os_string();
        beside.push(SIDECAR);
        output::file(&PathBuf::from(beside), write_sidecar(&name, content, labels).as_bytes())
    }

    fn record(&self, receiver: &Receiver, going: &Outgoing) -> Command {
        match receiver {
            Receiver::Party(to) => Command::Export(Handover::of(self.report.clone(), to.clone())),
            Receiver::Person(person, purpose) => Command::RecordOpening {
                report: self.report.clone(),
                version: Some(going.version),
                reader: person.clone(),
                purpose: purpose.clone(),
            },
        }
    }

    fn say(&self, global: &Global, going: &Outgoing, content: &[u8], table: &Table) -> Result<Exit, Failure> {
        if let Some(path) = &self.output {
            output::file(path, content)?;
        }
        let text = String::from_utf8_lossy(content);
        let value = Exported {
            report: going.id.clone(),
            version: going.version,
            r#for: going.to.clone(),
            banner: going.banner.clone(),
            portions: going.portions.iter().map(|portion| portion.id.to_string()).collect(),
            file: self.output.clone(),
            content: self.output.is_none().then(|| text.into_owned()),
            table: table.rows(),
        };
        if global.json {
            output::json(&value)?;
            return Ok(Exit::Done);
        }
        match &self.output {
            None => {
                output::bytes(content);
                for row in &value.table {
                    output::say(format!("{}: {}", row.what, row.became));
                }
            }
            Some(path) => {
                output::line(format!(
                    "{}: {} v{} for {}, {} portions, {}",
                    path.display(),
                    value.report,
                    value.version,
                    value.r#for,
                    value.portions.len(),
                    value.banner
                ));
                losses(&value.table);
            }
        }
        Ok(Exit::Done)
    }
}

/// Who is to have something: a party, or a person by PARTY/NAME, for a purpose where one is stated.
pub(super) fn receiver(text: &str, purpose: Option<&str>) -> Result<Receiver, Failure> {
    Ok(match text.contains('/') {
        true => Receiver::Person(PersonId::new(text)?, purpose.map(Purpose::new)),
        false => Receiver::Party(PartyPath::new(text)?),
    })
}

impl Form {
    fn format(self) -> Format {
        match self {
            Self::Stix => Format::Stix,
            Self::Misp => Format::Misp,
            Self::Csaf => Format::Csaf,
            Self::Csaf21 => Format::Csaf21,
            Self::Markdown | Self::Pdf => Format::Markdown,
            Self::Xml => Format::Labelled,
        }
    }
}

/// The report as a paper, with its banner on every page.
fn pdf(going: &Outgoing) -> Result<Vec<u8>, Failure> {
    let items = going.portions.iter().map(OutPortion::printed);
    let paper = Paper::copy_for(&going.to, (&going.title, &going.banner), None, items);
    printed(&paper)
}

impl From<NotExported> for Failure {
    fn from(error: NotExported) -> Self {
        match error {
            NotExported::NotFound(error) => error.into(),
            NotExported::Refused(error) => Self::from(entente_node::NodeError::from(error)),
            NotExported::Nothing(..) => Self::new(Exit::Denied, error),
        }
    }
}
