//! Laws of what is laid before people, over random worlds of three parties: the banner of every paper dominates each mark
//! on it, no text stands on it that whoever it is for may not have, and its JSON says no more than the paper.
//!
//! `ENTENTE_WORLDS=100000` looks at more worlds, `ENTENTE_SEED=17` at world 17 alone: a failing world prints its number.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

#[path = "../../../entente-core/tests/worlds/dice.rs"]
mod dice;
#[path = "../../../entente-core/tests/world/mod.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex};

use entente_core::decide::{NoGuards, decide};
use entente_core::draft::{Setting, compose};
use entente_core::handle::{Handover, Opening, standing};
use entente_core::*;
use entente_desk::briefing::{speakers_paper, table_paper};
use entente_desk::casefile::casefile;
use entente_desk::{Moment, View};
use entente_marking::builtin::{groups, schemes};
use entente_marking::installed::Library;
use entente_marking::{Category, Caveat, Entity, Label, Level, MarkKind, SchemeId};
use entente_paper::{Block, Paper};
use serde::Serialize;

use dice::Dice;
use world::{World, party, person, report};

const HOMES: [&str; 3] = ["USA", "GBR", "FRA"];
const PEOPLE: [&str; 7] = ["USA/a", "USA/b", "GBR/a", "GBR/b", "FRA/a", "JOR/colonel", "PRESS/rep"];
const REPORTS: [&str; 4] = ["R1", "R2", "R3", "R4"];
/// Marks in the rules of the US intelligence community, of TLP and of NATO, and some of two of them.
const MARKS: [(&str, &[&str]); 3] = [
    (
        "us-ic",
        &[
            "(U)",
            "(U//FOUO)",
            "(S//NF)",
            "(S//REL TO USA, GBR)",
            "(S//REL TO USA, FRA, GBR)",
            "(S//REL TO USA, GBR, JOR)",
            "(TS//SI//REL TO USA, GBR)",
            "(TS//SI//NF)",
            "(C//OC/REL TO USA, GBR)",
            "(U//REL TO USA, FRA, GBR)",
            "(S//DISPLAY ONLY JOR)",
            "(//GBR S)",
            "(S//REL TO USA, GBR) (PAP:RED)",
        ],
    ),
    (
        "tlp",
        &[
            "(TLP:CLEAR)",
            "(TLP:GREEN)",
            "(TLP:AMBER)",
            "(TLP:AMBER+STRICT)",
            "(TLP:RED)",
            "(TLP:GREEN) (PAP:RED)",
        ],
    ),
    ("nato", &["(NU)", "(NR)", "(NC)", "(NS)"]),
];

/// A word that stands nowhere else: whose report, which portion.
fn canary(home: &str, id: &str, version: usize, portion: &str) -> String {
    format!("canary-{home}-{id}-{version}-{portion}.")
}

fn canaries(text: &str) -> BTreeSet<String> {
    let found = text.match_indices("canary-").map(|(at, _)| {
        let rest = &text[at..];
        let end = rest.find('.').map_or(rest.len(), |end| end + 1);
        rest[..end].to_owned()
    });
    found.collect()
}

/// A random report, written at `home`; portions may rest on what it holds of others.
fn write(world: &mut World, dice: &mut Dice, home: &str, id: &str) {
    let version = world.nodes[&party(home)]
        .reports
        .get(&report(id))
        .map_or(1, |held| held.versions.len() + 1);
    let (scheme, marks) = dice.pick(&MARKS);
    let bases: Vec<PortionRef> = held(world, home)
        .into_iter()
        .filter(|base| base.report != report(id))
        .collect();
    let mut file = format!(
        "---\nid: {id}\nscheme: {scheme}\narrangements: [A-1]\ntitle: {}{}\n---\n",
        if dice.one_in(2) {
            format!("{} ", dice.pick::<&str>(marks))
        } else {
            String::new()
        },
        canary(home, id, version, "title")
    );
    for n in 1..=1 + dice.roll(4) {
        let portion = format!("p{n}");
        let from = match bases.is_empty() || !dice.one_in(3) {
            true => String::new(),
            false => {
                let base = dice.pick(&bases);
                format!(" {{from: {} v{} {}}}", base.report, base.version, base.portion)
            }
        };
        let mark = dice.pick::<&str>(marks);
        let words = canary(home, id, version, &portion);
        file += &format!("{mark} The words {words}{from}\n\n");
    }
    let at = party(home);
    let setting = Setting {
        schemes: schemes(),
        state: Some(&world.nodes[&at]),
        home: &at,
        name: "R",
        now: world.now,
    };
    let Ok(written) = compose(&file, &setting) else {
        return;
    };
    let _ = world.try_run(home, Command::AddReport(written));
}

