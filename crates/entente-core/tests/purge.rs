//! D3: a PURGE that is acknowledged destroys the wording, and says what it did.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::incident::{Compromise, Entry, Incident, What};
use entente_core::*;
use entente_marking::builtin::{groups, schemes};
use entente_marking::{Label, SchemeId};
use jiff::Timestamp;

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn party(name: &str) -> PartyPath {
    PartyPath::new(name).unwrap()
}

fn portion(id: &str, text: &str, from: Option<PortionRef>) -> Portion {
    let origin = Origin {
        from: from.into_iter().collect(),
        ..Origin::default()
    };
    Portion {
        id: PortionId::new(id).unwrap(),
        mark: "(TLP:AMBER)".to_owned(),
        label: Label::unrestricted(),
        text: text.to_owned(),
        lineage: Lineage::of(party("GOOD"), origin),
        tear_line: false,
    }
}

fn report(id: &str, version: u32, text: &str, from: Option<PortionRef>) -> Report {
    Report {
        id: ReportId::new(id).unwrap(),
        version,
        title: format!("title, {text}").into(),
        originator: party(if from.is_some() { "HOME" } else { "GOOD" }),
        scheme: SchemeId::new("tlp"),
        profile: String::new(),
        created: now(),
        expires: None,
        existence_protected: false,
        portions: vec![portion("p1", text, from)],
    }
}

fn received(report: Report) -> Event {
    let delivery = Delivery {
        report: report.id.clone(),
        version: report.version,
        to: party("HOME"),
        by: party("GOOD"),
        at: now(),
        portions: None,
        under: BTreeSet::new(),
    };
    Event::ReportReceived {
        report,
        delivery,
        part: Part::default(),
    }
}

fn disclosure(id: &str, version: u32) -> Disclosure {
    Disclosure {
        id: DisclosureId::new(id).unwrap(),
        report: ReportId::new("R").unwrap(),
        version,
        portions: BTreeSet::from([PortionId::new("p1").unwrap()]),
        audience: BTreeSet::new(),
        route: Route::Said,
        by: None,
        learned: vec![Learned {
            fact: FactId::new("p1.1").unwrap(),
            portion: PortionId::new("p1").unwrap(),
            text: format!("canary {version} was learned"),
            status: Status::Asserted,
            origin: None,
            words: Some(Words {
                extent: Extent::Full,
                quote: format!("canary {version}, they said"),
            }),
        }],
        permitted: BTreeMap::new(),
        lawful: Lawful::Undetermined,
        reviewed_by: None,
        briefing: None,
        under: None,
        recorded: None,
        at: now(),
    }
}

fn case(id: &str, disclosure: &str) -> Event {
    Event::IncidentOpened(Incident {
        id: IncidentId::new(id).unwrap(),
        title: "canary is out".to_owned(),
        opened: now(),
        opened_by: "HOME/officer".parse().unwrap(),
        protected: false,
        disclosures: BTreeSet::from([DisclosureId::new(disclosure).unwrap().into()]),
        members: BTreeSet::new(),
        clocks: BTreeMap::new(),
        entries: Vec::new(),
    })
}

fn noted(id: &str) -> Event {
    Event::IncidentNoted {
        incident: IncidentId::new(id).unwrap(),
        entry: Entry {
            at: now(),
            by: None,
            what: What::Finding {
                compromise: Compromise::Yes,
                note: "canary is known to them".to_owned(),
            },
        },
    }
}

