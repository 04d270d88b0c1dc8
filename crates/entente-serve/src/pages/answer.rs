//! From a page to an answer, and from what went wrong to a page that says so.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use entente_core::{Actor, Command, CommandRefusal, PersonId, State};
use entente_desk::Moment;
use entente_node::{NodeError, Pinned};
use jiff::Timestamp;

use super::frame::{Banner, Page, Place, Reader, banners, printed, whole};
use super::fresh::Poll;
use super::gate::Visitor;
use super::tongue::Tongue;
use crate::host::{Host, aside};
use crate::persons::{Session, kept};

/// What somebody is answered.
pub(crate) enum Reply {
    /// A page.
    Page(Page),
    /// The same page again: what was sent cannot be done so, and the page says why.
    Again(Page),
    /// Another address: where what was done is shown.
    To(String),
    /// A file to be kept outside.
    File(Sent),
    /// A part of a page that is made anew, with the banner that the page has then.
    Part(Option<Banner>, String),
}

/// A file that somebody is sent.
pub(crate) struct Sent {
    /// What it is called; letters that no file's name can have are left out.
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) bytes: Vec<u8>,
}

impl IntoResponse for Sent {
    fn into_response(self) -> Response {
        // Marks have `//` and blanks in them.
        let safe = |c: char| {
            if c.is_ascii_alphanumeric() || "-.+".contains(c) {
                c
            } else {
                '_'
            }
        };
        let name: String = self.name.chars().map(safe).take(150).collect();
        let parts: Vec<&str> = name.split('_').filter(|part| !part.is_empty()).collect();
        let headers = [
            (header::CONTENT_TYPE, self.kind.to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{}\"", parts.join("_")),
            ),
        ];
        (headers, self.bytes).into_response()
    }
}

impl From<Page> for Reply {
    fn from(page: Page) -> Self {
        Self::Page(page)
    }
}

/// Why somebody is not answered what they asked for.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// There is no such thing, or not for them: one page for both.
    Nothing,
    /// Their role does not allow it, and they may know that there is such a thing.
    NotEntitled(String),
    /// It cannot be done as things stand.
    Refused(String),
    /// It waits for the yes of a second person, on record: the ids of what waits, and what is said of it.
    Waits(Vec<String>, String),
    /// What was sent cannot be read.
    Unreadable(String),
    /// The key of a command was used for another one.
    Reused(String),
    /// It was to be done only as long as something is as it was seen, and it is not any more.
    Changed(String),
    /// It has to be signed, and the passphrase was not given.
    Locked,
    /// What lists are made of is still being read, as just after the start of a node with many reports.
    NotYet,
    /// This program or the disk failed.
    Broken(String),
}

impl Trouble {
    /// What a form is told that was sent, so that it can be sent again; what no form can mend stays as it is.
    pub(crate) fn into_said(self, t: Tongue) -> Result<String, Self> {
        match self {
            Self::NotEntitled(said) | Self::Refused(said) | Self::Unreadable(said) => Ok(said),
            // One sentence for what is not there and for what is not for them.
            Self::Nothing => Ok(t.say("trouble-unknown-name").into_owned()),
            other => Err(other),
        }
    }
}

