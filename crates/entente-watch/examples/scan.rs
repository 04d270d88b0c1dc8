//! Scans files against a facts file: `cargo run -p entente-watch --example scan -- FACTS.json FILE… [--table]`.

use std::error::Error;
use std::fs::File;

use entente_watch::{Scanner, facts::Facts, text};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let facts = arguments.next().ok_or("usage: scan FACTS.json FILE… [--table]")?;
    let scanner = Scanner::new(Facts::parse(&std::fs::read_to_string(facts)?)?);
    let (mut sources, mut table) = (Vec::new(), false);
    for file in arguments {
        match file.as_str() {
            "--table" => table = true,
            "-" => sources.extend(text::read("-", std::io::stdin())?),
            _ => sources.extend(text::read(&file, File::open(&file)?)?),
        }
    }
    let report = scanner.scan(sources);
    print!(
        "{}",
        if table {
            report.to_table()
        } else {
            report.to_json_lines()
        }
    );
    Ok(())
}
