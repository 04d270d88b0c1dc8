//! What two partners call alike is kept of each, and shows as what it is.

use super::*;

/// HOME's own report, held by both partners, so that both may ask and tell about it.
pub(super) fn with_own_report(node: &mut Node) {
    for to in ["GOOD", "EVIL", "THIRD"] {
        node.run(Command::SetParty(Party {
            path: party(to),
            name: String::new(),
            client_of: BTreeSet::new(),
            signing_keys: vec![],
            recipient: None,
        }))
        .unwrap();
    }
    node.run(Command::AddReport(report("OWN", "HOME", "ours"))).unwrap();
    for to in ["GOOD", "EVIL", "THIRD"] {
        let to = Handover::of(ReportId::new("OWN").unwrap(), party(to));
        node.run(Command::HandOver(to)).unwrap();
    }
}

pub(super) fn asks(from: &str, reason: &str) -> Message {
    Message::Request(Request {
        id: RequestId::new("same").unwrap(),
        from: party(from),
        to: party("HOME"),
        report: ReportId::new("OWN").unwrap(),
        version: 1,
        portions: BTreeSet::from([PortionId::new("p1").unwrap()]),
        audience: vec![Person::outsider(PersonId::new("THIRD/reader").unwrap(), party("THIRD"))],
        purpose: None,
        reason: reason.to_owned(),
        change: String::new(),
        carried: Carried::default(),
        opened: now(),
        needed_by: None,
    })
}

pub(super) fn tells(report: &str, person: &str) -> Message {
    Message::Notice(Notice::Disclosure(Disclosure {
        id: DisclosureId::new("same").unwrap(),
        report: ReportId::new(report).unwrap(),
        version: 1,
        portions: BTreeSet::from([PortionId::new("p1").unwrap()]),
        audience: BTreeSet::from([PersonId::new(person).unwrap()]),
        route: Route::Said,
        by: None,
        learned: Vec::new(),
        permitted: BTreeMap::new(),
        recorded: None,
        lawful: Lawful::Undetermined,
        under: None,
        reviewed_by: None,
        briefing: None,
        at: now(),
    }))
}

pub(super) fn tells_of_case(report: &str) -> Message {
    Message::Incident(incident::IncidentNotice {
        incident: IncidentId::new("same").unwrap(),
        why: BTreeSet::new(),
        portions: BTreeSet::from([PortionRef {
            report: ReportId::new(report).unwrap(),
            version: 1,
            portion: PortionId::new("p1").unwrap(),
        }]),
        at: now(),
        acknowledged: None,
    })
}

/// What the state holds under a partner's names, as text.
pub(super) fn said_by(node: &Node, who: &str) -> String {
    let who = party(who);
    let state = &node.0;
    let requests = state.requests.iter().filter(|(named, _)| named.by == who);
    let consents = state.consents.iter().filter(|(named, _)| named.by == who);
    let recalls = state.recalls.iter().filter(|(named, _)| named.by == who);
    let notices = state.notices.iter().filter(|(named, _)| named.by == who);
    let cases = state.incident_notices.iter().filter(|(named, _)| named.by == who);
    let endings = state.endings.iter().filter(|(named, _)| named.by == who);
    format!(
        "{:?}",
        (
            requests.collect::<Vec<_>>(),
            consents.collect::<Vec<_>>(),
            recalls.collect::<Vec<_>>(),
            notices.collect::<Vec<_>>(),
            cases.collect::<Vec<_>>(),
            endings.collect::<Vec<_>>(),
        )
    )
}

/// All that a partner can name, under the names that the other one uses too.
pub(super) fn all_that(who: &str) -> Vec<Message> {
    let own = if who == "GOOD" { "R" } else { "E" };
    let consent = Consent {
        report: ReportId::new(own).unwrap(),
        portions: BTreeSet::from([PortionRef {
            report: ReportId::new(own).unwrap(),
            version: 1,
            portion: PortionId::new("p1").unwrap(),
        }]),
        ..consent(who, None)
    };
    vec![
        answer(consent),
        withdrawal(),
        asks(who, who),
        tells("OWN", &format!("{who}/reader")),
        tells_of_case(own),
        Message::Recall(recall(who, own, RecallAction::Purge)),
    ]
}

