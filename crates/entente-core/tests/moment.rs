//! A state that grew event by event decides as one that was put together anew, whatever happened to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use entente_core::decide::{NoGuards, Seen, SourceExposure};
use entente_core::*;
use entente_marking::{Category, Control, Entity, Groups, Label, Level, Purpose, Release, SchemeId};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

const REPORTS: [&str; 3] = ["R-0", "R-1", "R-2"];
const PERSONS: [&str; 4] = ["HOME/ann", "HOME/bob", "GBR.CAB/cara", "CHL/dino"];

/// What one step of a story is: the kind of event, and what its details are taken from.
type Step = (u8, u32);

fn stories() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0u8..18, any::<u32>()), 1..14)
}

fn moment() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// Takes details from a number, a few bits at a time.
struct Details(u32);

impl Details {
    fn below(&mut self, n: u32) -> u32 {
        let taken = self.0 % n;
        self.0 /= n;
        taken
    }

    fn report(&mut self) -> &'static str {
        REPORTS[self.below(3) as usize]
    }

    fn person(&mut self) -> &'static str {
        PERSONS[self.below(4) as usize]
    }

    fn flag(&mut self) -> bool {
        self.below(2) == 0
    }
}

fn label(kind: u32) -> Label {
    let mut label = Label::unrestricted();
    if kind & 1 == 1 {
        let level = Level {
            rank: 2,
            name: "S".to_owned(),
        };
        label.levels.insert(SchemeId::new("us-ic"), level);
    }
    match kind >> 1 & 3 {
        1 => label.control = Control::Originator,
        2 => label.release = Release::with_display([Entity::new("GBR")], BTreeSet::new()),
        3 => drop(label.required.insert(Category::new("k/a"))),
        _ => {}
    }
    label
}

fn portion(id: &str, kind: u32, lineage: &Value, torn: bool) -> Value {
    json!({
        "id": id, "mark": format!("({kind})"), "label": label(kind), "text": "text", "lineage": lineage, "tear_line": torn,
    })
}

/// A report of three portions, the last of which rests on another report.
fn report(details: &mut Details) -> Value {
    let id = details.report();
    let version = 1 + details.below(2);
    let (first, second) = (details.below(8), details.below(8));
    let terms: &[&str] = if details.flag() { &[] } else { &["A"] };
    let by = if details.flag() { "HOME" } else { "USA" };
    let recipients: &[&str] = if details.flag() { &[] } else { &["GBR"] };
    let own =
        json!({ by: { "recipients": recipients, "arrangements": terms, "protects_source": details.below(6) == 0 } });
    let base = json!([{ "report": REPORTS[0], "version": 1, "portion": "p0" }]);
    let both = json!({
        by: { "recipients": recipients, "arrangements": terms },
        "CHL": { "recipients": [], "arrangements": [], "from": base },
    });
    let third = if details.flag() { &own } else { &both };
    let torn = details.below(4) == 0;
    json!({
        "id": id, "version": version, "title": id, "originator": by, "scheme": "us-ic", "profile": "ic-2016",
        "created": moment(),
        "expires": (details.below(8) == 0).then(moment),
        "existence_protected": details.below(4) == 0,
        "portions": [portion("p0", first, &own, false), portion("p1", second, &own, torn), portion("p2", first, third, false)],
    })
}

fn person(id: &str, kind: u32) -> Value {
    let party = id.split('/').next().unwrap();
    json!({
        "id": id, "party": party, "citizenships": [if kind & 1 == 1 { "GBR" } else { "USA" }],
        "clearances": if kind & 2 == 2 { json!({ "us-ic": { "rank": 2, "name": "S" } }) } else { json!({}) },
        "accesses": if kind & 4 == 4 { json!(["k/a"]) } else { json!([]) },
        "disabled": kind & 24 == 24,
    })
}

fn arrangement(kind: u32) -> Value {
    let onward = ["free", "members", "consent"][kind as usize % 3];
    let purposes = (kind & 4 == 4).then_some(["warn"]);
    json!({
        "id": "A", "title": "A", "parties": ["HOME", "GBR.CAB"], "onward": onward, "need_to_know": kind & 8 == 8, "purposes": purposes,
    })
}

