//! What happens after something was said: when it is judged, who is told, what it cost, who may go on working with it.

mod cases;
mod closing;
mod hearing;

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::{NoGuards, decide};
use entente_core::exposure::Threshold;
use entente_core::handle::Handover;
use entente_core::handle::{Opening, PlanLine, plan, source_damage};
use entente_core::incident::What;
use entente_core::*;
use entente_marking::{Groups, Label, SchemeId};
use jiff::{SignedDuration, Timestamp};

fn party(text: &str) -> PartyPath {
    PartyPath::new(text).unwrap()
}

fn person(text: &str) -> PersonId {
    PersonId::new(text).unwrap()
}

fn start() -> Timestamp {
    "2026-11-20T03:00:00Z".parse().unwrap()
}

fn minute(n: i64) -> Timestamp {
    start() + SignedDuration::from_mins(n)
}

fn named<const N: usize>(ids: [&str; N]) -> BTreeSet<PortionId> {
    ids.map(|id| PortionId::new(id).unwrap()).into()
}

fn report_id() -> ReportId {
    ReportId::new("R-1").unwrap()
}

fn report(version: u32, originator: &str, arrangement: Option<&str>) -> Report {
    let origin = Origin {
        recipients: BTreeSet::from([party("HOME")]),
        arrangements: arrangement
            .map(|id| ArrangementId::new(id).unwrap())
            .into_iter()
            .collect(),
        ..Origin::default()
    };
    let portion = |id: &str| Portion {
        id: PortionId::new(id).unwrap(),
        mark: "(TLP:CLEAR)".to_owned(),
        label: Label::unrestricted(),
        text: format!("the {id}"),
        lineage: Lineage::of(party(originator), origin.clone()),
        tear_line: false,
    };
    Report {
        id: report_id(),
        version,
        title: "R-1".into(),
        originator: party(originator),
        scheme: SchemeId::new("tlp"),
        profile: "2.0".to_owned(),
        created: start(),
        expires: None,
        existence_protected: false,
        portions: vec![portion("plot"), portion("place")],
    }
}

/// A party at work.
struct Node {
    state: State,
    messages: u32,
}

impl Node {
    fn new() -> Self {
        let mut node = Self {
            state: State::default(),
            messages: 0,
        };
        for path in ["HOME", "GOOD", "JOR"] {
            let party = Party {
                path: party(path),
                name: String::new(),
                client_of: BTreeSet::new(),
                signing_keys: vec![],
                recipient: None,
            };
            let command = if path == "HOME" {
                Command::Found(party)
            } else {
                Command::SetParty(party)
            };
            node.run(0, command).unwrap();
        }
        for name in ["HOME/officer", "HOME/clerk"] {
            node.run(0, Command::SetPerson(Person::outsider(person(name), party("HOME"))))
                .unwrap();
        }
        node
    }

