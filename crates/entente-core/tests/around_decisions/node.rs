//! One party, as these tests drive it.

use super::*;

/// A node at GBR or USA.
pub(super) struct Node {
    pub(super) state: State,
    pub(super) files: u32,
}

impl Node {
    pub(super) fn of(home: &str) -> Self {
        let mut node = Self {
            state: State::default(),
            files: 0,
        };
        let known = |path: &str| Party {
            path: party(path),
            name: String::new(),
            client_of: BTreeSet::new(),
            signing_keys: vec![],
            recipient: None,
        };
        node.run(Command::Found(known(home)));
        for other in ["USA", "GBR"].into_iter().filter(|other| *other != home) {
            node.run(Command::SetParty(known(other)));
        }
        node
    }

    pub(super) fn with(home: &str, reports: impl IntoIterator<Item = Report>) -> Self {
        let mut node = Self::of(home);
        node.hold(reports);
        node
    }

    pub(super) fn hold(&mut self, reports: impl IntoIterator<Item = Report>) {
        for report in reports {
            self.state.apply(&Event::ReportAdded(report.clone()));
            // Whoever asks about it has it.
            let went = Delivery {
                report: report.id.clone(),
                version: report.version,
                to: party("GBR"),
                by: party("USA"),
                at: now(),
                portions: None,
                under: BTreeSet::new(),
            };
            let holding = self.state.reports.get_mut(&report.id).unwrap();
            holding.deliveries.insert(went);
        }
    }

    pub(super) fn try_run(&mut self, command: Command) -> Result<Decided, CommandRefusal> {
        let groups = Groups::default();
        let context = Context {
            now: now(),
            groups: &groups,
            schemes: entente_marking::builtin::schemes(),
            policy: &NoGuards,
            exposure: &NoGuards,
        };
        let decided = handle(&self.state, command, &context)?;
        for event in &decided.events {
            self.state.apply(event);
        }
        Ok(decided)
    }

    /// The consent that was given.
    pub(super) fn consent(&mut self) -> &mut Consent {
        let key = self.state.consents.keys().next().unwrap().clone();
        self.state.consents.get_mut(&key).unwrap()
    }

    pub(super) fn run(&mut self, command: Command) -> Decided {
        self.try_run(command).unwrap()
    }

    pub(super) fn refuses(&mut self, command: Command, why: &str) {
        let refusal = self.try_run(command).expect_err(why).to_string();
        assert!(refusal.contains(why), "expected `{why}`, got `{refusal}`");
    }

    pub(super) fn take(&mut self, from: &str, message: Message) {
        self.files += 1;
        let id = format!("{from}-{}", self.files);
        self.run(Command::Receive {
            from: party(from),
            digest: id.clone(),
            id,
            message,
        });
    }

    pub(super) fn open(&self, id: &str, who: &str, portions: &[&str]) -> Command {
        Command::OpenRequest {
            id: RequestId::new(id).unwrap(),
            report: ReportId::new("R").unwrap(),
            portions: Some(portions.iter().map(|id| portion(id)).collect()),
            audience: BTreeSet::from([person(who)]),
            purpose: Some(Purpose::new("warn")),
            reason: String::new(),
            needed_by: None,
            change: String::new(),
        }
    }

    /// The outcome and the failing rules.
    pub(super) fn answer(
        &self,
        version: Option<u32>,
        who: &str,
        id: &str,
        purpose: Option<&str>,
    ) -> (Outcome, Vec<&'static str>) {
        let audience = [person(who)];
        let outsiders = [Person::outsider(audience[0].clone(), audience[0].party().unwrap())];
        self.answer_about(version, &outsiders, who, id, purpose)
    }

    pub(super) fn answer_about(
        &self,
        version: Option<u32>,
        outsiders: &[Person],
        who: &str,
        id: &str,
        purpose: Option<&str>,
    ) -> (Outcome, Vec<&'static str>) {
        let audience = [person(who)];
        let snapshot = Snapshot::compile(&self.state, &Groups::default(), outsiders);
        let purpose = purpose.map(Purpose::new);
        let query = Query {
            report: &ReportId::new("R").unwrap(),
            version,
            portions: Some(&[portion(id)]),
            audience: &audience,
            purpose: purpose.as_ref(),
            moment: now(),
        };
        let decision = decide(&snapshot, &query, &NoGuards, &NoGuards).unwrap();
        let rules = decision.explain(0, 0).iter().map(|reason| reason.rule).collect();
        (decision.outcome(0, 0), rules)
    }

    pub(super) fn outcome(&self, version: Option<u32>, who: &str, id: &str) -> Outcome {
        self.answer(version, who, id, Some("warn")).0
    }
}
