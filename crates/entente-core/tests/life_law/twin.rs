//! The obvious twin: a list of what each party did, and what follows from it.

use super::*;

/// A consent as one would tell it.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) to: String,
    pub(super) portions: BTreeMap<String, u32>,
    /// Whether a portion asked for more when it was given.
    pub(super) raised: BTreeSet<String>,
    pub(super) persons: BTreeMap<String, bool>,
    pub(super) purposes: Option<BTreeSet<String>>,
    pub(super) standing: bool,
    pub(super) begins: Option<Timestamp>,
    pub(super) ends: Option<Timestamp>,
    pub(super) over: bool,
}

/// What is true where everything has arrived.
#[derive(Clone, Debug, Default)]
pub(super) struct Twin {
    pub(super) consents: BTreeMap<String, Told>,
    /// The words of each portion, by version.
    pub(super) words: Vec<BTreeMap<&'static str, usize>>,
    pub(super) raised: BTreeSet<String>,
    pub(super) suspended: BTreeSet<String>,
    pub(super) terms: Option<BTreeSet<String>>,
    pub(super) embargoes: BTreeMap<Option<String>, Timestamp>,
    pub(super) recalls: BTreeMap<RecallId, (BTreeSet<String>, u32)>,
    /// By home and person: whether they have another citizenship there than at first.
    pub(super) changed: BTreeSet<(String, String)>,
    pub(super) disabled: BTreeSet<(String, String)>,
    pub(super) held: BTreeSet<String>,
}

impl Twin {
    pub(super) fn permits(
        &self,
        home: &str,
        given_up: bool,
        who: &str,
        portion: &str,
        purpose: &str,
        moment: Timestamp,
    ) -> bool {
        let version = u32::try_from(self.words.len()).unwrap();
        let recalled = self
            .recalls
            .values()
            .any(|(holders, until)| (holders.is_empty() || holders.contains(home)) && version <= *until);
        let waits = self.embargoes.iter().any(|(on, until)| {
            on.as_deref().is_none_or(|on| on == portion) && moment < *until + SignedDuration::from_mins(5)
        });
        let key = (home.to_owned(), who.to_owned());
        let closed = given_up || recalled || waits || self.held.contains(home) || self.disabled.contains(&key);
        let agreed = self.suspended.is_empty() && self.terms.as_ref().is_none_or(|terms| terms.contains(purpose));
        let covers = |consent: &Told| {
            let words = |version: u32| self.words[version as usize - 1][portion];
            let same_words = |given: u32| consent.standing || words(given) == words(version);
            !consent.over
                && (home == "USA" || consent.to == home)
                && consent.portions.get(portion).is_some_and(|given| same_words(*given))
                && consent.raised.contains(portion) == self.raised.contains(portion)
                && consent
                    .persons
                    .get(who)
                    .is_some_and(|then| *then == self.changed.contains(&key))
                && consent.purposes.as_ref().is_none_or(|all| all.contains(purpose))
                && consent
                    .begins
                    .is_none_or(|begin| moment >= begin + SignedDuration::from_mins(5))
                && consent.ends.is_none_or(|end| moment < end)
        };
        !closed && agreed && self.consents.values().any(covers)
    }

    /// Takes in what somebody did, as their own log says it.
    pub(super) fn hear(&mut self, home: &str, event: &Event) {
        match event {
            Event::ConsentGiven(consent) if home == "USA" => {
                let told = Told {
                    to: consent.to.to_string(),
                    portions: consent
                        .portions
                        .iter()
                        .map(|p| (p.portion.to_string(), p.version))
                        .collect(),
                    raised: self.raised.clone(),
                    persons: consent
                        .stated
                        .iter()
                        .map(|p| (p.id.to_string(), p.citizenships.len() > 1))
                        .collect(),
                    purposes: consent
                        .purposes
                        .as_ref()
                        .map(|all| all.iter().map(ToString::to_string).collect()),
                    standing: consent.standing,
                    begins: consent.life.not_before,
                    ends: consent.ends,
                    over: false,
                };
                self.consents.insert(consent.id.to_string(), told);
            }
            Event::ConsentNarrowed { consent, cut, .. } if home == "USA" => {
                let told = self.consents.get_mut(consent.as_str()).unwrap();
                told.persons.retain(|id, _| !cut.persons.contains(&person(id)));
                told.portions
                    .retain(|id, _| !cut.portions.iter().any(|cut| cut.as_str() == id));
                if let Some(purposes) = &mut told.purposes {
                    purposes.retain(|id| !cut.purposes.contains(&Purpose::new(id)));
                }
            }
            Event::ConsentWithdrawn { consent, .. } if home == "USA" => {
                self.consents.get_mut(consent.as_str()).unwrap().over = true;
            }
            Event::EmbargoSet(word) if home == "USA" => {
                let on = word.portion.as_ref().map(ToString::to_string);
                match word.until {
                    Some(until) => drop(self.embargoes.insert(on, until)),
                    None => drop(self.embargoes.remove(&on)),
                }
            }
            Event::RecallOrdered(recall) if home == "USA" => {
                let holders = recall
                    .holders
                    .keys()
                    .map(ToString::to_string)
                    .filter(|_| recall.scope.only);
                self.recalls
                    .insert(recall.id.clone(), (holders.collect(), recall.version));
            }
            Event::RecallLifted { recall, .. } if home == "USA" => drop(self.recalls.remove(recall)),
            Event::ArrangementStatusSet { status, .. } => match status {
                ArrangementStatus::Active => drop(self.suspended.remove(home)),
                _ => drop(self.suspended.insert(home.to_owned())),
            },
            Event::ArrangementSet(terms) => {
                let told: Option<BTreeSet<String>> = terms
                    .purposes
                    .as_ref()
                    .map(|all| all.iter().map(ToString::to_string).collect());
                self.terms = match (self.terms.take(), told) {
                    (Some(one), Some(other)) => Some(&one & &other),
                    (one, other) => one.or(other),
                };
            }
            Event::PersonSet(set) => {
                let key = (home.to_owned(), set.id.to_string());
                match set.citizenships.len() > 1 {
                    true => drop(self.changed.insert(key.clone())),
                    false => drop(self.changed.remove(&key)),
                }
                match set.disabled {
                    true => drop(self.disabled.insert(key)),
                    false => drop(self.disabled.remove(&key)),
                }
            }
            Event::ReportHeld { .. } => drop(self.held.insert(home.to_owned())),
            Event::ReportResumed { .. } => drop(self.held.remove(home)),
            _ => {}
        }
    }
}
