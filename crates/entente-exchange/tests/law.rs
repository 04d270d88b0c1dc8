//! The law of round trips: what comes back is at least as strict, names every originator, and opens to nobody new.
//!
//! `ENTENTE_WORLDS=1000000` looks at more reports, `ENTENTE_SEED=17` at number 17 alone: a failing one prints its number.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

#[path = "../../entente-core/tests/worlds/dice.rs"]
mod dice;
mod world;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use dice::Dice;
use entente_core::draft::{Setting, compose as compose_draft};
use entente_core::handle::Handover;
use entente_core::*;
use entente_exchange::exporting::{Receiver, outgoing};
use entente_exchange::importing::{Step, step};
use entente_exchange::{Format, Known, Options, Outgoing, Place, Table, Writing, labelled, write};
use world::{HOME, Node, PARTIES, RECEIVERS, now, party, person};

const FORMATS: [Format; 5] = [
    Format::Stix,
    Format::Misp,
    Format::Csaf,
    Format::Markdown,
    Format::Labelled,
];

static BACK: AtomicUsize = AtomicUsize::new(0);

#[test]
fn what_comes_back_is_no_more_open_names_everybody_and_opens_to_nobody_new() {
    let Some(worlds) = dice::in_worlds(1, one) else {
        return;
    };
    let back = BACK.load(Ordering::Relaxed);
    println!("{worlds} reports, {back} round trips");
    assert!(back as u64 > worlds / 2, "too few reports go anywhere: {back}");
}

/// One random report, to one receiver, in one format, and back: to where it was written, and to the receiver.
fn one(seed: u64) {
    let mut dice = Dice(seed);
    let home = world::home(&mut dice);
    let to = party(dice.name(&RECEIVERS));
    let format = *dice.pick(&FORMATS);
    let report = ReportId::new("R-1").unwrap();
    let moment = home.moment();
    let receiver = match dice.one_in(4) {
        true => Receiver::Person(person(&to, *dice.pick(&[0, 1])), None),
        false => Receiver::Party(to.clone()),
    };
    let Ok(going) = outgoing(&moment, &report, &receiver, now()) else {
        return;
    };
    let mut table = Table::default();
    let writing = Writing {
        schemes: entente_marking::builtin::schemes(),
        state: &home.state,
    };
    let mut file = write(format, &going, &writing, &mut table);
    // A tool in between that knows nothing of us.
    let stripped = format == Format::Stix && dice.one_in(3);
    if stripped {
        file = world::without_extension(&file);
    }
    // Whoever was given it is a recipient from then on.
    let mut given = home.clone();
    if let Receiver::Party(to) = &receiver {
        given.run(Command::Export(Handover::of(report, to.clone()))).unwrap();
    }
    let case = Case {
        seed,
        format,
        before: &given,
        going: &going,
        file: &file,
    };
    case.back_at(&home);
    if !stripped {
        case.back_at(&world::at(&home, &to));
    }
}

type Outcomes = BTreeMap<(PersonId, PortionId), Outcome>;

/// What everybody is answered for a purpose: now, and before.
type Compared = (Option<&'static str>, (Outcomes, Outcomes));

struct Case<'c> {
    seed: u64,
    format: Format,
    before: &'c Node,
    going: &'c Outgoing,
    file: &'c str,
}

