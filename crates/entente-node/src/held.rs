//! The state as the store keeps it, with what is read once from it.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use entente_core::{Act, Document, Event, Lines, Message, Sorted, State};
use entente_marking::installed::Library;
use entente_policy::Rules;
use entente_store::{DocKey, Projection, Recorded, Shelf, Topic};
use serde_json::Value;

use crate::shelf::Rested;
use crate::stock::Stocked;

/// The state of `entente-core` as the store keeps it. A copy costs as good as nothing.
#[derive(Clone, Default)]
pub struct Held {
    state: State,
    /// What of the state is read when somebody first looks at it.
    shelf: Option<Arc<Rested>>,
    /// Read when a decision first asks, and anew once a rule has changed: all copies share what was read.
    rules: Arc<OnceLock<Rules>>,
    /// The same of installed schemes and the node's own lists.
    library: Arc<OnceLock<Library>>,
    /// What lists need of every report.
    stocked: Stocked,
    /// What faces made of reports and facts, while these stay the same.
    made: Arc<Made>,
    /// What was made of everything that is true, until anything happens.
    made_now: Arc<Made>,
    /// Which of all states of this process it is: another one after whatever happens.
    mark: u64,
}

/// A mark that no other state of this process has.
fn fresh_mark() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Things of different types, one of each.
type Made = Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>;

impl Held {
    /// What is true.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Which of all states of this process it is.
    pub(crate) fn mark(&self) -> u64 {
        self.mark
    }

    /// This party's own rules.
    pub fn rules(&self) -> &Rules {
        self.rules.get_or_init(|| Rules::kept(self.state.rules_in_force()))
    }

    /// The schemes and groups that marks are read with.
    pub fn library(&self) -> &Library {
        self.library.get_or_init(|| self.state.library())
    }

    /// What a face made of reports and their facts. It is kept as long as these stay the same, and gone with the first event that
    /// touches them: so nothing in it outlives a text that is destroyed.
    pub fn made<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        of_type(&self.made)
    }

    /// What was made of everything that is true: it is gone with the next event, whatever that is.
    pub fn made_now<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        of_type(&self.made_now)
    }

    /// What lists need of every report, once it was taken: see [`Held::take_stock`].
    pub fn lines(&self) -> Option<Lines<'_>> {
        self.stocked.lines()
    }

    /// All reports by class, once they were sorted: by whoever took the stock, and anew when much has happened.
    pub fn sorted(&self) -> Option<Sorted<'_>> {
        self.stocked.sorted()
    }

    /// Whether somebody is reading every report for lists just now.
    pub(crate) fn is_taking_stock(&self) -> bool {
        self.stocked.is_under_way()
    }

    /// Reads every report once, so that lists need not, where nobody does so already, and sorts them into classes where that is due. It
    /// takes as long as there are reports; what happens meanwhile is kept up with. It ends before its time where it is not to go on.
    pub fn take_stock(&self, go_on: &dyn Fn() -> bool) {
        if self.shelf.is_some() {
            self.stocked.take(&self.state, &|| self.failure().is_none() && go_on());
            self.stocked.sort();
        }
    }

    /// Takes in what happened; gives the documents that it touched.
    pub fn apply(&mut self, event: &Event) -> Vec<DocKey> {
        self.mark = fresh_mark();
        self.made_now = Arc::default();
        let before = self.state.clone();
        let touched = self.state.apply(event);
        if !before.rules.is_same(&self.state.rules) {
            self.rules = Arc::default();
        }
        if !before.has_library_of(&self.state) {
            self.library = Arc::default();
        }
        if !before.has_holdings_of(&self.state) {
            self.made = Arc::default();
        }
        let touched = keys(touched);
        if self.shelf.is_some() {
            self.stocked.note((&self.state, self.mark), &touched);
        }
        touched
    }
}

fn of_type<T: Any + Default + Send + Sync>(made: &Made) -> Arc<T> {
    let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = made.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
    // Whatever stands under the id of a type is of that type.
    kept.clone().downcast().unwrap_or_default()
}

fn keys(documents: Vec<Document>) -> Vec<DocKey> {
    let documents = documents.into_iter();
    documents
        .map(|document| DocKey::new(document.kind, document.id))
        .collect()
}

impl Projection for Held {
    type Event = Act;

    const ASIDE: &[&str] = State::ASIDE;

    fn rest_on(&mut self, shelf: Arc<dyn Shelf>) {
        let shelf = Arc::new(Rested::on(shelf));
        self.stocked.rest();
        self.state.rest_on(&(shelf.clone() as Arc<dyn entente_core::Shelf>));
        self.shelf = Some(shelf);
    }

    fn loose(&self) -> usize {
        self.state.loose()
    }

    fn is_stale(&self) -> bool {
        self.shelf.as_ref().is_some_and(|shelf| shelf.is_given_up())
    }

    fn failure(&self) -> Option<String> {
        self.shelf.as_ref().and_then(|shelf| shelf.failure())
    }

    fn kind(act: &Act) -> &'static str {
        act.event.kind()
    }

    fn apply(&mut self, record: &Recorded<Act>) -> Vec<DocKey> {
        let event = &record.event.event;
        let mut touched = Self::apply(self, event);
        touched.extend(keys(self.state.entered(event, record.seq, record.time)));
        touched
    }

    fn document(&self, key: &DocKey) -> Option<Value> {
        self.state.document(&key.kind, &key.id)
    }

    fn current_key(key: DocKey, document: &Value) -> DocKey {
        let id = State::current_key(&key.kind, &key.id, document);
        DocKey::new(key.kind, id)
    }

    fn restore(&mut self, key: &DocKey, value: Value) -> Result<(), String> {
        self.mark = fresh_mark();
        self.rules = Arc::default();
        self.library = Arc::default();
        self.made = Arc::default();
        self.made_now = Arc::default();
        self.state
            .restore(&key.kind, &key.id, value)
            .map_err(|error| error.to_string())
    }

    fn topic(&self, act: &Act) -> Option<Topic> {
        self.state.topic(&act.event).map(topic)
    }

    fn is_wording(path: &[&str]) -> bool {
        entente_core::is_wording(path)
    }

    fn destroys(act: &Act) -> Vec<Topic> {
        act.event.destroys().into_iter().map(topic).collect()
    }

    fn letter_topic(payload: &[u8]) -> Option<Topic> {
        let message: Message = serde_json::from_slice(payload).ok()?;
        message.topic().map(topic)
    }

    fn attachments(act: &Act) -> Vec<String> {
        act.event.evidence()
    }

    fn upgraded(events: u64, digest: String) -> Act {
        Event::FolderUpgraded { events, digest }.into()
    }

    fn is_upgrade(act: &Act) -> Option<(u64, &str)> {
        match &act.event {
            Event::FolderUpgraded { events, digest } => Some((*events, digest)),
            _ => None,
        }
    }
}

pub(crate) fn topic(of: entente_core::Topic) -> Topic {
    Topic::new(of.about, of.version)
}
