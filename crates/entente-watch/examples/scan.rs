//! Scans files against a facts file, one text after the other: `cargo run -p entente-watch --example scan -- FACTS.json FILE… [--table]`.

use std::error::Error;
use std::fs::File;
use std::io::Read;

use entente_watch::text::{self, Source, TextError};
use entente_watch::{Scanner, facts::Facts};

fn texts(file: &str) -> Box<dyn Iterator<Item = Result<Source, TextError>>> {
    let stream: Box<dyn Read> = match file {
        "-" => Box::new(std::io::stdin()),
        _ => match File::open(file) {
            Ok(opened) => Box::new(opened),
            Err(error) => {
                let file = file.to_owned();
                return Box::new(std::iter::once(Err(TextError::Io { file, error })));
            }
        },
    };
    Box::new(text::pieces(file, stream))
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let table = arguments.iter().any(|argument| argument == "--table");
    arguments.retain(|argument| argument != "--table");
    let (facts, files) = arguments
        .split_first()
        .ok_or("usage: scan FACTS.json FILE… [--table]")?;
    let scanner = Scanner::new(Facts::parse(&std::fs::read_to_string(facts)?)?);
    let mut unread = Vec::new();
    let read = files.iter().flat_map(|file| texts(file));
    let report = scanner.scan(read.filter_map(|text| text.map_err(|error| unread.push(error)).ok()));
    print!(
        "{}",
        if table {
            report.to_table()
        } else {
            report.to_json_lines()
        }
    );
    for error in &unread {
        eprintln!("not scanned: {error}");
    }
    Ok(())
}
