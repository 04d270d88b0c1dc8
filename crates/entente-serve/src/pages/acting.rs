//! What is done on a page: an act of the desk's table is composed, tried, shown, and only then done.

use std::collections::BTreeSet;

use entente_core::handle::consequence;
use entente_core::{ArrangementId, Command, Event, Pending, PortionId, ReportId, State};
use entente_desk::consequences::{Consequences, Side, consequences, grouped};
use entente_desk::doing::{self, Act, Composed, Setting};
use entente_node::{NodeError, Planned};
use serde_json::{Map, Value};

use super::answer::{Desk, Reply, Trouble};
use super::fields::Fields;
use super::frame::Page;

/// What was said of an act, field by field; what was left empty was not said.
#[derive(Clone, Debug, Default)]
pub(super) struct Words(Map<String, Value>);

impl Words {
    /// A text, where there is one.
    pub(super) fn text(mut self, field: &str, text: &str) -> Self {
        let text = text.trim();
        if !text.is_empty() {
            self.0.insert(field.to_owned(), text.into());
        }
        self
    }

    /// Several texts, where there are any.
    pub(super) fn texts<'t>(mut self, field: &str, texts: impl IntoIterator<Item = &'t str>) -> Self {
        let all = texts.into_iter().map(str::trim).filter(|text| !text.is_empty());
        let all: Vec<Value> = all.map(Value::from).collect();
        if !all.is_empty() {
            self.0.insert(field.to_owned(), all.into());
        }
        self
    }

    /// A box that was ticked.
    pub(super) fn flag(mut self, field: &str, ticked: bool) -> Self {
        if ticked {
            self.0.insert(field.to_owned(), true.into());
        }
        self
    }
}

/// Names in one field of a form: between commas or blanks.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c.is_whitespace())
        .filter(|word| !word.is_empty())
}

impl Desk {
    /// The commands that an act becomes for whoever is signed in.
    pub(crate) fn composed(&self, act: &Act, said: &Map<String, Value>, fresh: &str) -> Result<Composed, Trouble> {
        let moment = self.moment();
        let node = self.pinned.node();
        let setting = Setting {
            moment: &moment,
            me: self.me(),
            now: self.now,
            fresh,
            check_rule: &entente_node::check_rule,
            beyond_reach: &|| node.beyond_reach().map_err(|error| error.to_string()),
        };
        Ok(act.compose(said, &setting)?)
    }

    /// The same by the act's name, with ids that nothing else has.
    pub(super) fn acting(&self, act: &str, words: &Words) -> Result<Composed, Trouble> {
        let act = doing::act(act).ok_or(Trouble::Nothing)?;
        self.composed(act, &words.0, &entente_node::random_id())
    }

    /// Does what a form asks for, once that was shown: what it comes to is sealed into the button that decides. What is not as
    /// it was shown is shown anew, and what is refused is said on the same form.
    ///
    /// What was shown, where it is done now; else the answer.
    pub(super) fn once_shown<S>(
        &mut self,
        fields: &Fields,
        made: Result<(S, Vec<Command>), Trouble>,
        seal_of: impl FnOnce(&S) -> String,
        page: impl FnOnce(&Self, Result<S, String>) -> Result<Page, Trouble>,
    ) -> Result<Result<S, Reply>, Trouble> {
        let (shown, commands) = match made.map_err(|trouble| trouble.into_said(self.tongue)) {
            Ok(made) => made,
            Err(Ok(said)) => return Ok(Err(Reply::Again(page(self, Err(said))?))),
            Err(Err(trouble)) => return Err(trouble),
        };
        if fields.get("shown") != seal_of(&shown) {
            return Ok(Err(Reply::Page(page(self, Ok(shown))?)));
        }
        self.act(commands)?;
        Ok(Ok(shown))
    }

    /// What commands would do, refused as they would be; nothing is done.
    pub(super) fn tried(&self, commands: &[Command]) -> Result<Planned, Trouble> {
        match self.pinned.clone().on_trial().submit_all(commands.to_vec()) {
            Err(NodeError::Planned(planned)) => Ok(*planned),
            Err(error) => Err(error.into()),
            Ok(_) => Err(Trouble::Broken("a trial did something".to_owned())),
        }
    }
}

