//! What a party is shown of another's ledger: everything about portions that are its alone, and nothing of others.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::incident::{Entry, Incident, What};
use entente_core::{
    Arrangement, Briefing, Concern, Delivery, Disclosure, Event, Lawful, Lineage, Notice, Origin, Outcome, Override,
    PartyPath, PersonId, Portion, PortionId, Recipients, Report, ReportId, Request, Route, State, concern,
};
use entente_marking::{Label, SchemeId};
use jiff::Timestamp;
use proptest::prelude::*;

const PARTIES: [&str; 3] = ["HOM.SVC", "AAA.SVC", "BBB.SVC"];

fn party(n: usize) -> PartyPath {
    PartyPath::new(PARTIES[n]).unwrap()
}

fn person() -> PersonId {
    "HOM.SVC/reader".parse().unwrap()
}

/// A report whose portions rest on these parties.
fn report(originator: usize, lineages: &[BTreeSet<usize>]) -> Report {
    let portion = |(n, parties): (usize, &BTreeSet<usize>)| {
        let of = |n: &usize| Lineage::of(party(*n), Origin::default());
        let lineage = parties.iter().map(of).reduce(|a, b| a.combine(&b)).unwrap();
        Portion {
            id: PortionId::new(format!("p{n}")).unwrap(),
            mark: String::new(),
            label: Label::unrestricted(),
            text: String::new(),
            lineage,
            tear_line: false,
        }
    };
    Report {
        id: ReportId::new("R-1").unwrap(),
        version: 1,
        title: "title".into(),
        originator: party(originator),
        scheme: SchemeId::new("tlp"),
        profile: String::new(),
        created: Timestamp::UNIX_EPOCH,
        expires: None,
        existence_protected: false,
        portions: lineages.iter().enumerate().map(portion).collect(),
    }
}

/// Every kind of event about portions of the report.
fn events(report: &Report, portions: &BTreeSet<PortionId>) -> Vec<Event> {
    let (id, version, at) = (report.id.clone(), 1, Timestamp::UNIX_EPOCH);
    let audience = BTreeSet::from([person()]);
    let disclosure = Disclosure {
        id: "dis-1".parse().unwrap(),
        report: id.clone(),
        version,
        portions: portions.clone(),
        audience: audience.clone(),
        route: Route::Said,
        by: None,
        learned: Vec::new(),
        permitted: BTreeMap::new(),
        lawful: Lawful::Undetermined,
        under: None,
        reviewed_by: None,
        briefing: None,
        recorded: None,
        at,
    };
    vec![
        Event::Opened {
            report: id.clone(),
            version,
            reader: person(),
            purpose: None,
            portions: portions.clone(),
            at,
        },
        Event::Decided {
            report: id.clone(),
            version,
            audience: audience.clone(),
            purpose: None,
            outcomes: portions
                .iter()
                .map(|portion| (portion.clone(), Outcome::Deny))
                .collect(),
            at,
        },
        Event::Overridden(Override {
            id: "dis-1".parse().unwrap(),
            authority: person(),
            report: id,
            version,
            portions: portions.clone(),
            audience,
            purpose: None,
            lawful: Lawful::No,
            reason: String::new(),
            without_consent_of: BTreeMap::new(),
            at,
        }),
        Event::Disclosed(disclosure.clone()),
        Event::NoticeReceived {
            from: party(2),
            notice: Notice::Disclosure(disclosure),
        },
    ]
}

fn lineages() -> impl Strategy<Value = Vec<BTreeSet<usize>>> {
    prop::collection::vec(prop::collection::btree_set(0..3usize, 1..3), 1..6)
}