#[test]
fn c5_what_two_partners_call_alike_is_kept_of_each_and_written_once() {
    for (first, second) in [("GOOD", "EVIL"), ("EVIL", "GOOD")] {
        let mut node = Node::new();
        node.from("EVIL", delivery(&report("E", "EVIL", "x"), "EVIL", "HOME"))
            .unwrap();
        with_own_report(&mut node);
        for message in all_that(first) {
            node.from(first, message).unwrap();
        }
        let before = said_by(&node, first);
        for message in all_that(second) {
            let kind = message.kind();
            node.from(second, message).expect(kind);
        }
        assert_eq!(said_by(&node, first), before, "{second} changed what {first} said");
        let counts = [
            node.0.requests.len(),
            node.0.consents.len(),
            node.0.recalls.len(),
            node.0.notices.len(),
            node.0.incident_notices.len(),
        ];
        assert_eq!(counts, [2; 5]);
        // Nobody writes over what they said themselves either.
        node.refuses(second, asks(second, "another reason"), "exists already");
        node.refuses(second, tells("OWN", "THIRD/other"), "exists already");
    }
}

#[test]
fn c5_a_substitute_of_another_party_under_the_same_consent_replaces_nothing() {
    let mut node = Node::new();
    let request = node.request();
    let substitute = |by: &str| Substitute {
        request: request.id.clone(),
        asker: None,
        originator: party(by),
        report: ReportId::new("R").unwrap(),
        version: 1,
        stands_for: PortionId::new("p1").unwrap(),
        portion: Portion {
            id: PortionId::new("p1-s1").unwrap(),
            lineage: Lineage::of(party(by), Origin::default()),
            ..held(&node, "R").portions[0].clone()
        },
        consent: ConsentId::new("con").unwrap(),
        given: now(),
    };
    let both = |by: &str| {
        let text = substitute(by);
        let consent = Consent {
            portions: BTreeSet::from([PortionRef {
                report: ReportId::new("R").unwrap(),
                version: 1,
                portion: text.portion.id.clone(),
            }]),
            ..consent(by, None)
        };
        Message::Answer {
            consents: vec![consent],
            refusals: Vec::new(),
            substitutes: vec![text],
            exposures: Vec::new(),
        }
    };
    let (evil, good) = (both("EVIL"), both("GOOD"));
    node.refuses("EVIL", evil, "it was put to GOOD");
    node.from("GOOD", good).unwrap();
    assert_eq!(node.0.substitutes.len(), 1);
}

#[test]
fn c5_a_recall_counts_for_own_reports_and_stated_versions_only() {
    let mut node = Node::new();
    // Of a report that does not exist yet: neither ours nor a third party's is touched when it comes.
    for of in ["OWN", "LATER"] {
        let ordered = Recall {
            id: RecallId::new(format!("rec-{of}")).unwrap(),
            version: u32::MAX,
            ..recall("EVIL", of, RecallAction::Purge)
        };
        node.from("EVIL", Message::Recall(ordered)).unwrap();
    }
    node.run(Command::AddReport(report("OWN", "HOME", "ours"))).unwrap();
    node.from("GOOD", delivery(&report("LATER", "GOOD", "x"), "GOOD", "HOME"))
        .unwrap();
    for id in ["OWN", "LATER"] {
        assert_eq!(node.0.recall_of(&ReportId::new(id).unwrap(), 1), None, "{id}");
    }
    // Of its own report, up to the version that it states.
    let first = Recall {
        version: 1,
        ..recall("GOOD", "LATER", RecallAction::Purge)
    };
    node.from("GOOD", Message::Recall(first)).unwrap();
    let mut second = report("LATER", "GOOD", "x");
    second.version = 2;
    node.from("GOOD", delivery(&second, "GOOD", "HOME")).unwrap();
    let id = ReportId::new("LATER").unwrap();
    assert!(node.0.recall_of(&id, 1).is_some() && node.0.recall_of(&id, 2).is_none());
}