/// All portions that a party holds.
fn held(world: &World, home: &str) -> Vec<PortionRef> {
    let reports = world.nodes[&party(home)].reports.values();
    let all = reports.flat_map(|holding| holding.versions.values());
    all.flat_map(|report| report.portions.iter().map(|portion| report.reference(&portion.id)))
        .collect()
}

fn held_reports(world: &World, home: &str) -> Vec<ReportId> {
    world.nodes[&party(home)]
        .reports
        .iter()
        .map(|(id, _)| id.clone())
        .collect()
}

/// Letters are handed over as they come; what is refused stays refused.
fn post(world: &mut World) {
    for letter in std::mem::take(&mut world.post) {
        if world.nodes.contains_key(&letter.to) {
            let _ = world.hand(&letter);
        }
    }
}

/// Everybody as everywhere known, with random clearances.
fn people(world: &mut World, dice: &mut Dice) {
    for id in PEOPLE.map(person) {
        let of = id.party().unwrap();
        let mut known = Person::outsider(id, of.clone());
        known.citizenships.insert(Entity::new(of.top()));
        for (scheme, words) in [("us-ic", ["S", "TS"]), ("nato", ["NC", "NS"])] {
            let scheme = SchemeId::new(scheme);
            let level: Option<Level> = schemes().get(&scheme, None).unwrap().level(dice.name(&words));
            known
                .clearances
                .extend(level.filter(|_| !dice.one_in(4)).map(|level| (scheme, level)));
        }
        if dice.one_in(2) {
            known.accesses.insert(Category::new("us-ic/sci/SI"));
        }
        for home in HOMES {
            let set = Event::PersonSet(known.clone());
            world.nodes.get_mut(&party(home)).unwrap().apply(&set);
        }
    }
}

fn request(world: &mut World, dice: &mut Dice, n: usize, home: &str) {
    let mine = held_reports(world, home);
    if mine.is_empty() {
        return;
    }
    let ask = Command::OpenRequest {
        id: RequestId::new(format!("req-{n}")).unwrap(),
        report: dice.pick(&mine).clone(),
        portions: None,
        audience: some_people(dice),
        purpose: None,
        reason: String::new(),
        change: String::new(),
        needed_by: None,
    };
    let _ = world.try_run(home, ask);
}

fn some_people(dice: &mut Dice) -> BTreeSet<PersonId> {
    let mut some = dice.some(&PEOPLE.map(person), 4);
    if some.is_empty() {
        some.insert(person(dice.name(&PEOPLE)));
    }
    some
}

fn answer(world: &mut World, dice: &mut Dice, n: usize, home: &str) {
    let open: Vec<Named<RequestId>> = world.nodes[&party(home)]
        .requests
        .iter()
        .map(|(id, _)| id.clone())
        .collect();
    if open.is_empty() {
        return;
    }
    let request = dice.pick(&open).clone().into();
    let command = match dice.one_in(4) {
        true => Command::Refuse {
            request,
            portions: None,
            reason: format!("canary-{home}-refusal-{n}."),
        },
        false => Command::Grant {
            id: ConsentId::new(format!("con-{n}")).unwrap(),
            request,
            portions: None,
            terms: Terms {
                conditions: dice.one_in(2).then(|| "orally only".to_owned()).into_iter().collect(),
                ..Terms::default()
            },
        },
    };
    let _ = world.try_run(home, command);
}