proptest! {
    #[test]
    fn an_event_is_shown_whole_only_to_the_only_originator_of_all_its_portions(
        originator in 0..3usize,
        lineages in lineages(),
        picks in prop::collection::vec(any::<bool>(), 6),
    ) {
        let report = report(originator, &lineages);
        let mut state = State::default();
        let delivery = Delivery { report: report.id.clone(), version: 1, to: party(0), by: party(originator), at: Timestamp::UNIX_EPOCH, portions: None, under: BTreeSet::new() };
        state.apply(&Event::ReportReceived { report: report.clone(), delivery: delivery.clone(), part: entente_core::Part::default() });
        let picked: Vec<usize> = (0..lineages.len()).filter(|n| picks[*n]).collect();
        prop_assume!(!picked.is_empty());
        let portions = picked.iter().map(|n| report.portions[*n].id.clone()).collect();
        for event in events(&report, &portions) {
            for reader in [1, 2] {
                let theirs: Vec<usize> = picked.iter().copied().filter(|n| lineages[*n].contains(&reader)).collect();
                let alone = picked.iter().all(|n| lineages[*n] == BTreeSet::from([reader]));
                let own_words = matches!(&event, Event::NoticeReceived { from, .. } if *from == party(reader));
                let others_words = matches!(&event, Event::NoticeReceived { from, .. } if *from != party(reader));
                match concern(&state, &event, &party(reader)) {
                    Concern::None => prop_assert!(theirs.is_empty() && !own_words),
                    Concern::Whole { .. } => prop_assert!(own_words || alone && !others_words),
                    Concern::Part { portions, .. } => {
                        prop_assert!(!theirs.is_empty() && !alone || others_words);
                        let named: Vec<&str> = portions.iter().map(|portion| portion.portion.as_str()).collect();
                        let expected: Vec<String> = theirs.iter().map(|n| format!("p{n}")).collect();
                        prop_assert_eq!(named, expected);
                    }
                }
            }
        }
        // The report itself, and what holds its title, needs its originator too.
        for event in [Event::ReportAdded(report.clone()), Event::ReportDelivered(Delivery { to: party(2), ..delivery })] {
            let whole = lineages.iter().all(|parties| *parties == BTreeSet::from([1])) && originator == 1;
            let shown = concern(&state, &event, &party(1));
            prop_assert_eq!(matches!(shown, Concern::Whole { .. }), whole);
        }
        let briefing = Briefing {
            id: "brf-1".parse().unwrap(),
            speaker: person(),
            audience: BTreeSet::new(),
            purpose: None,
            reports: vec![(report.id, 1), (ReportId::new("R-2").unwrap(), 1)],
            items: Vec::new(),
            waiting: BTreeSet::new(),
            prepared: Timestamp::UNIX_EPOCH,
        };
        // A second report, of which nothing is known, might be anyone's.
        let shown = concern(&state, &Event::BriefingPrepared(briefing), &party(1));
        let whole = matches!(shown, Concern::Whole { .. });
        prop_assert!(!whole);
    }

    #[test]
    fn what_passed_between_two_parties_both_may_see(lineages in lineages()) {
        let report = report(2, &lineages);
        let request = Request {
            carried: entente_core::Carried::default(),
            id: "req-1".parse().unwrap(),
            from: party(0),
            to: party(1),
            report: report.id.clone(),
            version: 1,
            portions: BTreeSet::from([PortionId::new("p0").unwrap()]),
            audience: Vec::new(),
            purpose: None,
            reason: String::new(),
            opened: Timestamp::UNIX_EPOCH,
            change: String::new(),
            needed_by: None,
        };
        let consent = entente_core::Consent {
            id: "con-1".parse().unwrap(),
            request: None,
            originator: party(1),
            to: party(0),
            report: report.id.clone(),
            portions: BTreeSet::new(),
            standing: false,
        stated: Vec::new(),
        marks: Vec::new(),
        recipients: Recipients::default(),
            purposes: None,
            conditions: Vec::new(),
            given: Timestamp::UNIX_EPOCH,
            received: None,
            ends: None,
            withdrawn: None,
            life: entente_core::Life::default(),
        };
        let mut state = State::default();
        state.apply(&Event::ReportAdded(report));
        for event in [Event::RequestOpened(request), Event::ConsentGiven(consent)] {
            let shown = concern(&state, &event, &party(1));
            let whole = matches!(shown, Concern::Whole { .. });
            prop_assert!(whole, "{:?}", event);
        }
    }
}

