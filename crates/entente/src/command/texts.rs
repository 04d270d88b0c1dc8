//! Texts as they are given on the command line: files, or standard input.

use std::io::Read;
use std::path::{Path, PathBuf};

use entente_watch::text::{self, Source, TextError};

use crate::failure::Failure;
use crate::seat;

/// The texts of these files; `-` is standard input. One that cannot be read fails them all.
pub(crate) fn sources(files: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    files.iter().flat_map(|file| each(file)).collect()
}

/// The texts of these files, one after the other, so that only one is held at a time. What cannot be read is put aside,
/// and hides none of the others.
pub(crate) fn readable<'a>(
    files: &'a [PathBuf],
    unread: &'a mut Vec<Failure>,
) -> impl Iterator<Item = Source> + use<'a> {
    let texts = files.iter().flat_map(|file| each(file));
    texts.filter_map(|text| text.map_err(|failure| unread.push(failure)).ok())
}

fn each(file: &Path) -> Box<dyn Iterator<Item = Result<Source, Failure>>> {
    let name = file.display().to_string();
    let stream: Box<dyn Read> = if file.as_os_str() == "-" {
        match seat::input() {
            Ok(input) => input,
            Err(error) => return Box::new(std::iter::once(Err(Failure::failed(error)))),
        }
    } else {
        match std::fs::File::open(seat::path(file)) {
            Ok(opened) => Box::new(opened),
            Err(error) => {
                return Box::new(std::iter::once(Err(Failure::not_found(format!("{name}: {error}")))));
            }
        }
    };
    Box::new(of(name, stream))
}

/// The texts of a stream that goes by this name.
pub(crate) fn of(name: String, stream: impl Read + 'static) -> impl Iterator<Item = Result<Source, Failure>> {
    let texts = text::pieces(&name, stream);
    let failed = move |error: TextError| Failure::failed(format!("{name}: {error}"));
    texts.map(move |text| text.map_err(&failed))
}
