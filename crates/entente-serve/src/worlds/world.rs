//! A small random world at one party's node: staff of every role, reports with marked words, what was done with them, and what
//! nobody of the staff may know of.

use std::sync::{Arc, LazyLock};

use axum::Router;
use entente_core::{Command, Message, Party, PartyPath, Person, PersonId, ReportId, Request, RequestId, Role};
use entente_desk::doing::{self, Setting};
use entente_desk::{Moment, View, reading};
use entente_marking::Purpose;
use entente_node::{KeyPair, Node, SecretString, Surroundings};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::dice::Dice;
use crate::{Host, Journal, Settings};

pub(super) const HOME: &str = "USA.SVC";
const PARTNERS: [&str; 2] = ["GBR.CAB", "CHL.GOV"];
const PURPOSE: &str = "threat-warning";
/// Marks that some of the staff may have.
const MARKS: [&str; 6] = [
    "(U)",
    "(C//REL TO USA, GBR)",
    "(S//NF)",
    "(S//OC/REL TO USA, GBR)",
    "(TS//NF)",
    "(TS//SI//NF)",
];
/// A mark that none of the staff may have.
const DEEP: &str = "(TS//TK//NF)";
/// Whoever wrote all of it, and may know it.
const WRITER: &str = "USA.SVC/writer";

/// Words that stand for something, and for nothing else.
pub(super) struct Canary {
    pub(super) word: String,
    /// The report that whoever knows the words may know something of; none where no member of the staff may know them.
    pub(super) of: Option<ReportId>,
}

pub(super) struct World {
    pub(super) host: Arc<Host>,
    pub(super) router: Router,
    pub(super) canaries: Vec<Canary>,
    /// Reports by their ids, those included that are not there.
    pub(super) reports: Vec<String>,
    _place: tempfile::TempDir,
}

/// One of the staff, with this role.
pub(super) fn one_of(role: Role) -> PersonId {
    PersonId::new(format!("{HOME}/{}", role.name())).unwrap()
}

/// The keys of a partner, the same in every world: pairs of worlds differ in nothing else than what is meant.
fn keys_of(path: &str) -> &'static KeyPair {
    static KEYS: LazyLock<Vec<KeyPair>> = LazyLock::new(|| {
        let all = PARTNERS.into_iter();
        all.map(|path| KeyPair::generate(path).unwrap()).collect()
    });
    KEYS.iter().find(|keys| keys.party() == path).unwrap()
}

fn party(path: &str, keys: &KeyPair) -> Party {
    Party {
        path: path.parse().unwrap(),
        name: path.to_owned(),
        client_of: Default::default(),
        signing_keys: keys.public().signing,
        recipient: Some(keys.public().recipient),
    }
}

impl World {
    /// The world of a number; `with` what the staff may not know of, or without it.
    pub(super) fn of(seed: u64, with: bool) -> Self {
        let place = tempfile::tempdir().unwrap();
        let keys = KeyPair::generate(HOME).unwrap();
        let surroundings = || Surroundings {
            heads: Some(place.path().join("heads")),
            passphrase: Box::new(|| Ok(SecretString::from("for a test"))),
            tell: Arc::new(|_| ()),
        };
        let found = Command::Found(party(HOME, &keys));
        let secret = (SecretString::from("for a test"), 2);
        let folder = place.path().join("node");
        drop(Node::create(&folder, found, keys, secret, surroundings()).unwrap());
        let node = Node::open(&folder, surroundings()).unwrap();
        let host = Host::new(Arc::new(node), None, Settings::default(), Journal::new(false)).unwrap();
        let host = Arc::new(host);
        let mut world = Self {
            router: crate::edge::router(host.clone()),
            host,
            canaries: Vec::new(),
            reports: Vec::new(),
            _place: place,
        };
        let mut dice = Dice(seed);
        world.people(&mut dice);
        // One of two worlds lists by the lines that are kept, the other by the reports themselves.
        if with {
            world.host.node().take_stock(&|| true);
            assert!(world.host.node().moment().lines().is_some());
        }
        let count = 2 + dice.roll(2);
        (0..count).for_each(|k| world.report(&mut dice, k));
        (0..count).for_each(|k| world.history(&mut dice, k));
        world.deep(with);
        world
    }