    fn looked<T>(&self, at: i64, look: impl FnOnce(&State, &Context<'_>) -> T) -> T {
        let groups = Groups::default();
        let guard = SourceGuard::new(&self.state);
        let context = Context {
            now: minute(at),
            groups: &groups,
            schemes: entente_marking::builtin::schemes(),
            policy: &NoGuards,
            exposure: &guard,
        };
        look(&self.state, &context)
    }

    fn run(&mut self, at: i64, command: Command) -> Result<Decided, CommandRefusal> {
        let decided = self.looked(at, |state, context| handle(state, command, context))?;
        for event in &decided.events {
            self.state.apply(event);
        }
        Ok(decided)
    }

    fn try_hear(&mut self, at: i64, from: &str, message: Message) -> Result<Decided, String> {
        self.messages += 1;
        let id = format!("{from}-{}", self.messages);
        let command = Command::Receive {
            from: party(from),
            digest: id.clone(),
            id,
            message,
        };
        self.run(at, command).map_err(|error| error.to_string())
    }

    fn hear(&mut self, at: i64, from: &str, message: Message) {
        self.try_hear(at, from, message).unwrap();
    }

    /// Opens a case about disclosures.
    fn open_case(&mut self, at: i64, disclosures: &[&str]) -> IncidentId {
        let id = IncidentId::new(format!("inc-{at}")).unwrap();
        let opening = Opening {
            id: id.clone(),
            title: "slip".to_owned(),
            by: person("HOME/officer"),
            members: BTreeSet::new(),
            disclosures: disclosures.iter().map(|id| id.parse().unwrap()).collect(),
            protected: false,
            clocks: BTreeMap::new(),
        };
        self.run(at, Command::OpenIncident(Box::new(opening))).unwrap();
        id
    }

    /// What the plan of a case would do now.
    fn planned(&self, at: i64, case: &IncidentId) -> Vec<PlanLine> {
        self.looked(at, |state, context| {
            plan(state, case, &person("HOME/officer"), None, context)
        })
        .unwrap()
    }

    fn disclose(
        &mut self,
        at: i64,
        id: &str,
        portions: BTreeSet<PortionId>,
        said: Said,
    ) -> Result<Disclosure, CommandRefusal> {
        let id = DisclosureId::new(id).unwrap();
        self.run(at, disclosure(&id, portions, "JOR/visitor", said))?;
        Ok(self.state.disclosures.get(&id).unwrap().clone())
    }
}

fn disclosure(id: &DisclosureId, portions: BTreeSet<PortionId>, to: &str, said: Said) -> Command {
    Command::Disclose {
        id: id.clone(),
        report: report_id(),
        portions,
        audience: BTreeSet::from([person(to)]),
        route: Route::Said,
        by: None,
        learned: Vec::new(),
        purpose: None,
        lawful: Lawful::Undetermined,
        under: None,
        review: None,
        briefing: None,
        said,
    }
}

fn at(n: i64) -> Said {
    Said {
        at: Some(minute(n)),
        late: String::new(),
    }
}

/// HOME holds a report of GOOD under the third-party rule, with a consent of minute 10 that was withdrawn in minute 21.
fn consented() -> Node {
    let mut node = Node::new();
    let terms = Arrangement {
        id: ArrangementId::new("D-1").unwrap(),
        title: String::new(),
        parties: ["HOME", "GOOD"].map(party).into(),
        purposes: None,
        onward: Onward::Consent,
        need_to_know: false,
        two_person: false,
        witnesses: 0,
        withheld: Withheld::Hidden,
        default_mark: None,
        unmarked: Unmarked::Banner,
        owners: BTreeMap::new(),
        not_before: None,
        starts: None,
        expires: None,
        status_set: None,
        status: ArrangementStatus::Active,
        clauses: BTreeMap::new(),
        words: BTreeMap::new(),
    };
    let arranged = Command::SetArrangement {
        arrangement: terms,
        agreed: true,
    };
    node.run(0, arranged).unwrap();
    let report = report(1, "GOOD", Some("D-1"));
    let delivery = Delivery {
        report: report.id.clone(),
        version: 1,
        to: party("HOME"),
        by: party("GOOD"),
        at: minute(1),
        portions: None,
        under: BTreeSet::new(),
    };
    let delivered = Message::Delivery {
        delivery,
        report,
        arrangements: Vec::new(),
        part: Part::default(),
    };
    node.hear(1, "GOOD", delivered);
    let request = Command::OpenRequest {
        id: RequestId::new("req-1").unwrap(),
        report: report_id(),
        portions: None,
        audience: BTreeSet::from([person("JOR/visitor")]),
        purpose: None,
        reason: String::new(),
        change: String::new(),
        needed_by: None,
    };
    let asked = node.run(2, request).unwrap();
    let Some(Event::RequestOpened(request)) = asked.events.first() else {
        panic!("a request was opened");
    };
    let consent = Consent {
        id: ConsentId::new("con-1").unwrap(),
        request: Some(request.id.clone()),
        originator: party("GOOD"),
        to: party("HOME"),
        report: report_id(),
        portions: request
            .portions
            .iter()
            .map(|portion| PortionRef {
                report: report_id(),
                version: 1,
                portion: portion.clone(),
            })
            .collect(),
        standing: false,
        stated: Vec::new(),
        marks: Vec::new(),
        recipients: Recipients {
            persons: BTreeSet::from([person("JOR/visitor")]),
            parties: BTreeSet::new(),
        },
        purposes: None,
        conditions: Vec::new(),
        given: minute(10),
        received: None,
        ends: None,
        withdrawn: None,
        life: Life::default(),
    };
    let answer = Message::Answer {
        consents: vec![consent],
        refusals: Vec::new(),
        substitutes: Vec::new(),
        exposures: Vec::new(),
    };
    node.hear(10, "GOOD", answer);
    node
}

fn withdraw(node: &mut Node) {
    let consent = node.state.consents.values().next().unwrap().id.clone();
    let event = Event::ConsentWithdrawn {
        consent,
        by: None,
        reason: "changed our mind".to_owned(),
        at: minute(21),
    };
    node.state.apply(&event);
}

#[test]
fn d5_what_was_said_is_judged_by_what_stood_when_it_was_said() {
    let mut node = consented();
    withdraw(&mut node);
    let record = node.disclose(22, "dis-1", named(["plot"]), at(20)).unwrap();
    assert_eq!(record.permitted.values().collect::<Vec<_>>(), [&true]);
    assert_eq!(
        (record.at, record.recorded),
        (minute(20), Some((minute(22), String::new())))
    );
    // Without the moment it is judged now, and the consent is gone; so it is for a moment after the withdrawal.
    let late = node.disclose(22, "dis-2", named(["plot"]), Said::default()).unwrap();
    assert_eq!(late.permitted.values().collect::<Vec<_>>(), [&false]);
    let after = node.disclose(23, "dis-3", named(["plot"]), at(21)).unwrap();
    assert_eq!(after.permitted.values().collect::<Vec<_>>(), [&false]);
    // And before it was given there was none.
    let early = node.disclose(23, "dis-4", named(["plot"]), at(9)).unwrap();
    assert_eq!(early.permitted.values().collect::<Vec<_>>(), [&false]);
}

#[test]
fn d5_a_recall_or_hold_after_the_moment_does_not_count_and_one_before_it_does() {
    let mut node = consented();
    let hold = Command::HoldReport {
        report: report_id(),
        reason: "for now".to_owned(),
    };
    node.run(30, hold).unwrap();
    assert!(node.disclose(31, "dis-1", named(["plot"]), at(29)).unwrap().permitted[&PortionId::new("plot").unwrap()]);
    assert!(!node.disclose(32, "dis-2", named(["plot"]), at(31)).unwrap().permitted[&PortionId::new("plot").unwrap()]);
}

#[test]
fn d5_a_moment_to_come_or_long_gone_without_a_reason_is_refused() {
    let mut node = consented();
    let to_come = node
        .disclose(22, "dis-1", named(["plot"]), at(23))
        .unwrap_err()
        .to_string();
    assert!(to_come.contains("still to come"), "{to_come}");
    let days = 3 * 24 * 60;
    let gone = node
        .disclose(days, "dis-2", named(["plot"]), at(20))
        .unwrap_err()
        .to_string();
    assert!(gone.contains("more than a day ago"), "{gone}");
    let said = Said {
        late: "the trip was long".to_owned(),
        ..at(20)
    };
    let record = node.disclose(days, "dis-3", named(["plot"]), said).unwrap();
    assert_eq!(record.recorded, Some((minute(days), "the trip was long".to_owned())));
}

#[test]
fn d13_no_substitute_leaves_while_releases_are_on_hold() {
    let mut node = Node::new();
    node.run(0, Command::AddReport(report(1, "HOME", None))).unwrap();
    let asked = Request {
        carried: Carried::default(),
        id: RequestId::new("req-9").unwrap(),
        from: party("GOOD"),
        to: party("HOME"),
        report: report_id(),
        version: 1,
        portions: named(["plot"]),
        audience: vec![Person::outsider(person("JOR/visitor"), party("JOR"))],
        purpose: None,
        reason: String::new(),
        opened: minute(1),
        change: String::new(),
        needed_by: None,
    };
    node.state.apply(&Event::RequestOpened(asked));
    let hold = Command::HoldReport {
        report: report_id(),
        reason: "for now".to_owned(),
    };
    node.run(2, hold).unwrap();
    let substitute = Command::Substitute {
        id: ConsentId::new("con-9").unwrap(),
        request: RequestId::new("req-9").unwrap().into(),
        portion: PortionId::new("plot").unwrap(),
        mark: "(TLP:CLEAR)".to_owned(),
        label: Label::unrestricted(),
        text: "something may happen".to_owned(),
        terms: Terms::default(),
    };
    let refused = node.run(3, substitute).unwrap_err().to_string();
    assert!(refused.contains("on hold"), "{refused}");
}

#[test]
fn d12_what_was_refused_or_is_open_is_asked_again_only_with_something_new() {
    let mut node = consented();
    let ask = |change: &str, to: &str, portions: Option<Vec<PortionId>>, id: &str| Command::OpenRequest {
        id: RequestId::new(id).unwrap(),
        report: report_id(),
        portions,
        audience: BTreeSet::from([person(to)]),
        purpose: None,
        reason: String::new(),
        change: change.to_owned(),
        needed_by: None,
    };
    let place = || Some(vec![PortionId::new("place").unwrap()]);
    node.run(30, ask("", "JOR/other", place(), "req-2")).unwrap();
    let open = node
        .run(31, ask("", "JOR/other", place(), "req-3"))
        .unwrap_err()
        .to_string();
    assert!(open.contains("asked this in req-2"), "{open}");
    let refusal = Refusal {
        asker: None,
        request: RequestId::new("req-2").unwrap(),
        originator: party("GOOD"),
        portions: named(["place"]),
        reason: "too close to the source".to_owned(),
        given: minute(32),
    };
    node.state.apply(&Event::RequestRefused(refusal));
    let refused = node
        .run(33, ask("", "JOR/other", place(), "req-4"))
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("GOOD refused it on 2026-11-20 (“too close to the source”)"),
        "{refused}"
    );
    // Something new: a stated change, other persons, more portions.
    node.run(
        34,
        ask(
            "the visit is cancelled, it is about his staff",
            "JOR/other",
            place(),
            "req-5",
        ),
    )
    .unwrap();
    node.run(35, ask("", "JOR/third", place(), "req-6")).unwrap();
    node.run(36, ask("", "JOR/other", None, "req-7")).unwrap();
}

