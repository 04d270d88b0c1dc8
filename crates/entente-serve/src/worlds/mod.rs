//! No page says more than `decide` permits: in random worlds, each of the staff follows every link and form and finds no word
//! that is not for them; and where two worlds differ only in what the staff may not know, each gets the same bytes.
//!
//! Twenty worlds are looked at; `ENTENTE_WORLDS=500000` looks at a thousand (see `scripts/pages-worlds`), `ENTENTE_SEED=17` at
//! world 17 alone: a failing world prints its number.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod browse;
#[path = "../../../entente-core/tests/worlds/dice.rs"]
mod dice;
mod world;

use std::collections::{BTreeSet, VecDeque};

use entente_core::Role;

use browse::{Browser, Form, Got, forms, links, without_chance};
use world::{World, leaked, one_of};

/// Of ten thousand worlds, one in so many.
const OF: u64 = 500;
/// Addresses that one person looks at in one world, and forms that they send.
const MOST: (usize, usize) = (130, 60);

/// Where somebody begins who knows the addresses by heart.
fn beginnings(world: &World) -> Vec<String> {
    let mut all: Vec<String> = [
        "/",
        "/reports",
        "/requests",
        "/pending",
        "/briefings",
        "/watch",
        "/incidents",
        "/partners",
        "/arrangements",
        "/people",
        "/ledger",
        "/write",
        "/import",
        "/search?q=zq",
        "/search?q=deep",
        "/search?q=sub&as=json",
        "/reports?as=csv",
        "/requests?as=csv",
        "/people?as=json",
        "/pending?as=csv",
        "/briefings?as=csv",
        "/incidents?as=csv",
        "/reports?filter=title%3DZq&sort=portions",
        "/requests?filter=zq",
        "/nowhere",
        "/requests/req-000000ff",
        "/requests/req-00000000",
        "/incidents/inc-000000ff",
        "/briefings/brf-000000ff",
        "/pending/pend-0",
        "/ledger/1",
        "/people/USA.SVC/writer",
        "/api/v1/reports",
        "/api/v1/events",
        "/enter/nobody",
        "/sign-in",
        "/join",
        "/.well-known/csaf/provider-metadata.json",
        "/openapi.json",
    ]
    .map(str::to_owned)
    .to_vec();
    for id in &world.reports {
        let tails = [
            "",
            "?purpose=threat-warning",
            "?version=1",
            "?version=1&purpose=threat-warning",
            "/audience",
            "/audience?people=CHL.GOV/minister&purpose=threat-warning",
            "/release",
            "/deliver",
            "/export",
            "/embargo",
            "/release?purpose=threat-warning",
            "/audience?people=USA.SVC/analyst&person=USA.SVC/analyst&portion=zqsubname",
        ];
        all.extend(tails.map(|tail| format!("/reports/{id}{tail}")));
    }
    all
}

/// Whether an address tells only those something who keep the record: numbers and kinds of everything.
fn is_of_the_record(path: &str) -> bool {
    path.starts_with("/ledger")
}

/// Everything that one person finds; `meet` is told each answer, with what asked for it.
fn crawl(browser: &Browser<'_>, begin: Vec<String>, mut meet: impl FnMut(&str, &dyn Fn(&Browser<'_>) -> Got, &Got)) {
    let mut waiting: VecDeque<String> = begin.into();
    let (mut seen, mut sent) = (BTreeSet::new(), BTreeSet::new());
    while let Some(path) = waiting.pop_front() {
        if seen.len() >= MOST.0 || path.starts_with("/static") || !seen.insert(path.clone()) {
            continue;
        }
        let ask = |browser: &Browser<'_>| browser.get(&path);
        let got = ask(browser);
        meet(&path, &ask, &got);
        waiting.extend(links(&got.text));
        waiting.extend(got.to.clone());
        for form in forms(&got.text) {
            match form.posts {
                false => waiting.extend(form.queries()),
                true => send_all(browser, &form, &mut sent, &mut meet),
            }
        }
    }
}

/// Sends a form with each of its buttons, once for each address and button.
fn send_all(
    browser: &Browser<'_>,
    form: &Form,
    sent: &mut BTreeSet<String>,
    meet: &mut impl FnMut(&str, &dyn Fn(&Browser<'_>) -> Got, &Got),
) {
    // Both end the reader's session, and a session is called otherwise in each world.
    if ["/sign-out", "/access"].contains(&form.to.as_str()) {
        return;
    }
    for fields in form.fillings() {
        let named: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
        let what = format!("POST {} {}", form.to, named.join(" "));
        if sent.len() >= MOST.1 || !sent.insert(what.clone()) {
            continue;
        }
        let ask = |browser: &Browser<'_>| browser.send(form, &fields);
        let got = ask(browser);
        meet(&what, &ask, &got);
    }
}

/// Whose turn it is in a world.
fn role_of(seed: u64) -> Role {
    Role::ALL[usize::try_from(seed).unwrap() % Role::ALL.len()]
}

#[test]
fn nobody_finds_what_decide_does_not_give_them_and_it_changes_no_byte_of_what_they_get() {
    dice::in_worlds(OF, |seed| {
        let (with, without) = (World::of(seed, true), World::of(seed, false));
        let me = one_of(role_of(seed));
        let mut known = with.known(&me);
        assert_eq!(
            known,
            without.known(&me),
            "world {seed}, {me}: the worlds differ in what is known"
        );
        let (there, not) = (Browser::of(&with, &me), Browser::of(&without, &me));
        crawl(&there, beginnings(&with), |what, ask, got| {
            let other = ask(&not);
            if what.starts_with("POST") {
                // What was done may have opened something.
                known.push_str(&with.known(&me));
            }
            let leaked = leaked(&with, &known, &got.text);
            assert!(
                leaked.is_empty(),
                "world {seed}, {me}, {what}: {leaked:?}\n{}",
                got.text
            );
            // These nodes were started without their keys, and say so where they would have to sign.
            let answered = got.status < 500 || got.status == 503;
            assert!(answered, "world {seed}, {me}, {what}\n{}", got.text);
            if is_of_the_record(what) {
                return;
            }
            let same = |one: &Got, other: &Got| without_chance(one) == without_chance(other);
            // A minute may end between the two, for what can be asked again.
            let again = || !what.starts_with("POST") && same(&ask(&there), &ask(&not));
            assert!(
                same(got, &other) || again(),
                "world {seed}, {me}, {what}\n--- with\n{}\n--- without\n{}",
                without_chance(got),
                without_chance(&other)
            );
        });
    });
}