    /// Does what an act of the desk's table becomes, or says why not.
    fn does(&self, act: &str, said: &Value, fresh: &str) -> Result<(), String> {
        let held = self.host.node().moment();
        let moment = Moment::of(held.state(), held.rules(), held.library());
        let me = PersonId::new(WRITER).unwrap();
        let setting = Setting {
            moment: &moment,
            me: &me,
            now: Timestamp::now(),
            fresh,
            check_rule: &entente_node::check_rule,
            beyond_reach: &|| Ok(Vec::new()),
        };
        let composed = doing::act(act).unwrap().compose(said.as_object().unwrap(), &setting);
        let commands = composed.map_err(|fault| fault.to_string())?.commands;
        let done = self.host.node().submit_all(commands);
        done.map(|_| ()).map_err(|error| error.to_string())
    }

    fn must(&self, act: &str, said: &Value) {
        let done = self.does(act, said, "00000001");
        assert!(done.is_ok(), "{act} {said}: {done:?}");
    }

    fn people(&self, dice: &mut Dice) {
        for path in PARTNERS {
            let known = Command::SetParty(party(path, keys_of(path)));
            self.host.node().submit_all(vec![known]).unwrap();
        }
        let arrangement = json!({
            "id": "ARR-1", "title": "An exchange", "parties": [HOME, "GBR.CAB"], "purposes": [PURPOSE, "analysis"],
            "onward": "consent", "need_to_know": dice.one_in(2), "two_person": dice.one_in(4),
        });
        self.must("set-arrangement", &json!({ "arrangement": arrangement }));
        let mut persons = vec![json!({
            "id": WRITER, "citizenships": ["USA"], "clearances": { "us-ic": "TS" }, "accesses": ["SI", "TK"],
            "roles": Role::ALL.map(Role::name),
        })];
        for role in Role::ALL {
            let level = dice.name(&["", "C", "S", "TS"]);
            let clearances = match level {
                "" => json!({}),
                level => json!({ "us-ic": level }),
            };
            let accesses: &[&str] = if dice.one_in(2) { &["SI"] } else { &[] };
            persons.push(json!({
                "id": one_of(role), "name": format!("the {}", role.title()), "citizenships": ["USA"],
                "clearances": clearances, "accesses": accesses, "roles": [role.name()],
            }));
        }
        let held = self.host.node().moment();
        let schemes = &held.library().schemes;
        let listed = entente_desk::persons::listed(&Value::from(persons).to_string()).unwrap();
        let each = listed
            .into_iter()
            .map(|one| Command::SetPerson(one.person(schemes).unwrap()));
        self.host.node().submit_all(each.collect()).unwrap();
    }

    fn canary(&mut self, word: String, of: Option<&str>) -> String {
        let of = of.map(|id| ReportId::new(id).unwrap());
        self.canaries.push(Canary { word: word.clone(), of });
        word
    }