/// An event as it is stored; none where the step has no sense.
fn event((kind, details): Step, n: usize) -> Option<Event> {
    let mut details = Details(details);
    let d = &mut details;
    let (name, data) = match kind {
        0 => ("person-set", person(d.person(), d.below(32))),
        1 => ("arrangement-set", arrangement(d.below(16))),
        2 => {
            let over = json!({ "suspended": { "by": "HOME", "reason": "" } });
            let status = if d.flag() { json!("active") } else { over };
            ("arrangement-status-set", json!({ "id": "A", "status": status }))
        }
        3..=6 => ("report-added", report(d)),
        7 => {
            let report = report(d);
            let delivery = json!({ "report": report["id"], "version": report["version"], "to": "HOME", "by": "USA", "at": moment() });
            ("report-received", json!({ "report": report, "delivery": delivery }))
        }
        8 => (
            "report-withdrawn",
            json!({ "report": d.report(), "reason": "", "at": moment() }),
        ),
        9 if d.flag() => (
            "report-held",
            json!({ "report": d.report(), "reason": "", "at": moment() }),
        ),
        9 => ("report-resumed", json!({ "report": d.report() })),
        10 => {
            let version = 1 + d.below(2);
            let to = if d.flag() { "GBR.CAB" } else { "CHL" };
            (
                "report-delivered",
                json!({ "report": d.report(), "version": version, "to": to, "by": "HOME", "at": moment() }),
            )
        }
        11 => {
            let (added, removed) = (d.person(), d.person());
            (
                "distribution-changed",
                json!({ "report": d.report(), "added": [added], "removed": [removed] }),
            )
        }
        12 => ("consent-given", consent(d)),
        13 => {
            let id = format!("c-{}", d.below(3));
            (
                "consent-withdrawn",
                json!({ "consent": id, "at": moment(), "reason": "" }),
            )
        }
        14 => {
            let (id, version, kind) = (d.report(), 1 + d.below(2), d.below(8));
            let lineage = json!({ "USA": { "recipients": ["CHL"], "arrangements": [] } });
            (
                "substitute-given",
                json!({
                    "request": "q", "originator": "USA", "report": id, "version": version, "stands_for": "p0",
                    "portion": portion("s0", kind, &lineage, false), "consent": format!("c-{}", d.below(3)), "given": moment(),
                }),
            )
        }
        15 => {
            let action = if d.flag() { "RETAIN_WARN" } else { "PURGE" };
            let by = if d.flag() { "HOME" } else { "USA" };
            (
                "recall-ordered",
                json!({
                    "id": format!("x-{}", d.below(2)), "originator": by, "report": d.report(), "version": 1 + d.below(2),
                    "action": action, "reason": "", "ordered": moment(), "holders": {},
                }),
            )
        }
        16 => source(d),
        _ => {
            let (report, audience) = (d.report(), d.person());
            (
                "disclosed",
                json!({
                    "id": format!("d-{n}"), "report": report, "version": 1, "portions": ["p0"], "audience": [audience],
                    "route": "said", "permitted": {}, "lawful": "undetermined", "at": moment(),
                }),
            )
        }
    };
    let event = json!({ "event": name, "data": data });
    Some(serde_json::from_value(event.clone()).unwrap_or_else(|error| panic!("{error}: {event}")))
}

fn consent(d: &mut Details) -> Value {
    let report = d.report();
    let portions = match d.flag() {
        true => json!([]),
        false => json!([{ "report": report, "version": 1, "portion": "p0" }]),
    };
    let recipients = match d.flag() {
        true => json!({ "persons": [d.person()] }),
        false => json!({ "parties": ["CHL"] }),
    };
    let by = ["HOME", "USA", "CHL"][d.below(3) as usize];
    json!({
        "id": format!("c-{}", d.below(3)), "originator": by, "to": "HOME", "report": report, "portions": portions,
        "recipients": recipients, "purposes": d.flag().then_some(["warn"]), "given": "2020-01-01T00:00:00Z",
    })
}

/// Something about a source: its protection, that it ends, or facts that tell of it.
fn source(d: &mut Details) -> (&'static str, Value) {
    match d.below(4) {
        0 => (
            "source-released",
            json!({ "source": "src", "at": moment(), "reason": "" }),
        ),
        1 => {
            let facts = json!([{ "id": "f0", "portion": "p0", "text": "text", "reveals": "a = true" }]);
            ("facts-set", json!({ "report": d.report(), "facts": facts }))
        }
        _ => {
            let row = |n: u32| json!({ "id": n.to_string(), "attributes": { "a": n < 2 } });
            let register = json!({ "candidates": (0..8).map(row).collect::<Vec<_>>() }).to_string();
            let threshold = exposure::Threshold::new(4, 0.4).unwrap();
            (
                "source-protected",
                json!({
                    "id": "src", "register": register, "threshold": threshold, "reports": [d.report()], "since": moment(),
                }),
            )
        }
    }
}

