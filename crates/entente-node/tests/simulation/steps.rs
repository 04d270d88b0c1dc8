//! What can happen next.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use entente_core::handle::{Following, Handover};
use entente_core::{
    Called, Command, ConsentId, Named, PartyPath, RecallAction, RecallId, ReportId, RequestId, Terms, draft,
};
use entente_marking::builtin;

use crate::dice::Dice;
use crate::federation::{ARRANGEMENT, BY_TWO, Federation, LIAR, NAMES, OFFICERS, OnTheWire, copy, party, reader};
use crate::{liar, two, witnesses};

/// Some have written something, and others have it, before anything goes wrong.
pub(crate) fn begin(all: &mut Federation, dice: &mut Dice) {
    for name in dice.shuffled(&NAMES).into_iter().take(3) {
        write(all, dice, name);
        for other in dice.shuffled(&NAMES).into_iter().filter(|other| *other != name).take(2) {
            deliver(all, dice, name, other);
            carry(all, name, other, 10);
        }
    }
    while let Some(on) = all.wire.pop() {
        arrive(all, on);
    }
}

/// Lets something happen; gives whom it touched.
pub(crate) fn step(all: &mut Federation, dice: &mut Dice) -> Vec<&'static str> {
    all.pass(i64::try_from(dice.roll(1800)).unwrap());
    let name = dice.name(&NAMES);
    let other = dice.name(&NAMES.into_iter().filter(|other| *other != name).collect::<Vec<_>>());
    match dice.roll(48) {
        0 | 1 => write(all, dice, name),
        2..=5 => deliver(all, dice, name, other),
        6..=13 => ask(all, dice, name),
        14..=20 => answer(all, dice, name),
        21..=23 => withdraw(all, dice, name),
        24 | 25 => recall(all, dice, name),
        26..=28 => by_file(all, dice, name),
        29 | 30 => stop(all, name),
        31 | 32 => skew(all, dice, name),
        33 => old_copy(all, name),
        34..=36 => liar::lie(all, dice),
        37..=40 => two::answer(all, dice, name),
        41..=44 => witnesses::ask(all, name, other),
        _ => {}
    }
    let mut touched = vec![name];
    let from = dice.name(&NAMES);
    for to in NAMES.into_iter().filter(|to| *to != from) {
        carry(all, from, to, 1 + dice.roll(3));
    }
    for _ in 0..dice.roll(6) {
        touched.extend(something_arrives(all, dice));
    }
    touched.sort_unstable();
    touched.dedup();
    touched.retain(|name| *name != LIAR);
    touched
}

fn own(all: &Federation, name: &str) -> Vec<ReportId> {
    let moment = all.node(name).moment();
    let held = moment.state().reports.iter();
    let own = held.filter(|(_, holding)| holding.latest().is_some_and(|report| report.originator == party(name)));
    own.map(|(id, _)| id.clone()).collect()
}

fn others(all: &Federation, name: &str) -> Vec<ReportId> {
    let moment = all.node(name).moment();
    let held = moment.state().reports.iter();
    let others = held.filter(|(_, holding)| holding.latest().is_some_and(|report| report.originator != party(name)));
    others.map(|(id, _)| id.clone()).collect()
}

fn write(all: &mut Federation, dice: &mut Dice, name: &'static str) {
    all.count += 1;
    let again = own(all, name);
    let id = match again.is_empty() || !dice.one_in(4) {
        true if dice.one_in(3) => format!("{name}-{}-{}", two::MARK, all.count),
        true => format!("{name}-{}", all.count),
        false => dice.pick(&again).to_string(),
    };
    let under = if two::needs_two(&id) { BY_TWO } else { ARRANGEMENT };
    let text = format!(
        "---\nid: {id}\nscheme: tlp\narrangements: [{under}]\n---\n(TLP:CLEAR) What {name} knows, {n}. {{#p1}}\n\n(TLP:CLEAR) More, {n}. {{#p2}}\n",
        n = all.count
    );
    let node = all.node(name);
    let moment = node.moment();
    let setting = draft::Setting {
        schemes: builtin::schemes(),
        state: Some(moment.state()),
        home: &party(name),
        name: "",
        now: all.now(name),
    };
    let report = draft::compose(&text, &setting).unwrap();
    all.submit(name, "wrote", Command::AddReport(report));
}

fn deliver(all: &mut Federation, dice: &mut Dice, name: &'static str, other: &'static str) {
    // Now and then somebody tries to hand on what is another's.
    let reports = if dice.one_in(4) {
        others(all, name)
    } else {
        own(all, name)
    };
    if reports.is_empty() {
        return write(all, dice, name);
    }
    let handover = Handover::of(dice.pick(&reports).clone(), party(other));
    all.submit_as((name, dice.name(&OFFICERS)), "delivered", Command::HandOver(handover));
}