fn end(world: &mut World, dice: &mut Dice, n: usize, home: &str) {
    let own = held_reports(world, home);
    let consents: Vec<Named<ConsentId>> = world.nodes[&party(home)]
        .consents
        .iter()
        .map(|(id, _)| id.clone())
        .collect();
    let command = if dice.one_in(2) && !consents.is_empty() {
        Command::WithdrawConsent {
            consent: dice.pick(&consents).clone().into(),
            reason: String::new(),
        }
    } else if own.is_empty() {
        return;
    } else {
        Command::Recall {
            id: RecallId::new(format!("rec-{n}")).unwrap(),
            report: dice.pick(&own).clone(),
            action: dice.pick(&[RecallAction::RetainHide, RecallAction::Purge]).clone(),
            reason: String::new(),
        }
    };
    let _ = world.try_run(home, command);
}

fn brief(world: &mut World, dice: &mut Dice, n: usize, home: &str) {
    let about: Vec<ReportId> = held_reports(world, home)
        .into_iter()
        .filter(|_| !dice.one_in(3))
        .collect();
    let own: Vec<&str> = PEOPLE.into_iter().filter(|id| id.starts_with(home)).collect();
    let prepare = Command::PrepareBriefing {
        id: BriefingId::new(format!("brf-{n}")).unwrap(),
        speaker: person(dice.name(&own)),
        audience: some_people(dice),
        reports: about,
        purpose: None,
    };
    let _ = world.try_run(home, prepare);
}

/// A disclosure of something that is held, and a case about it.
fn slip(world: &mut World, dice: &mut Dice, n: usize, home: &str) {
    let all = held(world, home);
    if all.is_empty() {
        return;
    }
    let out = dice.pick(&all).clone();
    let same: Vec<PortionId> = all
        .into_iter()
        .filter(|other| other.report == out.report && other.version == out.version)
        .map(|other| other.portion)
        .collect();
    let id = DisclosureId::new(format!("dis-{n}")).unwrap();
    let told = dice.some(&same, 2).into_iter().chain([out.portion]).collect();
    let about = (out.report, told);
    let disclose = world::disclosed((id.as_str(), Route::Said), about, some_people(dice), Vec::new());
    if world.try_run(home, disclose).is_err() {
        return;
    }
    let own: Vec<PersonId> = PEOPLE
        .into_iter()
        .filter(|id| id.starts_with(home))
        .map(person)
        .collect();
    let open = Command::OpenIncident(Box::new(Opening {
        id: IncidentId::new(format!("inc-{n}")).unwrap(),
        title: "a slip".to_owned(),
        by: dice.pick(&own).clone(),
        members: own.iter().filter(|_| dice.one_in(2)).cloned().collect(),
        disclosures: BTreeSet::from([id.into()]),
        protected: false,
        clocks: BTreeMap::new(),
    }));
    let _ = world.try_run(home, open);
}

fn made(dice: &mut Dice) -> World {
    let mut world = World::of(&HOMES);
    let rule = *dice.pick(&[Onward::Consent, Onward::Members]);
    world.agree(&HOMES, rule);
    people(&mut world, dice);
    for n in 0..24 {
        let home = dice.name(&HOMES);
        match dice.roll(9) {
            0..=2 => {
                let id = dice.name(&REPORTS);
                write(&mut world, dice, home, id);
            }
            3 => {
                for id in held_reports(&world, home) {
                    let to = party(dice.name(&HOMES));
                    let _ = world.try_run(home, Command::HandOver(Handover::of(id, to)));
                }
            }
            4 => request(&mut world, dice, n, home),
            5 => HOMES.iter().for_each(|home| answer(&mut world, dice, n, home)),
            6 => brief(&mut world, dice, n, home),
            7 => slip(&mut world, dice, n, home),
            _ if dice.one_in(2) => end(&mut world, dice, n, home),
            _ => brief(&mut world, dice, n, home),
        }
        world.later(1);
        post(&mut world);
    }
    world
}

