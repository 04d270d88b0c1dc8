//! Telling people that something waits for them: by mail, or by a call of a program of theirs (a webhook).
//!
//! At fixed intervals, whatever has happened meanwhile, each person's own list is made anew and compared with what they were told
//! of. Where something came up that they wish to be told of, one notice goes out: a random id and a link, in the same words for
//! every kind of thing, so that whoever reads it on its way learns that somebody has something to do, and nothing else. What a
//! person may not know of is not on their list, and so no notice comes of it.

mod hook;
mod kept;
mod mail;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use entente_core::PersonId;
use entente_desk::todo::todo;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::host::{Host, aside};
use crate::pages::{Desk, Trouble};
use crate::persons::kept_exactly;
use crate::server;
pub(crate) use hook::check as check_hook;
pub(crate) use kept::NoticeError;
pub(crate) use kept::random_id;
pub(crate) use kept::{Hook, Letter, Notices, Way, Wishes};
pub(crate) use mail::{begun, check as check_mail, deliver};
pub use settings::{Mail, NoticeSettings};

/// How often it is looked whether something is due to be sent again.
const LOOK: Duration = Duration::from_secs(1);
/// How long a notice is tried.
const PATIENCE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Characters of what is kept of a thing that somebody was told of.
const DIGITS: usize = 16;

/// What goes out: nothing in it depends on what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// A random id, which leads to the list of whoever it is for, and nobody else.
    pub(crate) id: String,
    /// Where it leads.
    pub(crate) link: String,
    /// Of which look it is.
    pub(crate) at: Timestamp,
}

/// Why a notice did not arrive.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotTold {
    /// The settings, or the address, do not let it go out.
    #[error("{0}")]
    Refused(String),
    /// It did not arrive, and may the next time.
    #[error("{0}")]
    Failed(String),
}

/// Looks and tells until it is told to stop.
pub(crate) async fn teller(host: Arc<Host>, mut stopping: watch::Receiver<bool>) {
    let mut looked = std::time::Instant::now();
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = server::told(&mut stopping) => return,
        }
        let every = Duration::from_secs(host.settings().notices.every_seconds);
        if looked.elapsed() >= every {
            looked = std::time::Instant::now();
            let looking = host.clone();
            if let Ok(Err(error)) = aside(move || look(&looking, Timestamp::now())).await {
                host.journal.warn("notices could not be made", &[("problem", &error)]);
            }
        }
        send_due(&host).await;
    }
}

/// Makes a notice for whoever wishes one and has something new to do.
fn look(host: &Arc<Host>, now: Timestamp) -> Result<(), NoticeError> {
    for (person, wishes) in host.notices.wishes()? {
        let Ok(things) = things(host, &person, &wishes) else {
            continue;
        };
        host.notices.tell(&person, &wishes, things, now)?;
    }
    Ok(())
}

/// What is on somebody's list that they wish to be told of, each by a digest; an error where they are not here any more.
fn things(host: &Arc<Host>, person: &PersonId, wishes: &Wishes) -> Result<Vec<String>, Trouble> {
    let desk = Desk::of_program(host.clone(), person.clone(), "")?;
    if !desk.may("see-own-work") {
        return Err(Trouble::Nothing);
    }
    let moment = desk.moment();
    let found = todo(desk.state(), Some(person), &moment.context(desk.now)).ok_or(Trouble::Nothing)?;
    let wished = found.items.into_iter().filter(|item| desk.may(item.kind.act()));
    let wished = wished.filter(|item| wishes.kinds.contains(item.kind.name()));
    let digest = |text: String| kept_exactly(&text).get(..DIGITS).unwrap_or_default().to_owned();
    // The same thing in other words is no news.
    Ok(wished
        .map(|item| digest(format!("{} {}", item.kind.name(), item.about)))
        .collect())
}

/// Sends what is due, one after the other: what fails is tried again later, whatever happens meanwhile.
async fn send_due(host: &Arc<Host>) {
    let looked = host.clone();
    let due = aside(move || looked.notices.due(Timestamp::now())).await;
    let Ok(Ok(due)) = due else { return };
    for letter in due {
        let sent = match still_wished(host, &letter) {
            true => send(host, &letter).await,
            false => Err(NotTold::Refused("nobody wishes it any more".to_owned())),
        };
        let now = Timestamp::now();
        let over = matches!(sent, Err(NotTold::Refused(_))) || now.duration_since(letter.made) > PATIENCE;
        if let Err(problem) = &sent {
            let way = letter.way.name();
            host.journal
                .warn("a notice was not sent", &[("by", &way), ("problem", problem)]);
        }
        let settings = host.settings();
        let wait = crate::partner::next_try(&settings.courier, letter.tries);
        let done = (sent.is_ok() || over).then_some(());
        let host = host.clone();
        let _ = aside(move || host.notices.sent(&letter, done.is_some(), now, wait)).await;
    }
}

/// Whether a notice still goes where its person wishes, and they are still here.
fn still_wished(host: &Arc<Host>, letter: &Letter) -> bool {
    let moment = host.node().moment();
    let here = moment
        .state()
        .persons
        .get(&letter.person)
        .is_some_and(|person| !person.disabled);
    let wishes = host.notices.wishes_of(&letter.person).unwrap_or_default();
    here && wishes.ways().any(|way| way == letter.way)
}

async fn send(host: &Arc<Host>, letter: &Letter) -> Result<(), NotTold> {
    let settings = host.settings();
    let notice = Notice {
        link: format!("{}/notices/{}", settings.own_origin(), letter.id),
        id: letter.id.clone(),
        at: letter.made,
    };
    match &letter.way {
        Way::Mail(to) => mail::send(&settings.notices, to, &notice).await,
        Way::Hook(hook) => hook::call(&settings.notices, hook, &notice).await,
    }
}