impl Case<'_> {
    fn back_at(&self, node: &Node) {
        let mut node = node.clone();
        for report in self.taken(&mut node) {
            BACK.fetch_add(1, Ordering::Relaxed);
            let compared = [None, Some("passive")].map(|purpose| {
                let now = node.outcomes(&report.id, purpose);
                (purpose, (now, self.before.outcomes(&self.going.id, purpose)))
            });
            for portion in report.with_title() {
                if let Some(original) = self.original(portion) {
                    self.holds(&node, &report, (portion, &original), &compared);
                }
            }
        }
    }

    /// The reports that the file becomes at a node.
    fn taken(&self, node: &mut Node) -> Vec<Report> {
        let home = node.state.home.clone().unwrap();
        let mut reports = Vec::new();
        if self.format == Format::Markdown {
            let setting = Setting {
                schemes: entente_marking::builtin::schemes(),
                state: Some(&node.state),
                home: &home,
                name: "BACK",
                now: now(),
            };
            let made = compose_draft(self.file, &setting);
            // A file that the receiver cannot take in opens nothing.
            let Ok(report) = made else { return reports };
            if node.run(Command::AddReport(report.clone())).is_ok() {
                reports.push(report);
            }
            return reports;
        }
        let mut table = Table::default();
        let found = labelled::read(
            "back.json",
            self.file.as_bytes(),
            None,
            entente_marking::builtin::schemes(),
            &mut table,
        )
        .unwrap();
        for incoming in found {
            let known = Known::of(&node.state);
            let place = Place {
                schemes: entente_marking::builtin::schemes(),
                state: &node.state,
                home: &home,
                now: now(),
                known: &known,
            };
            let made = step(&incoming, &place, &Options::default(), &mut table);
            let Ok(Step::Add(report)) = made else {
                panic!("{}: {made:?}\n{}", self.seed, self.file);
            };
            let done = node.run(Command::AddReport((*report).clone()));
            done.unwrap_or_else(|error| panic!("{}: {error}\n{report:#?}\n{}", self.seed, self.file));
            reports.push(*report);
        }
        reports
    }

    /// The portion that a text is of.
    fn original(&self, portion: &Portion) -> Option<Portion> {
        let held = self.before.state.reports.get(&self.going.id)?.latest()?;
        let words = |text: &str| text.replace("\\(", "(").replace("&#123;", "{").replace("\\|", "|");
        let same = |other: &&Portion| {
            let (a, b) = (
                handle::same_words(&words(&portion.text)),
                handle::same_words(&words(&other.text)),
            );
            a.len() > 3 && (a == b || handle::same_words(&plain::text(&other.text)) == a)
        };
        let unmarked = Portion {
            id: PortionId::new(TITLE).unwrap(),
            text: held.title.text().to_owned(),
            ..portion.clone()
        };
        let title = held.title.portion().is_none().then_some(&unmarked);
        let all: Vec<&Portion> = held.with_title().chain(title).filter(same).collect();
        // Of several with one text, the one of this name.
        let named = all.iter().find(|other| other.id == portion.id);
        named.or(all.first()).map(|original| (*original).clone())
    }

    fn holds(&self, node: &Node, report: &Report, (portion, original): (&Portion, &Portion), outcomes: &[Compared]) {
        let reference = PortionRef {
            report: self.going.id.clone(),
            version: self.going.version,
            portion: original.id.clone(),
        };
        let marks = MarksInForce::new(&self.before.state);
        let asked = marks.of(&reference).unwrap();
        let (seed, format) = (self.seed, self.format);
        let marks_now = MarksInForce::new(&node.state);
        let now_asked = marks_now.of(&report.reference(&portion.id)).unwrap();
        assert!(
            now_asked.label.at_least_as_strict_as(&asked.label),
            "{seed} {format:?}: {} comes back as {}\n{}\n{}",
            asked.mark(),
            portion.mark,
            portion.text,
            self.file
        );
        if original.id.as_str() != TITLE || !original.lineage.is_empty() {
            let behind: Vec<&PartyPath> = portion.lineage.originators().collect();
            let going = self.going.portions.iter().find(|going| going.id == original.id);
            for party in going.into_iter().flat_map(|going| going.originators.keys()) {
                assert!(
                    behind.contains(&party),
                    "{seed} {format:?}: {party} is forgotten: {behind:?}\n{}",
                    self.file
                );
            }
        }
        for (purpose, (now, before)) in outcomes {
            for path in PARTIES {
                for n in 0..2 {
                    let person = person(&party(path), n);
                    let outcome = |all: &Outcomes, id: &PortionId| all[&(person.clone(), id.clone())];
                    let (now, before) = (outcome(now, &portion.id), outcome(before, &original.id));
                    assert!(
                        now != Outcome::Permit || before == Outcome::Permit,
                        "{seed} {format:?} at {}: {person} may have {} ({} as {}), and might not before ({before:?}, {}: {})\n{:#?}\n{}",
                        node.state.home.as_ref().unwrap(),
                        portion.id,
                        original.id,
                        portion.mark,
                        asked.mark(),
                        self.before.why(&self.going.id, &original.id, &person, *purpose),
                        portion.lineage,
                        self.file
                    );
                }
            }
        }
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for seed in 0..200 {
        let written = |seed| {
            let mut dice = Dice(seed);
            let home = world::home(&mut dice);
            let moment = home.moment();
            let to = Receiver::Party(party("GBR.CAB"));
            let going = outgoing(&moment, &ReportId::new("R-1").unwrap(), &to, now()).ok()?;
            let writing = Writing {
                schemes: entente_marking::builtin::schemes(),
                state: &home.state,
            };
            Some(FORMATS.map(|format| write(format, &going, &writing, &mut Table::default())))
        };
        assert_eq!(written(seed), written(seed));
    }
    assert_eq!(HOME, "USA.SVC");
}