impl From<NodeError> for Trouble {
    fn from(error: NodeError) -> Self {
        match error {
            NodeError::Refused(refusal) => refusal.into(),
            NodeError::Waits(ref waits) => {
                let ids = waits.iter().map(|pending| pending.id.to_string()).collect();
                Self::Waits(ids, error.to_string())
            }
            NodeError::Passphrase(_) => Self::Locked,
            NodeError::Moved => Self::Changed(error.to_string()),
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<CommandRefusal> for Trouble {
    fn from(refusal: CommandRefusal) -> Self {
        match refusal {
            CommandRefusal::MayNotKnow { .. } => Self::Nothing,
            refusal if refusal.is_not_found() => Self::Nothing,
            CommandRefusal::NotEntitled { .. } | CommandRefusal::NotInRole { .. } => {
                Self::NotEntitled(refusal.to_string())
            }
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<entente_core::decide::NotFound> for Trouble {
    fn from(_: entente_core::decide::NotFound) -> Self {
        Self::Nothing
    }
}

impl From<entente_core::NameError> for Trouble {
    fn from(_: entente_core::NameError) -> Self {
        // What is no name names nothing.
        Self::Nothing
    }
}

impl From<askama::Error> for Trouble {
    fn from(error: askama::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<crate::persons::AccountError> for Trouble {
    fn from(error: crate::persons::AccountError) -> Self {
        use crate::persons::AccountError as E;
        match error {
            E::Code | E::Taken(_) | E::Length => Self::Refused(error.to_string()),
            E::File { .. } | E::Hash(_) | E::Chance(_) => Self::Broken(error.to_string()),
        }
    }
}

impl From<crate::notices::NoticeError> for Trouble {
    fn from(error: crate::notices::NoticeError) -> Self {
        Self::Broken(error.to_string())
    }
}

/// How long is waited for what lists are made of.
const LINES: Duration = Duration::from_secs(10);

/// A desk at which somebody works: the node at one moment, and who they are.
pub(crate) struct Desk {
    pub(crate) host: Arc<Host>,
    pub(crate) pinned: Pinned,
    pub(crate) session: Session,
    pub(crate) by_hand: bool,
    pub(crate) now: Timestamp,
    /// In which language whoever is signed in reads.
    pub(crate) tongue: Tongue,
    /// Whether keys are read in their browser.
    pub(crate) keys: bool,
    /// Whether what is made is only compared with what was seen, and shown to nobody.
    pub(crate) compares: bool,
    /// The entry of the ledger that records what was done last.
    pub(crate) recorded: Option<u64>,
}

impl Desk {
    /// The desk of somebody who is signed in: whatever they submit is in their name.
    pub(crate) fn of(host: Arc<Host>, session: Session, by_hand: bool) -> Result<Self, NodeError> {
        let actor = Actor {
            person: session.person.clone(),
            by: session.by.clone(),
        };
        Ok(Self {
            pinned: host.pinned()?.acting(actor),
            host,
            session,
            by_hand,
            now: Timestamp::now(),
            tongue: Tongue::default(),
            keys: true,
            compares: false,
            recorded: None,
        })
    }

    /// The desk of whoever a program's token is of, as long as they are here.
    pub(crate) fn of_program(host: Arc<Host>, person: PersonId, token: &str) -> Result<Self, Trouble> {
        let desk = Self::of(host, Session::of_program(person, kept(token)), true)?;
        match desk.state().persons.get(desk.me()) {
            Some(person) if !person.disabled => Ok(desk),
            _ => Err(Trouble::NotEntitled(
                "the person of this token is not here any more".to_owned(),
            )),
        }
    }

    /// Looks at what is true now.
    pub(crate) fn look_again(&mut self) {
        let actor = self.pinned.actor().cloned();
        let now = entente_node::Node::pinned(self.host.node());
        self.pinned = match actor {
            Some(actor) => now.acting(actor),
            None => now,
        };
    }

    /// Puts on record that they were refused something.
    pub(crate) fn note_refusal(&self, act: &'static str) {
        self.host.node().note_refusal(self.me().clone(), act);
    }

    pub(crate) fn state(&self) -> &State {
        self.pinned.state()
    }

    /// What the desk looks at.
    pub(crate) fn moment(&self) -> Moment<'_> {
        Moment::of(self.state(), self.pinned.rules(), self.pinned.library())
            .with_lines(self.pinned.lines(), self.pinned.sorted())
    }

    /// Before a list for which all reports are looked at: just after the start, what it is made of is still being read. Nobody goes
    /// through the reports themselves meanwhile: that would hold all of them in memory.
    ///
    /// # Errors
    /// [`Trouble::NotYet`] where that takes longer than anybody waits.
    pub(crate) fn await_lines(&self, wanted: &entente_desk::reading::Page<'_>) -> Result<(), Trouble> {
        let all = wanted.limit.is_none() || wanted.search.is_some();
        match !all || self.pinned.await_lines(LINES) {
            true => Ok(()),
            false => Err(Trouble::NotYet),
        }
    }

    pub(crate) fn me(&self) -> &PersonId {
        &self.session.person
    }

    /// Whether whoever is signed in may do what the table of roles calls so.
    pub(crate) fn may(&self, act: &str) -> bool {
        entente_core::actor::entitled(self.state(), self.me(), act, self.now)
    }

    /// Refuses whoever may not.
    pub(crate) fn must(&self, act: &'static str) -> Result<(), Trouble> {
        if self.may(act) {
            return Ok(());
        }
        self.note_refusal(act);
        Err(Trouble::NotEntitled(self.tongue.say("trouble-roles").into_owned()))
    }

    /// Carries out commands in the name of whoever is signed in, in one step.
    pub(crate) fn act(&mut self, commands: Vec<Command>) -> Result<(), Trouble> {
        let receipt = self.pinned.submit_all(commands)?;
        self.recorded = receipt.seqs.last().copied();
        Ok(())
    }
}

impl Visitor {
    /// Does the work of a page away from the threads that answer, and dresses what comes of it.
    pub(crate) async fn answer(
        self,
        work: impl FnOnce(&mut Desk) -> Result<Reply, Trouble> + Send + 'static,
    ) -> Response {
        let done = aside(move || {
            let mut desk = match Desk::of(self.host.clone(), self.session, self.by_hand) {
                Ok(desk) => desk,
                Err(error) => return broken(&self.host, &error.to_string()),
            };
            desk.tongue = self.tongue;
            desk.keys = self.keys;
            let still = desk.state().persons.get(&desk.session.person);
            if still.is_none_or(|person| person.disabled) {
                desk.host.sessions.end_all(&desk.session.person);
                return Redirect::to("/sign-in").into_response();
            }
            let replied = work(&mut desk);
            match (self.poll, replied) {
                (Some(poll), Ok(Reply::Page(page))) => again(&desk, &poll, &page),
                (_, replied) => dressed(&desk, replied),
            }
        });
        done.await
            .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }
}

/// A page for a script that only looks again: itself and its banners, unless they are as they were seen.
fn again(desk: &Desk, poll: &Poll, page: &Page) -> Response {
    match with_banners(desk, page.banner.as_ref(), &page.body) {
        Ok(part) => poll.answered(&desk.session.form, part),
        Err(error) => broken(&desk.host, &error.to_string()),
    }
}

/// A part of a page with the banners that the page has then.
fn with_banners(desk: &Desk, banner: Option<&Banner>, body: &str) -> Result<String, askama::Error> {
    let home = desk.state().home.as_ref().map(ToString::to_string).unwrap_or_default();
    let printed = printed(desk.me().as_str(), &home, (desk.now, desk.tongue));
    Ok(format!("{body}{}", banners(desk.tongue, banner, &printed)?))
}

fn dressed(desk: &Desk, replied: Result<Reply, Trouble>) -> Response {
    let (status, page) = match replied {
        Ok(Reply::To(address)) => return Redirect::to(&address).into_response(),
        Ok(Reply::File(file)) => return file.into_response(),
        Ok(Reply::Part(banner, body)) => {
            return match with_banners(desk, banner.as_ref(), &body) {
                Ok(part) => Html(part).into_response(),
                Err(error) => broken(&desk.host, &error.to_string()),
            };
        }
        Ok(Reply::Page(page)) => (StatusCode::OK, page),
        Ok(Reply::Again(page)) => {
            let title = desk.tongue.say_of("error-title", &page.title);
            (StatusCode::CONFLICT, Page { title, ..page })
        }
        Err(trouble) => {
            if matches!(trouble, Trouble::Nothing) {
                desk.note_refusal("read");
            }
            if let Trouble::Broken(problem) = &trouble {
                desk.host.journal.warn("a page failed", &[("problem", problem)]);
            }
            match trouble_page(desk.tongue, trouble) {
                Ok(found) => found,
                Err(error) => return broken(&desk.host, &error.to_string()),
            }
        }
    };
    let speaking = (desk.session.form.as_str(), desk.tongue);
    let mut reader = Reader::of(desk.state(), desk.me(), speaking, page.place, desk.now);
    reader.keys = desk.keys;
    let home = desk.state().home.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut answer = match whole(&page, &home, Some(&reader), (desk.now, desk.tongue)) {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => return broken(&desk.host, &error.to_string()),
    };
    with_scripts(&mut answer);
    answer
}

/// Lets a page load the scripts of this node, and no others.
fn with_scripts(answer: &mut Response) {
    let policy = HeaderValue::from_static(LIVE_POLICY);
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
}

/// What a page with scripts may load: the node's own, through which nothing becomes a script.
const LIVE_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; \
                           form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
                           trusted-types default";

#[derive(Template)]
#[template(path = "nothing.html")]
struct Nothing {
    t: Tongue,
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage<'t> {
    t: Tongue,
    headline: &'t str,
    said: &'t str,
    next: &'t str,
    /// What waits for a second person by it.
    waits: &'t [String],
}

fn trouble_page(t: Tongue, trouble: Trouble) -> Result<(StatusCode, Page), askama::Error> {
    let page = |title: &str, body: String| Page {
        title: title.to_owned(),
        tongue: t,
        place: Place::None,
        banner: None,
        body,
    };
    let told_of = |status, key: &str, said: &str, waits: &[String]| {
        let (headline, next) = (t.say(key), t.say(&format!("{key}-next")));
        let shown = TroublePage {
            t,
            headline: &headline,
            said,
            next: &next,
            waits,
        };
        Ok((status, page(&headline, shown.render()?)))
    };
    let told = |status, key: &str, said: &str| told_of(status, key, said, &[]);
    match trouble {
        Trouble::Nothing => Ok((
            StatusCode::NOT_FOUND,
            page(&t.say("nothing-title"), Nothing { t }.render()?),
        )),
        Trouble::NotEntitled(said) => told(StatusCode::FORBIDDEN, "trouble-entitled", &said),
        Trouble::Refused(said) | Trouble::Unreadable(said) | Trouble::Reused(said) | Trouble::Changed(said) => {
            told(StatusCode::CONFLICT, "trouble-refused", &said)
        }
        Trouble::Waits(ids, said) => told_of(StatusCode::ACCEPTED, "trouble-waits", &said, &ids),
        Trouble::Locked => told(
            StatusCode::SERVICE_UNAVAILABLE,
            "trouble-locked",
            &t.say("trouble-locked-said"),
        ),
        Trouble::NotYet => told(
            StatusCode::SERVICE_UNAVAILABLE,
            "trouble-early",
            &t.say("trouble-early-said"),
        ),
        Trouble::Broken(_) => told(
            StatusCode::INTERNAL_SERVER_ERROR,
            "trouble-broken",
            &t.say("trouble-broken-said"),
        ),
    }
}

fn broken(host: &Host, problem: &str) -> Response {
    host.journal.warn("a page failed", &[("problem", &problem)]);
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "This did not work; tell the operator when it happened.\n",
    )
        .into_response()
}

/// A form that this node did not make for whoever sent it.
pub(crate) async fn foreign_form(visitor: Visitor) -> Response {
    let refused = |desk: &mut Desk| {
        Err(Trouble::NotEntitled(
            desk.tongue.say("trouble-foreign-form").into_owned(),
        ))
    };
    visitor.answer(refused).await
}

/// A page for somebody who is not signed in.
pub(crate) fn outside(
    (host, t): (&Host, Tongue),
    status: StatusCode,
    title: &str,
    body: askama::Result<String>,
) -> Response {
    outside_at((host, t), status, (title, Place::None), body)
}

/// The same at a place, with what pages there load.
pub(crate) fn outside_at(
    (host, t): (&Host, Tongue),
    status: StatusCode,
    (title, place): (&str, Place),
    body: askama::Result<String>,
) -> Response {
    let home = host.home().map(|home| home.to_string()).unwrap_or_default();
    let page = |body| Page {
        title: title.to_owned(),
        tongue: t,
        body,
        place,
        banner: None,
    };
    match body.and_then(|body| whole(&page(body), &home, None, (Timestamp::now(), t))) {
        Ok(text) => {
            let mut answer = (status, Html(text)).into_response();
            if place.has_scripts() {
                with_scripts(&mut answer);
            }
            answer
        }
        Err(error) => broken(host, &error.to_string()),
    }
}

/// An answer that gives the browser its session, or takes it away.
pub(crate) fn with_cookie(mut answer: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// What is nowhere: the page of what is not for whoever asks.
pub(crate) async fn nothing(visitor: Visitor) -> Response {
    visitor.answer(|_: &mut Desk| Err(Trouble::Nothing)).await
}