fn opening() -> Vec<Event> {
    let party = |path: &str| json!({ "path": path, "name": path, "signing_keys": [], "recipient": null });
    let founded = json!({ "event": "founded", "data": { "party": party("HOME") } });
    let known = ["USA", "GBR.CAB"].map(|path| json!({ "event": "party-set", "data": party(path) }));
    let persons = PERSONS[..3].iter().zip([7, 2, 3]);
    let persons = persons.map(|(id, kind)| json!({ "event": "person-set", "data": person(id, kind) }));
    let all = [founded].into_iter().chain(known).chain(persons);
    all.map(|event| serde_json::from_value(event.clone()).unwrap_or_else(|error| panic!("{error}: {event}")))
        .collect()
}

/// The story's state, with the documents as a store keeps them of what each event said that it touched.
fn grown(story: &[Step]) -> (State, BTreeMap<(String, String), Value>) {
    let (mut state, mut changes, mut stock) = (State::default(), Changes::default(), Stock::default());
    let mut documents = BTreeMap::new();
    let told = story.iter().enumerate().filter_map(|(n, step)| event(*step, n));
    let mut earlier = Vec::new();
    for event in opening().into_iter().chain(told) {
        // Readers hold earlier moments, which share everything with the later ones.
        earlier.push(state.clone());
        for touched in state.apply(&event) {
            let key = (touched.kind.to_owned(), touched.id.clone());
            if touched.kind == "report" {
                let id = ReportId::new(&touched.id).unwrap();
                changes.note(id.clone(), state.reports.get(&id));
            }
            match state.document(touched.kind, &touched.id) {
                Some(value) => documents.insert(key, value),
                None => documents.remove(&key),
            };
        }
        if changes.len() > 2 {
            stock = stock.after(&changes);
            changes = Changes::default();
        }
    }
    drop(earlier);
    let of_each = |(id, holding): (&ReportId, &Holding)| (id.clone(), Line::of(holding));
    let anew: Vec<(ReportId, Option<Line>)> = state.reports.iter().map(of_each).collect();
    for from in std::iter::once(None).chain(state.reports.keys().map(Some)) {
        let kept = Lines::new(&stock, &changes).from(from);
        let kept: Vec<(ReportId, Option<Line>)> = kept
            .map(|(id, line)| (id.clone(), line.map(|line| Line::clone(line))))
            .collect();
        let rest = anew.iter().filter(|(id, _)| from.is_none_or(|from| id >= from));
        assert!(
            kept.iter().eq(rest),
            "the lines that were kept are not those of the reports"
        );
    }
    (state, documents)
}

fn restored(documents: &BTreeMap<(String, String), Value>) -> State {
    let mut state = State::default();
    for ((kind, id), value) in documents {
        state.restore(kind, id, value.clone()).unwrap();
    }
    state
}

/// All that a decision says, in words.
fn said(decision: &Decision<'_>) -> String {
    let people: Vec<Value> = decision
        .people_answers()
        .map(|answer| serde_json::to_value(answer).unwrap())
        .collect();
    let asked: Vec<String> = (0..decision.people().len())
        .flat_map(|n| (0..decision.portions().count()).map(move |p| (n, p)))
        .map(|(n, p)| format!("{:?} {:?}", decision.to_grant(n, p), decision.obligations(n, p)))
        .collect();
    format!("{people:?} {asked:?}")
}