/// Everything here that can hold words of the report, with versions 1, 2 and 3 of it, of which 2 is recalled.
fn history() -> Vec<Event> {
    let base = PortionRef {
        report: ReportId::new("R").unwrap(),
        version: 1,
        portion: PortionId::new("p1").unwrap(),
    };
    let request = Request {
        id: RequestId::new("req-1").unwrap(),
        from: party("HOME"),
        to: party("GOOD"),
        report: ReportId::new("R").unwrap(),
        version: 2,
        portions: BTreeSet::from([PortionId::new("p1").unwrap()]),
        audience: Vec::new(),
        purpose: None,
        reason: "they ask about canary".to_owned(),
        change: "canary is in the press".to_owned(),
        opened: now(),
        needed_by: None,
        carried: Carried::default(),
    };
    let fact = Fact {
        id: FactId::new("p1.1").unwrap(),
        portion: PortionId::new("p1").unwrap(),
        text: "canary fact".to_owned(),
        slots: vec![Slot {
            name: "canary slot".to_owned(),
            any: vec!["canary word".to_owned()],
            mandatory: true,
            weight: 1.0,
        }],
        values: vec![ValueTerm::Plain("canary value".to_owned())],
        reveals: Some("place = 'canary'".to_owned()),
        growth: Growth::default(),
    };
    let substitute = Substitute {
        asker: None,
        request: RequestId::new("req-1").unwrap(),
        originator: party("GOOD"),
        report: ReportId::new("R").unwrap(),
        version: 2,
        stands_for: PortionId::new("p1").unwrap(),
        portion: portion("s1", "canary, vaguely", None),
        consent: ConsentId::new("con-1").unwrap(),
        given: now(),
    };
    let refusal = Refusal {
        asker: None,
        request: RequestId::new("req-1").unwrap(),
        originator: party("GOOD"),
        portions: BTreeSet::from([PortionId::new("p1").unwrap()]),
        reason: "canary is too sensitive".to_owned(),
        given: now(),
    };
    vec![
        Event::Founded {
            party: Party {
                path: party("HOME"),
                name: String::new(),
                client_of: BTreeSet::new(),
                signing_keys: vec![],
                recipient: None,
            },
        },
        received(report("R", 1, "canary 1", None)),
        received(report("R", 2, "canary 2", None)),
        received(report("R", 3, "stays", None)),
        Event::ReportHeld {
            report: ReportId::new("R").unwrap(),
            at: now(),
            reason: "canary has to be looked into".to_owned(),
        },
        Event::FactsSet {
            report: ReportId::new("R").unwrap(),
            facts: vec![fact],
        },
        Event::RequestOpened(request),
        Event::SubstituteGiven(substitute),
        Event::RequestRefused(refusal),
        Event::Disclosed(disclosure("dis-1", 1)),
        Event::Disclosed(disclosure("dis-3", 3)),
        case("inc-1", "dis-1"),
        noted("inc-1"),
        case("inc-3", "dis-3"),
        Event::ReportAdded(report("D", 1, "what we made of it", Some(base))),
        Event::RecallOrdered(Recall {
            id: RecallId::new("rec-1").unwrap(),
            originator: party("GOOD"),
            report: ReportId::new("R").unwrap(),
            version: 2,
            action: RecallAction::Purge,
            reason: "the source is at risk".to_owned(),
            ordered: now(),
            holders: BTreeMap::from([(party("HOME"), None)]),
            scope: Scope::default(),
        }),
    ]
}

fn acknowledge(state: &State, following: Following) -> Result<Decided, CommandRefusal> {
    let exposure = SourceGuard::new(state);
    let context = Context {
        now: now(),
        groups: groups(),
        schemes: schemes(),
        policy: &decide::NoGuards,
        exposure: &exposure,
    };
    let recall = RecallId::new("rec-1").unwrap();
    handle(
        state,
        Command::AcknowledgeRecall {
            recall: recall.into(),
            following,
        },
        &context,
    )
}

fn outcome(decided: &Decided) -> String {
    let acknowledged = decided.events.iter().find_map(|event| match event {
        Event::RecallAcknowledged(said) => Some(said.says()),
        _ => None,
    });
    acknowledged.unwrap()
}

/// What is left in an event once the store has destroyed its texts: [`State::topic`] and [`is_wording`] say which.
fn left(state: &State, event: &Event, destroyed: &[Topic]) -> Event {
    fn blank(json: &mut serde_json::Value, path: &mut Vec<String>) {
        match json {
            serde_json::Value::String(text) if !text.is_empty() => {
                let keys: Vec<&str> = path.iter().map(String::as_str).collect();
                if is_wording(&keys) {
                    "[content destroyed]".clone_into(text);
                }
            }
            serde_json::Value::Array(all) => all.iter_mut().for_each(|value| blank(value, path)),
            serde_json::Value::Object(all) => {
                for (key, value) in all {
                    path.push(key.clone());
                    blank(value, path);
                    path.pop();
                }
            }
            _ => {}
        }
    }
    let gone = |topic: &Topic| {
        destroyed
            .iter()
            .any(|d| d.about == topic.about && topic.version <= d.version)
    };
    let mut json = serde_json::to_value(event).unwrap();
    if state.topic(event).as_ref().is_some_and(gone) {
        blank(&mut json, &mut Vec::new());
    }
    serde_json::from_value(json).unwrap()
}