/// What marks mean: of one scheme or of several, side by side.
fn meaning(text: &str, kind: MarkKind) -> Label {
    let parts: Vec<&str> = match kind {
        MarkKind::Banner => text.split(" | ").collect(),
        _ => handle::side_by_side(text).collect(),
    };
    let each = parts.into_iter().map(|part| {
        let first = ["us-ic", "tlp", "nato"].map(SchemeId::new);
        let known = first.iter().filter_map(|id| schemes().get(id, None));
        let mut known = known.chain(schemes().iter());
        let read = known.find_map(|scheme| {
            let checked = scheme.check(part, kind, None);
            checked.is_valid().then(|| checked.label(part))
        });
        read.unwrap_or_else(|| panic!("`{part}` is no mark"))
    });
    each.fold(Label::unrestricted(), |all, label| all.join(&label))
}

/// What a person may have of a report now, as `home` decides.
fn permitted(world: &World, home: &str, portion: &PortionRef, who: &PersonId) -> bool {
    let state = world.state(home);
    let outsider = Person::outsider(who.clone(), who.party().unwrap());
    let snapshot = Snapshot::about(state, groups(), [&portion.report], ([who], &[outsider]));
    let query = Query {
        report: &portion.report,
        version: Some(portion.version),
        portions: None,
        audience: std::slice::from_ref(who),
        purpose: None,
        moment: world.now,
    };
    let found = decide(&snapshot, &query, &NoGuards, &SourceGuard::new(state)).unwrap();
    let place = found.portions().position(|id| *id == portion.portion);
    found.outcome(0, place.unwrap_or(found.title())) == Outcome::Permit
}

/// Every string of a paper.
fn written(paper: &Paper) -> String {
    let mut all = vec![paper.title.clone(), paper.banner.clone()];
    all.extend(paper.notice.clone());
    for block in &paper.blocks {
        match block {
            Block::Heading(text) | Block::Text(text) => all.push(text.clone()),
            Block::Item { lead, text, notes } => all.extend([vec![lead.clone(), text.clone()], notes.clone()].concat()),
            Block::Table { head, rows } => all.extend(head.iter().chain(rows.iter().flatten()).cloned()),
        }
    }
    all.join("\n")
}

/// A paper with its value, and what of the reports stands on it.
struct Laid<'l> {
    world: &'l World,
    home: &'l str,
    what: String,
    paper: Paper,
    json: String,
    /// Whoever has it before their eyes.
    readers: Vec<PersonId>,
    /// The marks on it.
    marks: Vec<String>,
}