fn ask(all: &mut Federation, dice: &mut Dice, name: &'static str) {
    let reports = others(all, name);
    if reports.is_empty() {
        return;
    }
    all.count += 1;
    let audience = dice.name(&NAMES.into_iter().filter(|of| *of != name).collect::<Vec<_>>());
    let command = Command::OpenRequest {
        id: RequestId::new(format!("req-{}", all.count)).unwrap(),
        report: dice.pick(&reports).clone(),
        portions: None,
        audience: BTreeSet::from([reader(audience)]),
        purpose: None,
        reason: "they need it".to_owned(),
        change: String::new(),
        needed_by: None,
    };
    all.submit(name, "asked", command);
}

fn answer(all: &mut Federation, dice: &mut Dice, name: &'static str) {
    let open: Vec<Named<RequestId>> = {
        let moment = all.node(name).moment();
        let cases = moment.state().requests.iter();
        let open = cases.filter(|(_, case)| case.is_open() && case.request.to == party(name));
        open.map(|(named, _)| named.clone()).collect()
    };
    if open.is_empty() {
        return;
    }
    all.count += 1;
    let request: Called<RequestId> = dice.pick(&open).clone().into();
    match dice.one_in(4) {
        true => {
            let refuse = Command::Refuse {
                request,
                portions: None,
                reason: "no".to_owned(),
            };
            all.submit(name, "said no", refuse);
        }
        false => {
            let grant = Command::Grant {
                id: ConsentId::new(format!("con-{}", all.count)).unwrap(),
                request,
                portions: None,
                terms: Terms::default(),
            };
            all.submit_as((name, dice.name(&OFFICERS)), "granted", grant);
        }
    }
}

fn withdraw(all: &mut Federation, dice: &mut Dice, name: &'static str) {
    let given: Vec<ConsentId> = {
        let moment = all.node(name).moment();
        let consents = moment.state().consents.values();
        let own = consents.filter(|consent| consent.originator == party(name) && consent.withdrawn.is_none());
        own.map(|consent| consent.id.clone()).collect()
    };
    if given.is_empty() {
        return;
    }
    let command = Command::WithdrawConsent {
        consent: Called {
            by: Some(party(name)),
            id: dice.pick(&given).clone(),
        },
        reason: "it changed".to_owned(),
    };
    all.submit(name, "withdrawn", command);
}

fn recall(all: &mut Federation, dice: &mut Dice, name: &'static str) {
    let reports = own(all, name);
    let to_follow: Vec<Named<RecallId>> = {
        let moment = all.node(name).moment();
        let recalls = moment.state().recalls.iter();
        let theirs = recalls.filter(|(named, recall)| {
            named.by != party(name) && recall.holders.get(&party(name)).is_none_or(Option::is_none)
        });
        theirs.map(|(named, _)| named.clone()).collect()
    };
    if dice.one_in(2) && !to_follow.is_empty() {
        let command = Command::AcknowledgeRecall {
            recall: dice.pick(&to_follow).clone().into(),
            following: Following {
                statement: "done".to_owned(),
                ..Following::default()
            },
        };
        all.submit(name, "acknowledged", command);
        return;
    }
    if reports.is_empty() {
        return;
    }
    all.count += 1;
    let command = Command::Recall {
        id: RecallId::new(format!("rec-{}", all.count)).unwrap(),
        report: dice.pick(&reports).clone(),
        action: RecallAction::RetainHide,
        reason: "it is wrong".to_owned(),
    };
    all.submit(name, "recalled", command);
}

/// Puts the next messages on the wire: the sender keeps them until they are confirmed.
pub(crate) fn carry(all: &mut Federation, from: &'static str, to: &'static str, at_most: usize) -> usize {
    let carried = all.node(from).carry(&party(to), at_most, &BTreeSet::new()).unwrap();
    all.read(from);
    let count = carried.len();
    for message in carried {
        all.wire.push(OnTheWire::Message {
            from,
            to,
            sealed: message.sealed.clone(),
            carried: Some(message),
        });
    }
    if count > 0 {
        all.tell("sent", format!("{from}: {count} leave for {to}"));
    }
    count
}

/// What waits is written into files, which somebody carries: nothing confirms them.
fn by_file(all: &mut Federation, dice: &mut Dice, name: &'static str) {
    let folder = all.folder("post");
    let by_network: BTreeSet<PartyPath> = NAMES.into_iter().filter(|_| dice.one_in(2)).map(party).collect();
    let sent = all.node(name).flush(&folder, &by_network).unwrap();
    all.read(name);
    for file in sent.files {
        let sealed = std::fs::read(&file.file).unwrap();
        let to = NAMES.into_iter().find(|to| party(to) == file.to).unwrap();
        all.tell("by file", format!("{name}: a file for {to}: {}", file.kind));
        all.wire.push(OnTheWire::Message {
            from: name,
            to,
            sealed,
            carried: None,
        });
    }
}

