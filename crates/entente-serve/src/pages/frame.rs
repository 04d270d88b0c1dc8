//! What stands around every page: banner, masthead, foot.

use askama::Template;
use entente_core::actor::{Role, entitled};
use entente_core::{PersonId, State};
use jiff::Timestamp;

use super::style::Asset;
use super::tongue::Tongue;

/// A page without what stands around it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    /// What the window is called.
    pub(crate) title: String,
    /// In which language it speaks, whatever stands around it.
    pub(crate) tongue: Tongue,
    /// Where in the masthead it belongs.
    pub(crate) place: Place,
    /// The banner over all that is shown; none where nothing marked is.
    pub(crate) banner: Option<Banner>,
    /// The page itself.
    pub(crate) body: String,
}

/// A banner with the class of its colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Banner {
    pub(crate) text: String,
    pub(crate) class: &'static str,
}

/// A place in the masthead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    #[default]
    None,
    Desk,
    Reports,
    Requests,
    Briefings,
    Watch,
    Cases,
    Partners,
    People,
    Ledger,
    Write,
    /// Where passkeys are made and used: signing in, and one's own list of them.
    Passkeys,
}

impl Place {
    /// The scripts that its pages load, in their order: for whoever is signed in also those of every page.
    fn scripts(self, reader: Option<&Reader>) -> Vec<Asset> {
        let own = match self {
            Self::Write => vec![Asset::Htmx],
            Self::Passkeys => vec![Asset::Passkeys],
            _ => Vec::new(),
        };
        let Some(reader) = reader else { return own };
        let keys = reader.keys.then_some(Asset::Keys);
        let all = std::iter::once(Asset::Trusted).chain(own).chain(keys);
        all.chain([Asset::Fresh]).collect()
    }

    /// Whether its pages load scripts for whoever is not signed in.
    pub(crate) fn has_scripts(self) -> bool {
        !self.scripts(None).is_empty()
    }

    /// Whether parts of its pages are made anew while somebody works on them: with scripts, without which they work as well.
    pub(crate) fn is_live(self) -> bool {
        matches!(self, Self::Write)
    }
}

/// A place in the masthead.
#[derive(Clone, Copy)]
struct Shown {
    place: Place,
    /// The key of its name.
    key: &'static str,
    address: &'static str,
    /// What whoever sees it has to be entitled to.
    act: Option<&'static str>,
    /// What is typed after `g`.
    typed: &'static str,
}

const fn shown(
    place: Place,
    key: &'static str,
    address: &'static str,
    act: Option<&'static str>,
    typed: &'static str,
) -> Shown {
    Shown {
        place,
        key,
        address,
        act,
        typed,
    }
}

/// The places in order.
const PLACES: [Shown; 10] = [
    shown(Place::Desk, "nav-desk", "/", None, "d"),
    shown(Place::Reports, "nav-reports", "/reports", Some("read"), "r"),
    shown(Place::Requests, "nav-requests", "/requests", Some("see-requests"), "q"),
    shown(Place::Briefings, "nav-briefings", "/briefings", Some("brief"), "b"),
    shown(Place::Watch, "nav-watch", "/watch", Some("read"), "w"),
    shown(Place::Cases, "nav-cases", "/incidents", Some("see-cases"), "i"),
    shown(Place::Partners, "nav-partners", "/partners", Some("see-partners"), "p"),
    shown(Place::People, "nav-people", "/people", Some("see-people"), "u"),
    shown(Place::Ledger, "nav-ledger", "/ledger", Some("see-ledger"), "l"),
    shown(Place::Write, "nav-write", "/write", Some("add-report"), "n"),
];

/// The places that somebody sees.
fn seen(state: &State, person: &PersonId, now: Timestamp) -> impl Iterator<Item = Shown> {
    let may = move |act: &str| entitled(state, person, act, now);
    PLACES.into_iter().filter(move |shown| shown.act.is_none_or(&may))
}

/// What is typed after `g`, and the key of the name of where it leads, for somebody.
pub(super) fn keys(state: &State, person: &PersonId, now: Timestamp) -> Vec<(&'static str, &'static str)> {
    let all = seen(state, person, now);
    all.map(|shown| (shown.typed, shown.key)).collect()
}