impl Laid<'_> {
    fn holds(&self) {
        let what = &self.what;
        let banner = &self.paper.banner;
        let over = (!self.marks.is_empty()).then(|| meaning(banner, MarkKind::Banner));
        let parts = self.marks.iter().flat_map(|mark| handle::side_by_side(mark));
        for (mark, over) in parts.zip(over.iter().cycle()) {
            let mut under = meaning(mark, MarkKind::Portion);
            // A foreign mark without a list is for its owner alone; a US banner cannot say so, and names the owner.
            if mark.starts_with("(//") {
                assert!(
                    over.owners.is_superset(&under.owners),
                    "{what}: `{banner}` stands over `{mark}`"
                );
                under.release = over.release.clone();
            }
            // Plain unclassified text takes the list of its banner, and FOUO does not stand over classified text (Register).
            if mark.starts_with("(U)") || mark.starts_with("(U//FOUO)") {
                under.release = over.release.clone();
                under.caveats.remove(&Caveat::new("FOUO"));
            }
            assert!(
                over.dominates(&under),
                "{what}: `{banner}` stands over `{mark}`\n{over:?}\n{under:?}"
            );
        }
        let on_paper = canaries(&written(&self.paper));
        let in_json = canaries(&self.json);
        assert_eq!(in_json, on_paper, "{what}: the JSON and its paper\n{}", self.json);
        for word in &on_paper {
            self.may_stand_here(word);
        }
    }

    /// The words of a portion stand here only where every reader may have it.
    fn may_stand_here(&self, word: &str) {
        let parts: Vec<&str> = word.trim_end_matches('.').split('-').collect();
        let [_, _, id, version, portion] = parts[..] else {
            // What a refusal says is shown to whoever speaks.
            return assert!(word.contains("-refusal-"), "{}: {word}", self.what);
        };
        let portion = PortionRef {
            report: report(id),
            version: version.parse().unwrap(),
            portion: match portion {
                "title" => PortionId::title(),
                name => PortionId::new(name).unwrap(),
            },
        };
        for reader in &self.readers {
            assert!(
                permitted(self.world, self.home, &portion, reader),
                "{}: {word} is not for {reader}",
                self.what
            );
        }
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// Both papers of every briefing, and every case as each of its party's people sees it.
fn papers(world: &World, home: &'static str, laid: &mut dyn FnMut(Laid<'_>)) {
    let state = world.state(home);
    static LIBRARY: LazyLock<Library> = LazyLock::new(Library::default);
    let library = &*LIBRARY;
    let moment = Moment::of(state, &NoGuards, library);
    for briefing in state.briefings.values() {
        let standing = standing(state, briefing, &moment.context(world.now));
        let value = table_paper(state, library, briefing, &standing);
        laid(Laid {
            world,
            home,
            what: format!("{home}: table paper of {}", briefing.id),
            paper: super::brief::table(&value),
            json: json(&value),
            readers: briefing.audience.iter().cloned().collect(),
            marks: value.texts.iter().map(|text| text.mark.clone()).collect(),
        });
        let value = speakers_paper(state, library, briefing, &standing);
        let said = value.can_say.iter().map(|open| open.text.mark.clone());
        let not_said = value.do_not_say.iter().map(|closed| closed.text.mark.clone());
        laid(Laid {
            world,
            home,
            what: format!("{home}: speaker's paper of {}", briefing.id),
            paper: super::brief::speakers(&value),
            json: json(&value),
            readers: vec![briefing.speaker.clone()],
            marks: said.chain(not_said).collect(),
        });
    }
    for incident in state.incidents.values() {
        for reader in PEOPLE.into_iter().filter(|id| id.starts_with(home)).map(person) {
            let view = View::of(Some(&reader), None, world.now);
            let value = casefile(&moment, incident, &view);
            let marks = match &value {
                entente_desk::casefile::CaseFile::Closed { .. } => Vec::new(),
                entente_desk::casefile::CaseFile::Open(case) => {
                    let out = case.disclosures.iter().flat_map(|out| &out.shown);
                    let out = out.filter_map(|portion| portion.mark.clone());
                    out.chain(case.may_still_be_said.iter().map(|still| still.text.mark.clone()))
                        .collect()
                }
            };
            laid(Laid {
                world,
                home,
                what: format!("{home}: case {} for {reader}", incident.id),
                paper: super::incident::paper(&value),
                json: json(&value),
                readers: vec![reader.clone()],
                marks,
            });
        }
    }
}

#[test]
fn every_banner_dominates_no_paper_says_too_much_and_no_json_says_more() {
    let seen = Mutex::new((0_usize, 0_usize, 0_usize));
    let one = |seed: u64| {
        let world = made(&mut Dice(seed));
        for home in HOMES {
            papers(&world, home, &mut |mut laid| {
                laid.what = format!("world {seed}: {}", laid.what);
                laid.holds();
                let mut seen = seen.lock().unwrap();
                seen.0 += 1;
                seen.1 += usize::from(!laid.marks.is_empty());
                seen.2 += usize::from(!canaries(&laid.json).is_empty());
            });
        }
    };
    let Some(worlds) = dice::in_worlds(1, one) else {
        return;
    };
    let (papers, marked, worded) = *seen.lock().unwrap();
    println!("{worlds} worlds: {papers} papers, {marked} with marks, {worded} with words of reports");
    assert!(
        marked as u64 > worlds / 4 && worded as u64 > worlds / 4,
        "{marked} of {papers}"
    );
}