fn stop(all: &mut Federation, name: &'static str) {
    all.tell(
        "stopped",
        format!("{name} is stopped, and opened again from its folder"),
    );
    all.stop(name);
    all.open(name);
}

/// A clock goes wrong, within what parties put up with.
fn skew(all: &mut Federation, dice: &mut Dice, name: &'static str) {
    let seconds = i64::try_from(dice.roll(480)).unwrap() - 240;
    all.members[name].skew.store(seconds, Ordering::Relaxed);
    all.tell("skewed", format!("{name}'s clock goes {seconds} seconds ahead"));
}

/// An old copy of a folder is put in its place: it signs nothing, and goes on once the newer one is back.
fn old_copy(all: &mut Federation, name: &'static str) {
    let (folder, old, kept) = (all.folder(name), all.folder("old"), all.folder("kept"));
    all.stop(name);
    copy(&folder, &old);
    all.open(name);
    all.pass(60);
    let rule = Command::SetAudience(entente_core::Audience {
        name: entente_core::AudienceName::new("all").unwrap(),
        members: BTreeSet::from([reader(name)]),
    });
    all.node(name).submit_all(vec![rule]).unwrap();
    all.read(name);
    all.node(name).publish().unwrap();
    all.stop(name);
    std::fs::rename(&folder, &kept).unwrap();
    std::fs::rename(&old, &folder).unwrap();
    let known = std::mem::take(&mut all.members.get_mut(name).unwrap().log);
    all.open(name);
    let signed = all.node(name).publish();
    all.tell(
        "old copy",
        format!(
            "{name}: an old copy of its folder is put back: {}",
            signed
                .as_ref()
                .err()
                .map_or_else(|| "SIGNED".to_owned(), |_| "it signs nothing".to_owned())
        ),
    );
    if signed.is_ok() {
        all.broken(&format!("{name} signed an older history than it had signed before"));
    }
    all.stop(name);
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::rename(&kept, &folder).unwrap();
    all.members.get_mut(name).unwrap().log = known;
    all.open(name);
}

/// Something on the wire is lost, doubled, or arrives; whichever it is, in no order.
fn something_arrives(all: &mut Federation, dice: &mut Dice) -> Option<&'static str> {
    if all.wire.is_empty() {
        return None;
    }
    let n = dice.roll(all.wire.len());
    let from_liar = |on: &OnTheWire| matches!(on, OnTheWire::Message { from, .. } if *from == LIAR);
    match dice.roll(6) {
        // What goes by file is carried by people: it is late, and not lost.
        0 if matches!(
            &all.wire[n],
            OnTheWire::Message { carried: Some(_), .. } | OnTheWire::Answer { .. }
        ) || from_liar(&all.wire[n]) =>
        {
            all.wire.swap_remove(n);
            all.tell("lost", "something is lost on the way".to_owned());
            None
        }
        1 => {
            let again = all.wire[n].clone();
            all.wire.push(again);
            all.tell("doubled", "something comes twice".to_owned());
            None
        }
        _ => {
            let on = all.wire.swap_remove(n);
            arrive(all, on)
        }
    }
}

/// Something arrives; gives at whom.
pub(crate) fn arrive(all: &mut Federation, on: OnTheWire) -> Option<&'static str> {
    match on {
        OnTheWire::Message {
            from,
            to,
            sealed,
            carried,
        } => {
            let answered = all.node(to).answer(&sealed);
            all.read(to);
            match answered {
                Ok(answered) => {
                    all.tell(
                        "arrived",
                        format!("{to}: a message of {from} arrives: {}", answered.outcome.word()),
                    );
                    all.wire.extend(carried.map(|carried| OnTheWire::Answer {
                        to: from,
                        carried,
                        sealed: answered.sealed,
                    }));
                }
                Err(error) if error.is_of_the_message() => {
                    all.tell("refused", format!("{to}: a message of {from} is none: {error}"));
                }
                Err(error) => all.broken(&format!("{to} cannot take in a message of {from}: {error}")),
            }
            Some(to)
        }
        OnTheWire::Answer { to, carried, sealed } => {
            let confirmed = all.node(to).confirm(&carried, &sealed);
            all.read(to);
            match confirmed {
                Ok(outcome) => all.tell(
                    "confirmed",
                    format!("{to}: {} is confirmed: {}", carried.id, outcome.word()),
                ),
                Err(error) => all.tell("refused", format!("{to}: an answer counts for nothing: {error}")),
            }
            Some(to)
        }
    }
}
