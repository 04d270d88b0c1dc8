//! Fills the node in a folder with reports, many in one step: what `benches/growth` measures on.
//!
//! `fill FOLDER FROM TO [PARTY]`, with the passphrase and the place of kept checkpoints as the command line has them. Each report has
//! 2 KB in five portions under one of twenty arrangements. With a party, the reports are there already and are handed over to it.

#![allow(clippy::unwrap_used, reason = "a tool of the benchmarks says what failed and ends")]

mod folder;

use std::path::Path;

use entente_core::handle::{Handover, Why};
use entente_core::{Command, PartyPath, ReportId, draft};
use entente_node::Node;
use jiff::Timestamp;

/// Reports in one step.
const AT_ONCE: usize = 64;

fn text(number: usize) -> String {
    let marks = ["(S//REL TO USA, GBR)", "(S//NF)", "(C)", "(S//REL TO USA, FVEY)", "(U)"];
    let mut text = format!(
        "---\nid: R-{number}\nscheme: us-ic\ntitle: Movement {number}\narrangements: [A-{}]\n---\n",
        number % 20
    );
    for (place, mark) in marks.iter().enumerate() {
        text.push_str(mark);
        for line in 0..4 {
            text.push_str(&format!(
                " The vessel number {} left the port of P{} at night with a cargo that nobody declared to the office.",
                number * 5 + place,
                (number * 7 + line) % 997
            ));
        }
        text.push_str("\n\n");
    }
    text
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ([place, from, to], receiver) = match &arguments[..] {
        [place, from, to] => ([place, from, to], None),
        [place, from, to, receiver] => ([place, from, to], Some(PartyPath::new(receiver).unwrap())),
        _ => {
            eprintln!("fill FOLDER FROM TO [PARTY]");
            std::process::exit(2);
        }
    };
    let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
    let node = folder::opened(Path::new(place));
    let numbers: Vec<usize> = (from..to).collect();
    for some in numbers.chunks(AT_ONCE) {
        let mut view = Node::pinned(&node);
        let commands = some.iter().map(|number| {
            if let Some(receiver) = &receiver {
                let report = ReportId::new(format!("R-{number}")).unwrap();
                return Command::HandOver(Handover::of(report, receiver.clone()));
            }
            let setting = draft::Setting {
                schemes: view.schemes(),
                state: Some(view.state()),
                home: view.home().unwrap(),
                name: "report",
                now: Timestamp::now(),
            };
            let report = draft::compose(&text(*number), &setting).unwrap();
            let why = Why::default();
            Command::AddReportBecause { report, why }
        });
        let commands: Vec<Command> = commands.collect();
        view.submit_all(commands).unwrap();
    }
}
