//! Texts as they are given on the command line: files, or standard input.

use std::path::PathBuf;

use entente_watch::text::{self, Source};

use crate::failure::Failure;

/// The texts of these files; `-` is standard input.
pub(crate) fn sources(files: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    let mut all = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let failed = |error: text::TextError| Failure::failed(format!("{name}: {error}"));
        let missing = |error: std::io::Error| Failure::not_found(format!("{name}: {error}"));
        match file.as_os_str() == "-" {
            true => all.extend(text::read(&name, std::io::stdin()).map_err(failed)?),
            false => all.extend(text::read(&name, std::fs::File::open(file).map_err(missing)?).map_err(failed)?),
        }
    }
    Ok(all)
}