#[test]
fn d14_what_is_not_named_of_a_person_stays() {
    let mut node = Node::new();
    let id = person("HOME/analyst");
    let change = || PersonChange::of(id.clone(), party("HOME"));
    let first = PersonChange {
        name: Some("A. Analyst".to_owned()),
        citizenships: BTreeSet::from([entente_marking::Entity::new("GBR")]),
        roles: BTreeSet::from(["reviewer".to_owned()]),
        accesses: BTreeSet::from([entente_marking::Category::new("us-ic/sci/SI")]),
        ..change()
    };
    node.run(1, Command::ChangePersons(vec![first])).unwrap();
    let one = PersonChange {
        accesses: BTreeSet::from([entente_marking::Category::new("us-ic/sci/TK")]),
        ..change()
    };
    node.run(2, Command::ChangePersons(vec![one])).unwrap();
    let known = node.state.persons.get(&id).unwrap();
    assert_eq!(
        (
            known.name.as_str(),
            known.citizenships.len(),
            known.accesses.len(),
            known.roles.len()
        ),
        ("A. Analyst", 1, 2, 1)
    );
    let dropped = PersonChange {
        dropped: Dropped {
            accesses: BTreeSet::from([entente_marking::Category::new("us-ic/sci/SI")]),
            ..Dropped::default()
        },
        ..change()
    };
    node.run(3, Command::ChangePersons(vec![dropped])).unwrap();
    assert_eq!(node.state.persons.get(&id).unwrap().accesses.len(), 1);
}