impl Desk {
    /// What a step changes for readers of a report and who is told of it, in sentences about what whoever looks may know. Names
    /// of persons stand there for whoever keeps the distribution; to others they are counted.
    pub(super) fn effects(&self, planned: &Planned, report: &ReportId, known: &BTreeSet<PortionId>) -> Vec<String> {
        let before = Side {
            state: planned.before.state(),
            groups: &planned.before.library().groups,
            policy: planned.before.rules(),
        };
        let after = Side {
            state: planned.after.state(),
            groups: &planned.after.library().groups,
            policy: planned.after.rules(),
        };
        let found = consequences(before, after, &planned.events, self.now);
        let told = planned.messages.iter().map(|(_, to)| to.as_str()).collect();
        self.effects_of(&found, told, report, known)
    }

    /// The same of what was worked out already, and of those who would be told.
    pub(super) fn effects_of(
        &self,
        found: &Consequences,
        told: BTreeSet<&str>,
        report: &ReportId,
        known: &BTreeSet<PortionId>,
    ) -> Vec<String> {
        let (mut said, t) = (Vec::new(), self.tongue);
        for (changes, key) in [(&found.opens, "effect-may"), (&found.closes, "effect-no-longer")] {
            for change in changes.iter().filter(|change| change.report == *report) {
                let portions: Vec<&str> = change
                    .portions
                    .iter()
                    .filter(|portion| known.contains(portion))
                    .map(PortionId::as_str)
                    .collect();
                if portions.is_empty() {
                    continue;
                }
                let who = match self.may("distribute") {
                    true => grouped(&change.persons).join(", "),
                    false => t.count("effect-persons", change.persons.len()),
                };
                let mut with = vec![("who", who.into()), ("what", portions.join(", ").into())];
                said.push(match &change.purpose {
                    None => t.with(key, &with),
                    Some(purpose) => {
                        with.push(("purpose", purpose.to_string().into()));
                        t.with(&format!("{key}-for"), &with)
                    }
                });
            }
        }
        if said.is_empty() {
            said.push(t.say("effect-nobody").into_owned());
        }
        said.push(match told.is_empty() {
            true => t.say("effect-not-told").into_owned(),
            false => t.say_of("effect-told", told.into_iter().collect::<Vec<_>>().join(", ")),
        });
        said
    }
}

impl Desk {
    /// What would be true, and what would have happened, had a second person said yes to what was tried; nothing where it takes
    /// no second person.
    pub(super) fn after_a_yes(&self, planned: &Planned) -> Result<Option<(State, Vec<Event>)>, Trouble> {
        let (mut after, mut all) = (planned.after.state().clone(), Vec::new());
        for pending in proposed(planned) {
            let moment = self.moment();
            let events = consequence(&after, pending, &moment.context(self.now))?.decided.events;
            events.iter().for_each(|event| drop(after.apply(event)));
            all.extend(events);
        }
        Ok((!all.is_empty()).then_some((after, all)))
    }

    /// That it waits for a second person first, where it does.
    pub(super) fn waits(&self, planned: &Planned) -> Option<String> {
        let under: BTreeSet<&str> = proposed(planned)
            .flat_map(|pending| pending.under.iter().map(ArrangementId::as_str))
            .collect();
        let under: Vec<&str> = under.into_iter().collect();
        (!under.is_empty()).then(|| self.tongue.say_of("effect-waits", under.join(", ")))
    }
}

fn proposed(planned: &Planned) -> impl Iterator<Item = &Pending> {
    planned.events.iter().filter_map(|event| match event {
        Event::ReleaseProposed(pending) => Some(pending),
        _ => None,
    })
}

/// What a deciding button bears of what was shown: where that is not what would happen now, it is shown anew.
pub(super) fn seal(shown: &impl std::fmt::Debug) -> String {
    crate::persons::kept_exactly(&format!("{shown:?}"))
}
