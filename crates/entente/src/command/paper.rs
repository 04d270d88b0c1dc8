//! Papers for people: written to standard output or a file, as Markdown, HTML or PDF.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use entente_paper::Paper;

use crate::failure::Failure;
use crate::output;

/// How a paper is written.
#[derive(Clone, Debug, Args)]
pub(crate) struct PaperArgs {
    /// The form [default: by the file's name, else Markdown].
    #[arg(long, value_name = "FORM")]
    form: Option<Form>,
    /// The file to write [default: standard output].
    #[arg(long, short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Markdown,
    Html,
    Pdf,
}

impl PaperArgs {
    /// In the form that the file's name says.
    pub(crate) fn file(path: PathBuf) -> Self {
        Self {
            form: None,
            output: Some(path),
        }
    }

    /// Whether a file or a form is named.
    pub(crate) fn is_asked(&self) -> bool {
        self.output.is_some() || self.form.is_some()
    }

    fn form(&self) -> Form {
        let ending = self.output.as_ref().and_then(|path| path.extension()?.to_str());
        self.form.unwrap_or(match ending {
            Some("html" | "htm") => Form::Html,
            Some("pdf") => Form::Pdf,
            _ => Form::Markdown,
        })
    }

    /// Writes a paper.
    pub(crate) fn write(&self, paper: &Paper) -> Result<(), Failure> {
        let bytes = match self.form() {
            Form::Markdown => paper.markdown().into_bytes(),
            Form::Html => paper.html().into_bytes(),
            Form::Pdf => printed(paper)?,
        };
        match &self.output {
            Some(path) => {
                output::file(path, &bytes)?;
                output::say(format!("written to {}", path.display()));
            }
            None => output::bytes(&bytes),
        }
        Ok(())
    }
}

/// A paper as PDF; what cannot be printed is said.
pub(crate) fn printed(paper: &Paper) -> Result<Vec<u8>, Failure> {
    let printed = paper.pdf().map_err(Failure::failed)?;
    match printed.replaced {
        0 => {}
        1 => output::say("one character cannot be printed in PDF and stands as `?`; other forms have it"),
        many => output::say(format!(
            "{many} characters cannot be printed in PDF and stand as `?`; other forms have them"
        )),
    }
    Ok(printed.bytes)
}