/// A report of HOME whose only portion rests on the plot of R-1, with what GOOD and HOME would both say about it.
fn derived(node: &mut Node, id: &str, base: &str, on: &str) {
    let mut derived = report(1, "HOME", None);
    derived.id = ReportId::new(id).unwrap();
    derived.portions.truncate(1);
    let from = PortionRef {
        report: ReportId::new(base).unwrap(),
        version: 1,
        portion: PortionId::new(on).unwrap(),
    };
    let origin = Origin {
        from: BTreeSet::from([from]),
        ..Origin::default()
    };
    derived.portions[0].lineage = Lineage::of(party("HOME"), origin);
    node.state.apply(&Event::ReportAdded(derived));
}

fn failing(node: &Node, id: &str, reader: &str, at: i64) -> Vec<&'static str> {
    let groups = Groups::default();
    let report = ReportId::new(id).unwrap();
    let reader = person(reader);
    let outsiders = [Person::outsider(reader.clone(), reader.party().unwrap())];
    let snapshot = Snapshot::compile(&node.state, &groups, &outsiders);
    let query = Query {
        report: &report,
        version: None,
        portions: None,
        audience: &[reader],
        purpose: None,
        moment: minute(at),
    };
    let decision = decide(&snapshot, &query, &NoGuards, &NoGuards).unwrap();
    decision.rules(0, 0).map(decide::Rule::id).collect()
}