struct Link {
    key: &'static str,
    address: &'static str,
    here: bool,
    /// What is typed after `g`.
    typed: &'static str,
}

/// Who looks at a page.
pub(crate) struct Reader {
    pub(crate) name: String,
    pub(crate) form: String,
    pub(crate) roles: String,
    /// Whether keys are read.
    pub(crate) keys: bool,
    links: Vec<Link>,
    searches: bool,
}

impl Reader {
    /// Somebody who is signed in, and what the masthead shows them.
    pub(crate) fn of(
        state: &State,
        person: &PersonId,
        (form, tongue): (&str, Tongue),
        here: Place,
        now: Timestamp,
    ) -> Self {
        let seen = seen(state, person, now);
        let roles = entente_core::actor::roles_of(state, person, now).into_iter();
        let roles: Vec<_> = roles.map(|role| tongue.say(role_key(role))).collect();
        Self {
            name: person.to_string(),
            form: form.to_owned(),
            roles: roles.join(", "),
            keys: true,
            links: seen
                .map(|shown| Link {
                    key: shown.key,
                    address: shown.address,
                    here: shown.place == here,
                    typed: shown.typed,
                })
                .collect(),
            searches: entitled(state, person, "read", now),
        }
    }
}

#[derive(Template)]
#[template(path = "frame.html")]
struct Frame<'p> {
    t: &'p Tongue,
    page: &'p Page,
    home: &'p str,
    sheet: &'p str,
    scripts: Vec<&'static str>,
    reader: Option<&'p Reader>,
    moment: String,
    printed: String,
}

impl Frame<'_> {
    /// The languages that this page is not in.
    fn others(&self) -> impl Iterator<Item = Tongue> {
        let here = *self.t;
        Tongue::ALL.into_iter().filter(move |tongue| *tongue != here)
    }
}

/// What stands on a page for a role.
pub(super) fn role_key(role: Role) -> &'static str {
    match role {
        Role::Analyst => "role-analyst",
        Role::DisclosureOfficer => "role-disclosure-officer",
        Role::ReleaseAuthority => "role-override-authority",
        Role::SecurityOfficer => "role-security-officer",
        Role::SourceHandler => "role-source-handler",
        Role::Auditor => "role-auditor",
        Role::Administrator => "role-administrator",
    }
}

/// The whole page.
pub(crate) fn whole(
    page: &Page,
    home: &str,
    reader: Option<&Reader>,
    (now, tongue): (Timestamp, Tongue),
) -> Result<String, askama::Error> {
    Frame {
        t: &tongue,
        printed: reader.map_or(String::new(), |reader| printed(&reader.name, home, (now, tongue))),
        page,
        home,
        sheet: Asset::Sheet.name(),
        scripts: page.place.scripts(reader).into_iter().map(Asset::name).collect(),
        reader,
        moment: tongue.minute(now),
    }
    .render()
}

#[derive(Template)]
#[template(path = "banners.html")]
struct Banners<'b> {
    t: Tongue,
    banner: Option<&'b Banner>,
    printed: &'b str,
}

/// The banners of a page again, for a part of it that was made anew: what is shown is never without its banner.
pub(crate) fn banners(t: Tongue, banner: Option<&Banner>, printed: &str) -> Result<String, askama::Error> {
    Banners { t, banner, printed }.render()
}

/// Who a page is made for, as it stands on paper.
pub(crate) fn printed(reader: &str, home: &str, (now, tongue): (Timestamp, Tongue)) -> String {
    let moment = tongue.minute(now);
    tongue.with(
        "printed",
        &[
            ("name", reader.into()),
            ("home", home.into()),
            ("moment", moment.into()),
        ],
    )
}

/// The purposes that arrangements known here name, each with whether it is the one that was chosen.
pub(crate) fn purposes(state: &State, chosen: &str) -> Vec<(String, bool)> {
    let known = state.arrangements.values().filter_map(|known| known.purposes.as_ref());
    let all: std::collections::BTreeSet<String> = known.flatten().map(ToString::to_string).collect();
    all.into_iter()
        .map(|purpose| (purpose.clone(), purpose == chosen))
        .collect()
}