    /// A report of chance, in one or two versions, on the distribution of some.
    fn report(&mut self, dice: &mut Dice, k: usize) {
        let protected = dice.one_in(3);
        let id = match protected {
            true => self.canary(format!("HID-{k}"), Some(&format!("HID-{k}"))),
            false => format!("RPT-{k}"),
        };
        let title_mark = dice.pick(&["", "(U) ", "(S//NF) ", "(TS//SI//NF) "]).to_string();
        let mut portions = Vec::new();
        for j in 0..1 + dice.roll(3) {
            let name = self.canary(format!("zqn{k}x{j}"), Some(&id));
            portions.push((dice.pick(&MARKS).to_string(), name, dice.one_in(3)));
        }
        portions.push(("(U)".to_owned(), format!("plain{k}"), false));
        portions.push((DEEP.to_owned(), format!("deep{k}"), dice.one_in(3)));
        let purposes = if dice.one_in(2) { "arrangements: [ARR-1]\n" } else { "" };
        for version in 1..=1 + dice.roll(2) {
            let title = self.canary(format!("Zqtitle{k}v{version}"), Some(&id));
            let mut text = format!(
                "---\nid: {id}\ntitle: {title_mark}{title} of ships\n{purposes}existence-protected: {protected}\n---\n"
            );
            for (j, (mark, name, rests)) in portions.iter().enumerate() {
                let word = self.canary(format!("Zqword{k}v{version}p{j}"), Some(&id));
                // What rests on something is marked no less strictly.
                let base = if mark == DEEP { "deep" } else { "plain" };
                let from = self.reports.last().filter(|_| *rests && mark.ends_with("NF)"));
                let from = from.map_or(String::new(), |on| format!(" {{from: {on} v1 {base}{}}}", k - 1));
                text.push_str(&format!("{mark} {word} was seen at the quay. {{#{name}}}{from}\n\n"));
            }
            self.must("add-report", &json!({ "text": text }));
        }
        let add: Vec<PersonId> = Role::ALL.into_iter().filter(|_| dice.one_in(2)).map(one_of).collect();
        let add: Vec<String> = add.iter().map(ToString::to_string).chain([WRITER.to_owned()]).collect();
        self.must("distribute", &json!({ "report": id, "add": add }));
        self.reports.push(id);
    }

    /// What was done with a report, as chance has it; what the rules refuse is not done.
    fn history(&mut self, dice: &mut Dice, k: usize) {
        let Some(id) = self.reports.get(k).cloned() else { return };
        let fresh = format!("0000000{k}");
        let deep = format!("deep{k}");
        if dice.one_in(3) {
            let reason = self.canary(format!("Zqhold{k}"), Some(&id));
            let _ = self.does("hold", &json!({ "report": id, "reason": reason }), &fresh);
        }
        if dice.one_in(3) {
            let _ = self.does("set-embargo", &json!({ "report": id, "until": "2099-12-31" }), &fresh);
        }
        if dice.one_in(2) {
            let about = json!({ "reports": [id], "people": ["CHL.GOV/minister"], "purpose": PURPOSE });
            let _ = self.does("brief", &about, &fresh);
        }
        if dice.one_in(2) {
            let _ = self.does("deliver", &json!({ "report": id, "to": ["GBR.CAB"] }), &fresh);
            let reason = self.canary(format!("Zqask{k}"), Some(&id));
            self.asked(&id, &format!("req-{fresh}"), &reason);
        }
        if dice.one_in(3) {
            let said = json!({ "report": id, "portions": [deep], "people": ["CHL.GOV/minister"], "route": "said" });
            let _ = self.does("disclose", &said, &fresh);
            let title = self.canary(format!("Zqcase{k}"), None);
            let case = json!({ "title": title, "disclosures": [format!("dis-{fresh}")], "protected": true });
            let _ = self.does("open-incident", &case, &fresh);
        }
    }

    /// A partner asks about every portion of a report.
    fn asked(&self, id: &str, request: &str, reason: &str) {
        let held = self.host.node().moment();
        let report = held.state().reports.get(&ReportId::new(id).unwrap()).unwrap();
        let latest = report.latest().unwrap();
        let from: PartyPath = "GBR.CAB".parse().unwrap();
        let minister = PersonId::new("CHL.GOV/minister").unwrap();
        let message = Message::Request(Request {
            id: RequestId::new(request).unwrap(),
            from: from.clone(),
            to: HOME.parse().unwrap(),
            report: latest.id.clone(),
            version: latest.version,
            portions: latest.portions.iter().map(|portion| portion.id.clone()).collect(),
            audience: vec![Person::outsider(minister, "CHL.GOV".parse().unwrap())],
            purpose: Some(Purpose::new(PURPOSE)),
            reason: reason.to_owned(),
            change: String::new(),
            opened: Timestamp::now(),
            needed_by: None,
            carried: Default::default(),
        });
        let receive = Command::Receive {
            from,
            id: request.to_owned(),
            digest: request.to_owned(),
            message,
        };
        let _ = self.host.node().submit_all(vec![receive]);
    }