#[test]
fn d4_what_becomes_of_a_base_becomes_of_what_rests_on_it() {
    let recall = |node: &mut Node| {
        let command = Command::Recall {
            id: RecallId::new("rec-1").unwrap(),
            report: report_id(),
            action: RecallAction::Purge,
            reason: "burnt".to_owned(),
        };
        node.run(5, command).unwrap();
    };
    let withdraw = |node: &mut Node| {
        let command = Command::WithdrawReport {
            report: report_id(),
            reason: "wrong".to_owned(),
        };
        node.run(5, command).unwrap();
    };
    let hold = |node: &mut Node| {
        let command = Command::HoldReport {
            report: report_id(),
            reason: "for now".to_owned(),
        };
        node.run(5, command).unwrap();
    };
    let own = |id: &str, to: &str, happens: &dyn Fn(&mut Node)| {
        let mut node = Node::new();
        let mut base = report(1, "HOME", None);
        base.expires = Some(minute(60));
        node.run(0, Command::AddReport(base)).unwrap();
        derived(&mut node, "R-2", "R-1", "plot");
        derived(&mut node, "R-3", "R-2", "plot");
        happens(&mut node);
        failing(&node, id, to, 6)
    };
    for id in ["R-2", "R-3"] {
        assert_eq!(own(id, "HOME/clerk", &|_| ()), Vec::<&str>::new());
        assert_eq!(own(id, "HOME/clerk", &recall), ["state.base-closed"]);
        assert_eq!(own(id, "HOME/clerk", &withdraw), ["state.base-closed"]);
        assert_eq!(own(id, "JOR/visitor", &hold), ["state.base-on-hold"]);
        assert_eq!(own(id, "HOME/clerk", &hold), Vec::<&str>::new());
    }
    let mut node = Node::new();
    let mut base = report(1, "HOME", None);
    base.expires = Some(minute(60));
    node.run(0, Command::AddReport(base)).unwrap();
    derived(&mut node, "R-2", "R-1", "plot");
    assert_eq!(failing(&node, "R-2", "HOME/clerk", 59), Vec::<&str>::new());
    assert_eq!(failing(&node, "R-2", "HOME/clerk", 60), ["state.base-closed"]);
}