#[test]
fn d3_after_a_purge_no_word_is_left_in_state_or_events_and_both_agree() {
    let mut events = history();
    let mut state = State::replay(&events);
    let decided = acknowledge(&state, Following::default()).unwrap();
    let destroyed: Vec<Topic> = decided.events.iter().flat_map(Event::destroys).collect();
    for event in &decided.events {
        state.apply(event);
    }
    let json = serde_json::to_string(&state).unwrap();
    // What is about version 3, which is not recalled, stays.
    let rest = json
        .replace("canary 3 was learned", "")
        .replace("canary 3, they said", "");
    let third = state.incidents.get(&IncidentId::new("inc-3").unwrap()).unwrap();
    assert_eq!(third.title, "canary is out", "a case about another version stays");
    let rest = rest.replacen("canary is out", "", 1);
    assert!(
        !rest.contains("canary"),
        "{}",
        &rest[rest.find("canary").unwrap().saturating_sub(200)..]
    );
    assert!(json.contains("stays") && json.contains("what we made of it"));
    assert!(json.contains("[content destroyed on 2026-11-20]"));

    // A replay over what the store has left comes to the same state.
    events.extend(decided.events);
    let (mut before, mut replayed) = (State::default(), State::default());
    for event in &events {
        replayed.apply(&left(&before, event, &destroyed));
        before.apply(event);
    }
    assert_eq!(replayed, state);
}

#[test]
fn d3_the_acknowledgement_says_what_was_done() {
    let state = State::replay(&history());
    let plain = acknowledge(&state, Following::default()).unwrap();
    assert_eq!(
        outcome(&plain),
        "destroyed but for a report that rests on it, which is closed"
    );
    let backup = Remains::Backup {
        made: now(),
        until: Some("2027-01-01".to_owned()),
    };
    let kept = Following {
        statement: "printed copies shredded".to_owned(),
        keep: BTreeMap::from([(IncidentId::new("inc-1").unwrap(), "by voice, 20 November".to_owned())]),
        beyond_reach: vec![backup],
        ..Following::default()
    };
    let decided = acknowledge(&state, kept).unwrap();
    assert_eq!(
        outcome(&decided),
        "destroyed but for an open case, by the originator's consent (by voice, 20 November); a report that rests on it, \
         which is closed; a backup of 2026-11-20 10:00Z, kept until 2027-01-01; printed copies shredded"
    );
    let destroyed = decided.events.iter().find_map(|event| match event {
        Event::ContentDestroyed(destroyed) => Some(destroyed),
        _ => None,
    });
    assert!(destroyed.unwrap().incidents.is_empty(), "the case keeps its words");
    let hold = Following {
        legal_hold: Some("order 7 of the district court".to_owned()),
        ..Following::default()
    };
    let decided = acknowledge(&state, hold).unwrap();
    assert_eq!(
        outcome(&decided),
        "not destroyed: legal hold, order 7 of the district court"
    );
    assert!(decided.events.iter().all(|event| event.destroys().is_empty()));
}

#[test]
fn d3_a_report_that_rests_on_a_later_version_is_not_named_as_closed() {
    let rests_on_the_third = |event: &Event| match event {
        Event::ReportAdded(own) => {
            let base = PortionRef {
                report: ReportId::new("R").unwrap(),
                version: 3,
                portion: PortionId::new("p1").unwrap(),
            };
            Event::ReportAdded(report(own.id.as_str(), 1, "what we made of it", Some(base)))
        }
        other => other.clone(),
    };
    let history: Vec<Event> = history().iter().map(rests_on_the_third).collect();
    let plain = acknowledge(&State::replay(&history), Following::default()).unwrap();
    assert_eq!(outcome(&plain), "destroyed");
}

#[test]
fn d3_what_stays_needs_a_reason() {
    let state = State::replay(&history());
    let refused = |following| acknowledge(&state, following).unwrap_err().to_string();
    let keep = |case: &str, word: &str| Following {
        keep: BTreeMap::from([(IncidentId::new(case).unwrap(), word.to_owned())]),
        ..Following::default()
    };
    assert!(refused(keep("inc-3", "yes")).contains("no open case about R"));
    assert!(refused(keep("inc-1", " ")).contains("consent only"));
    let hold = Following {
        legal_hold: Some(String::new()),
        ..Following::default()
    };
    assert!(refused(hold).contains("names its basis"));
}