#[test]
fn c5_a_command_says_whose_where_several_are_called_so() {
    let mut node = Node::new();
    with_own_report(&mut node);
    node.from("GOOD", asks("GOOD", "x")).unwrap();
    node.from("EVIL", asks("EVIL", "x")).unwrap();
    let refuse = |request: &str| Command::Refuse {
        request: request.parse().unwrap(),
        portions: None,
        reason: String::new(),
    };
    let why = node.run(refuse("same")).unwrap_err().to_string();
    assert!(why.ends_with("say which: EVIL/same, GOOD/same"), "{why}");
    node.run(refuse("GOOD/same")).unwrap();
    let open: Vec<String> = (node.0.requests.iter())
        .filter(|(_, case)| case.is_open())
        .map(|(named, _)| named.to_string())
        .collect();
    assert_eq!(open, ["EVIL/same"]);
}

#[test]
fn c5_a_case_stays_about_the_disclosure_it_was_opened_about() {
    let mut node = Node::new();
    with_own_report(&mut node);
    node.run(Command::SetPerson(Person::outsider(
        PersonId::new("HOME/officer").unwrap(),
        party("HOME"),
    )))
    .unwrap();
    node.from("GOOD", tells("OWN", "THIRD/reader")).unwrap();
    let opening = handle::Opening {
        id: IncidentId::new("inc").unwrap(),
        title: String::new(),
        by: PersonId::new("HOME/officer").unwrap(),
        members: BTreeSet::new(),
        disclosures: BTreeSet::from(["same".parse().unwrap()]),
        protected: false,
        clocks: BTreeMap::new(),
    };
    node.run(Command::OpenIncident(Box::new(opening))).unwrap();
    node.from("EVIL", tells("OWN", "FOURTH/reader")).unwrap();
    let case = node.0.incidents.values().next().unwrap();
    let about = case
        .disclosures
        .iter()
        .map(|id| handle::known_disclosure(&node.0, id).unwrap());
    let learned: Vec<&str> = about.flat_map(|d| &d.audience).map(PersonId::as_str).collect();
    assert_eq!(learned, ["THIRD/reader"]);
}

#[test]
fn c5_folders_that_kept_names_alone_still_read() {
    let mut node = Node::new();
    with_own_report(&mut node);
    node.from("EVIL", delivery(&report("E", "EVIL", "x"), "EVIL", "HOME"))
        .unwrap();
    for message in all_that("EVIL") {
        node.from("EVIL", message).unwrap();
    }
    let mut older = State {
        home: node.0.home.clone(),
        ..State::default()
    };
    for (kind, id) in [
        ("party", "HOME"),
        ("report", "OWN"),
        ("report", "E"),
        ("request", "EVIL/same"),
        ("consent", "EVIL/con"),
        ("recall", "EVIL/rec"),
        ("notice", "EVIL/same"),
        ("incident-notice", "EVIL/same"),
    ] {
        let value = node.0.document(kind, id).expect(kind);
        let bare = id.rsplit('/').next().unwrap();
        let current = State::current_key(kind, bare, &value);
        assert_eq!(current, id, "{kind}");
        older.restore(kind, &current, value).unwrap();
    }
    assert_eq!(
        (
            &older.requests,
            &older.consents,
            &older.recalls,
            &older.notices,
            &older.incident_notices
        ),
        (
            &node.0.requests,
            &node.0.consents,
            &node.0.recalls,
            &node.0.notices,
            &node.0.incident_notices
        )
    );
    // Whatever is touched gives up its older place.
    let touched = older.apply(&Event::ConsentWithdrawn {
        consent: ConsentId::new("con").unwrap(),
        by: None,
        at: now(),
        reason: String::new(),
    });
    let ids: Vec<&str> = touched.iter().map(|document| document.id.as_str()).collect();
    assert_eq!(ids, ["EVIL/con", "con"]);
    assert_eq!(older.document("consent", "con"), None);
}