    /// What none of the staff may know of: a report, what rests on it, and what was done with both.
    fn deep(&mut self, with: bool) {
        let ids = ["SUB-1", "SUB-2"];
        self.reports.extend(ids.map(str::to_owned));
        self.reports.push("SUB-3".to_owned());
        for word in ["Zqdeep", "Zqsub", "zqsubname"] {
            self.canary(word.to_owned(), None);
        }
        if !with {
            return;
        }
        let one = format!(
            "---\nid: SUB-1\ntitle: {DEEP} Zqsub title\narrangements: [ARR-1]\nexistence-protected: true\n---\n{DEEP} Zqdeep one. {{#zqsubname}}\n"
        );
        let two = format!(
            "---\nid: SUB-2\nexistence-protected: true\n---\n{DEEP} Zqdeep two. {{#two}} {{from: SUB-1 v1 zqsubname}}\n"
        );
        for text in [one, two] {
            self.must("add-report", &json!({ "text": text }));
        }
        for id in ids {
            self.must(
                "distribute",
                &json!({ "report": id, "add": [WRITER, one_of(Role::Analyst)] }),
            );
        }
        self.must("hold", &json!({ "report": "SUB-1", "reason": "Zqsub reason" }));
        self.must(
            "set-embargo",
            &json!({ "report": "SUB-2", "until": "2099-12-31", "reason": "Zqsub reason" }),
        );
        let said =
            json!({ "report": "SUB-1", "portions": ["zqsubname"], "people": ["CHL.GOV/minister"], "route": "said" });
        let _ = self.does("disclose", &said, "000000ff");
        let case = json!({ "title": "Zqsub case", "disclosures": ["dis-000000ff"], "protected": true });
        let _ = self.does("open-incident", &case, "000000ff");
        self.asked("SUB-1", "req-000000ff", "Zqsub reason");
        let about = json!({ "reports": ["SUB-1"], "people": ["CHL.GOV/minister"], "purpose": PURPOSE });
        let _ = self.does("brief", &about, "000000ff");
    }

    /// Everything that a person may know by what `decide` says of every version for every purpose, as one text.
    pub(super) fn known(&self, person: &PersonId) -> String {
        let held = self.host.node().moment();
        let moment = Moment::of(held.state(), held.rules(), held.library());
        let purposes = [None, Some(Purpose::new(PURPOSE)), Some(Purpose::new("analysis"))];
        let mut known = String::new();
        for (id, holding) in &held.state().reports {
            for version in holding.versions.keys() {
                for purpose in &purposes {
                    let view = View::of(Some(person), purpose.as_ref(), Timestamp::now());
                    let Ok(shown) = reading::show(&moment, id, Some(*version), &view) else {
                        continue;
                    };
                    known.push_str(&format!("{id} {} ", shown.title));
                    let each = shown.portions.iter();
                    each.for_each(|portion| known.push_str(&format!("{} {} ", portion.id, portion.text)));
                }
            }
        }
        known
    }
}

/// The words that stand in a page although whoever got it may not know them.
pub(super) fn leaked<'w>(world: &'w World, known: &str, page: &str) -> Vec<&'w str> {
    let may = |canary: &Canary| match &canary.of {
        // Reasons belong to the report; everything else has its own place in what may be known.
        Some(of) if canary.word.starts_with("Zqhold") || canary.word.starts_with("Zqask") => {
            known.contains(of.as_str())
        }
        _ => known.contains(&canary.word),
    };
    let found = world
        .canaries
        .iter()
        .filter(|canary| page.contains(&canary.word) && !may(canary));
    found.map(|canary| canary.word.as_str()).collect()
}