fn check(story: &[Step]) {
    let (state, documents) = grown(story);
    let anew = restored(&documents);
    assert_eq!(state, anew, "the documents are not the state");
    assert!(state.consents.is_indexed() && state.substitutes.is_indexed() && state.recalls.is_indexed());
    assert!(state.disclosures.is_indexed() && state.sources.is_indexed());
    let groups = Groups::default();
    let outsiders = [Person::outsider(
        PersonId::new(PERSONS[3]).unwrap(),
        PartyPath::new("CHL").unwrap(),
    )];
    let everything = Snapshot::compile(&anew, &groups, &outsiders);
    let (guard, scratch) = (SourceGuard::new(&state), SourceGuard::new(&anew));
    let people = PERSONS.map(|id| PersonId::new(id).unwrap());
    let purpose = [None, Some(Purpose::new("warn"))];
    for (id, holding) in &state.reports {
        let part = Snapshot::about(&state, &groups, [id], (&people, &outsiders));
        // Who else is in an audience, or registered at all, changes nothing of what one person is answered.
        let each = people
            .each_ref()
            .map(|person| Snapshot::about(&state, &groups, [id], ([person], &outsiders)));
        for version in holding.versions.keys() {
            for purpose in &purpose {
                let query = Query {
                    report: id,
                    version: Some(*version),
                    portions: None,
                    audience: &people,
                    purpose: purpose.as_ref(),
                    moment: moment(),
                };
                let whole = decide(&everything, &query, &NoGuards, &scratch).unwrap();
                let alone = decide(&part, &query, &NoGuards, &guard).unwrap();
                assert_eq!(said(&alone), said(&whole), "{id} v{version} for {purpose:?}");
                for (person, snapshot) in people.iter().zip(&each) {
                    let audience = std::slice::from_ref(person);
                    let query = Query { audience, ..query };
                    let whole = decide(&everything, &query, &NoGuards, &scratch).unwrap();
                    let alone = decide(snapshot, &query, &NoGuards, &guard).unwrap();
                    assert_eq!(
                        said(&alone),
                        said(&whole),
                        "{id} v{version} for {purpose:?}, {person} alone"
                    );
                }
            }
        }
    }
    for reader in &people {
        for purpose in &purpose {
            check_reading(&anew, &groups, &scratch, reader, purpose.as_ref());
        }
    }
}

/// A shelf of documents in memory.
#[derive(Default)]
struct MemoryShelf(BTreeMap<(String, String), Vec<u8>>);

impl Shelf for MemoryShelf {
    fn read(&self, kind: &str, id: &str) -> Option<Vec<u8>> {
        self.0.get(&(kind.to_owned(), id.to_owned())).cloned()
    }

    fn ids(&self, kind: &str, from: &str, limit: usize) -> Vec<String> {
        let from = (kind.to_owned(), from.to_owned());
        let of_kind = self.0.range(from..).take_while(|((of, _), _)| of == kind);
        of_kind.map(|((_, id), _)| id.clone()).take(limit).collect()
    }

    fn unfit(&self, kind: &str, id: &str, problem: String) {
        panic!("{kind} {id}: {problem}");
    }
}

/// The story's state, left on a shelf again and again on the way, as a store does: only what was touched since is in memory.
fn rested(story: &[Step]) -> State {
    let mut state = State::default();
    let mut shelf = MemoryShelf::default();
    let told = story.iter().enumerate().filter_map(|(n, step)| event(*step, n));
    for (n, event) in opening().into_iter().chain(told).enumerate() {
        let later = state.apply(&event);
        for touched in later {
            let key = (touched.kind.to_owned(), touched.id.clone());
            match state.document(touched.kind, &touched.id) {
                Some(value) => shelf.0.insert(key, value.to_string().into_bytes()),
                None => shelf.0.remove(&key),
            };
        }
        if n % 3 == 0 {
            let now: Arc<dyn Shelf> = Arc::new(MemoryShelf(shelf.0.clone()));
            state.rest_on(&now);
            assert_eq!(state.loose(), 0);
        }
    }
    state
}

fn check_shelf(story: &[Step]) {
    let (state, _) = grown(story);
    check_links(&state);
    let rested = rested(story);
    assert_eq!(rested, state, "what rests on a shelf is another state");
    assert!(rested.reports.keys().eq(state.reports.keys()) && rested.reports.len() == state.reports.len());
    let from = ReportId::new(REPORTS[1]).unwrap();
    assert!(rested.reports.walk(Some(&from)).eq(state.reports.walk(Some(&from))));
    let anew = serde_json::to_value(&rested).unwrap();
    assert_eq!(anew, serde_json::to_value(&state).unwrap());
    for ((kind, id), value) in grown(story).1 {
        assert_eq!(rested.document(&kind, &id), Some(value), "{kind} {id}");
    }
}

/// What is kept of each report from outside it is what a walk through all of them finds.
fn check_links(state: &State) {
    for (base, links) in &state.links {
        let holding = state.reports.get(base);
        let due: BTreeSet<PartyPath> = holding
            .into_iter()
            .flat_map(|holding| holding.due.values().cloned())
            .collect();
        assert_eq!(links.due, due, "{base}");
    }
    for (id, holding) in &state.reports {
        for version in holding.versions.values() {
            for (_, origin) in version.with_title().flat_map(|portion| portion.lineage.iter()) {
                for from in origin.from.iter().filter(|from| from.report != *id) {
                    assert!(
                        state.resting(&from.report).any(|(resting, _)| resting == id),
                        "{id} rests on {from}"
                    );
                }
            }
        }
        let home = state.home.as_ref().unwrap();
        let mut sent = holding.deliveries.iter().filter(|delivery| delivery.by == *home);
        let waits =
            sent.any(|sent| !holding.is_confirmed(&sent.to, sent.version) && !holding.given_up.contains_key(&sent.to));
        let protected = holding.latest().is_some_and(|latest| latest.existence_protected);
        assert_eq!(
            state.links.get(id).is_some_and(|links| links.protected),
            protected,
            "{id}"
        );
        assert_eq!(
            state.links.get(id).is_some_and(|links| links.unconfirmed),
            waits,
            "{id}"
        );
    }
}