/// Why an originator answered knowingly that a source may be narrowed is its own business; that it answered is shown to whoever asked.
#[test]
fn whoever_asked_about_exposure_is_shown_the_answer_without_its_reason() {
    let answer = |despite: Option<&str>| {
        Event::ExposureAnswered(entente_core::ExposureAnswer {
            request: Some("req-1".parse().unwrap()),
            by: party(0),
            to: party(1),
            report: ReportId::new("R-1").unwrap(),
            version: 1,
            portions: BTreeSet::new(),
            recipients: Recipients::default(),
            band: entente_core::exposure::Band::Within,
            purposes: None,
            consent: None,
            despite: despite.map(str::to_owned),
            at: Timestamp::UNIX_EPOCH,
        })
    };
    let shown = |despite, n| concern(&State::default(), &answer(despite), &party(n));
    for n in [0, 1] {
        assert!(matches!(shown(None, n), Concern::Whole { .. }), "{n}");
    }
    assert!(matches!(shown(Some("worth it"), 1), Concern::Part { because, .. } if because.contains("own words")));
    for despite in [None, Some("worth it")] {
        assert_eq!(shown(despite, 2), Concern::None);
    }
}

#[test]
fn a_protected_case_is_known_to_whoever_was_told_of_it_and_to_nobody_else() {
    let report = report(1, &[BTreeSet::from([1])]);
    let portions = BTreeSet::from([report.portions[0].id.clone()]);
    let case = |protected| Incident {
        id: "inc-1".parse().unwrap(),
        title: "a slip".to_owned(),
        opened: Timestamp::UNIX_EPOCH,
        opened_by: person(),
        protected,
        disclosures: BTreeSet::from(["dis-1".parse().unwrap()]),
        members: BTreeSet::new(),
        clocks: BTreeMap::new(),
        entries: Vec::new(),
    };
    let mut state = State::default();
    state.apply(&Event::ReportAdded(report.clone()));
    let disclosed = events(&report, &portions).remove(3);
    assert!(matches!(disclosed, Event::Disclosed(_)));
    state.apply(&disclosed);
    let opened = |state: &State, protected, n| {
        let mut state = state.clone();
        if state.incidents.is_empty() {
            state.apply(&Event::IncidentOpened(case(protected)));
        }
        concern(&state, &Event::IncidentOpened(case(protected)), &party(n))
    };
    let in_part = |shown| matches!(shown, Concern::Part { portions, .. } if portions.len() == 1);
    assert!(
        in_part(opened(&state, false, 1)),
        "a case that is not protected is known to the originator"
    );
    assert_eq!(opened(&state, true, 1), Concern::None);
    let told = Event::IncidentNoted {
        incident: "inc-1".parse().unwrap(),
        entry: Entry {
            at: Timestamp::UNIX_EPOCH,
            by: None,
            what: What::Told {
                party: party(1),
                why: BTreeSet::new(),
                portions: BTreeSet::new(),
            },
        },
    };
    state.apply(&Event::IncidentOpened(case(true)));
    assert!(
        matches!(concern(&state, &told, &party(1)), Concern::Whole { .. }),
        "it passed between the two"
    );
    assert_eq!(concern(&state, &told, &party(2)), Concern::None);
    state.apply(&told);
    assert!(in_part(opened(&state, true, 1)), "told, it knows of the case");
    assert_eq!(opened(&state, true, 2), Concern::None);
}

#[test]
fn an_arrangement_is_shown_to_its_parties() {
    let agreed: Arrangement = serde_json::from_value(serde_json::json!({
        "id": "A-1", "title": "", "parties": [PARTIES[0], PARTIES[1]], "onward": "free",
    }))
    .unwrap();
    let event = Event::ArrangementSet(agreed);
    assert!(matches!(
        concern(&State::default(), &event, &party(1)),
        Concern::Whole { .. }
    ));
    assert_eq!(concern(&State::default(), &event, &party(2)), Concern::None);
}