/// A reader who goes through all reports is answered for each as if it were the only one.
fn check_reading(
    state: &State,
    groups: &Groups,
    guard: &dyn SourceExposure,
    reader: &PersonId,
    purpose: Option<&Purpose>,
) {
    let everything = Snapshot::compile(state, groups, &[]);
    let mut reading = Reading::new(state, groups, (&NoGuards, guard), reader, purpose, moment());
    let mut of_shape = BTreeMap::new();
    for (id, holding) in &state.reports {
        let query = Query {
            report: id,
            version: None,
            portions: None,
            audience: std::slice::from_ref(reader),
            purpose,
            moment: moment(),
        };
        let found = reading.of(id, None).map_err(|missing| missing.to_string());
        let Some(latest) = holding.latest() else {
            assert!(found.is_err());
            continue;
        };
        // Reports of one shape are alike for the reader, where nothing was said about one of them alone.
        if let Some(line) = Line::of(holding).filter(|_| reading.is_by_its_line(id)) {
            let places = |seen: &Seen<'_>| -> Vec<bool> {
                let portions = latest
                    .portions
                    .iter()
                    .map(|portion| seen.portions.contains(&&portion.id));
                portions.chain([seen.title]).collect()
            };
            let alike = found.as_ref().map(places).map_err(|_| ());
            let listed = line.distribution.contains(reader);
            let before = of_shape.entry((line.shape, listed)).or_insert_with(|| alike.clone());
            assert_eq!(*before, alike, "{reader} reads {id} as others of its shape");
        }
        let decision = decide(&everything, &query, &NoGuards, guard).unwrap();
        let permitted: Vec<&PortionId> = decision.permitted().collect();
        let title = decision.outcome(0, decision.title()) == Outcome::Permit;
        match found {
            Ok(seen) => assert_eq!((seen.portions, seen.title), (permitted, title), "{reader} reads {id}"),
            Err(_) => assert!(
                permitted.is_empty() && latest.existence_protected,
                "{reader} reads {id}"
            ),
        }
    }
}

/// How many stories: as many as take a minute, more by `ENTENTE_STORIES`.
fn number() -> u32 {
    std::env::var("ENTENTE_STORIES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(10_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: number(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_state_that_grew_decides_as_one_put_together_anew(story in stories()) {
        check(&story);
    }

    #[test]
    fn a_state_that_rests_on_a_shelf_is_the_same_state(story in stories()) {
        check_shelf(&story);
    }
}

/// A law over stories in which nothing is allowed, or nothing refused, would show nothing.
#[test]
fn the_stories_have_every_outcome() {
    let mut counts = [0usize; 3];
    let groups = Groups::default();
    for seed in 0..300u32 {
        let story: Vec<Step> = (0..10u32)
            .map(|n| {
                let mixed = (seed * 10 + n)
                    .wrapping_mul(0x9E37_79B9)
                    .rotate_left(13)
                    .wrapping_mul(0x85EB_CA6B);
                (u8::try_from(mixed % 18).unwrap(), mixed.rotate_left(16))
            })
            .collect();
        let (state, _) = grown(&story);
        let snapshot = Snapshot::compile(&state, &groups, &[]);
        let people = PERSONS.map(|id| PersonId::new(id).unwrap());
        for (id, holding) in state.reports.iter().filter(|(_, holding)| holding.latest().is_some()) {
            let query = Query {
                report: id,
                version: holding.latest().map(|latest| latest.version),
                portions: None,
                audience: &people,
                purpose: None,
                moment: moment(),
            };
            let decision = decide(&snapshot, &query, &NoGuards, &SourceGuard::new(&state)).unwrap();
            for (n, p) in (0..4).flat_map(|n| (0..3).map(move |p| (n, p))) {
                counts[decision.outcome(n, p) as usize] += 1;
            }
        }
    }
    assert!(
        counts.iter().all(|count| *count > 300),
        "too few of one outcome: {counts:?}"
    );
}
