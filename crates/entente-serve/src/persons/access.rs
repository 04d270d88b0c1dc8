//! Ways in that are open: sessions in browsers, logins at the command line, tokens of programs. Each can be ended before its
//! time, by whoever it is of and by an administrator.

use std::time::Instant;

use entente_core::PersonId;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::accounts::{AccountError, Accounts, Login, Token};
use super::codes;
use super::sessions::{Session, Sessions};
use crate::host::Host;
use crate::settings;

/// Characters of an id: enough that two are never the same, and nothing by which a token is found.
const ID: usize = 16;

/// What kind of way in it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// A session in a browser.
    Browser,
    /// A login at the command line.
    CommandLine,
    /// A program's token.
    Token,
}

/// A way in that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Access {
    /// By what it is named.
    pub id: String,
    /// Whose it is.
    pub person: PersonId,
    /// What kind of way it is.
    pub way: Way,
    /// What proved who it is, or what the token is called and for.
    pub by: String,
    /// What a token is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// From where, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Since when, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When it was last used, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Timestamp>,
    /// Until when at most.
    pub until: Timestamp,
}

impl Access {
    /// What it is, as records and people call it.
    pub fn words(&self) -> String {
        match self.way {
            Way::Browser => format!("a session in a browser ({})", self.by),
            Way::CommandLine => "a login at the command line".to_owned(),
            Way::Token => format!("the token {}", self.by),
        }
    }
}

/// The id of a way in, from what is kept of its token.
fn id_of(kept: &str) -> String {
    let digest = codes::kept_exactly(&format!("way in {kept}"));
    digest.get(..ID).unwrap_or_default().to_owned()
}

/// All ways in at a node.
#[derive(Clone, Copy, Debug)]
pub struct Ways<'w> {
    accounts: &'w Accounts,
    /// Sessions in browsers, where this process has them.
    sessions: Option<&'w Sessions>,
    lasting: &'w settings::Sessions,
}

impl<'w> Ways<'w> {
    /// The ways in at a node: those of the process that serves, where this is it, and those that the folder keeps.
    pub fn new(accounts: &'w Accounts, serving: Option<&'w Host>, lasting: &'w settings::Sessions) -> Self {
        Self {
            accounts,
            sessions: serving.map(|host| &host.sessions),
            lasting,
        }
    }

    /// Those that are open, of one person or of all, by person and age.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(&self, of: Option<&PersonId>, now: Timestamp) -> Result<Vec<Access>, AccountError> {
        let sessions = self.sessions.map(|sessions| sessions.all(self.lasting, Instant::now()));
        let sessions = sessions.unwrap_or_default().into_iter();
        let mut all: Vec<Access> = sessions
            .map(|(kept, session)| self.session(&kept, &session, now))
            .collect();
        let (logins, tokens) = self.accounts.kept_ways(self.lasting, now)?;
        all.extend(logins.iter().map(|(kept, login)| self.login(kept, login)));
        all.extend(tokens.into_iter().map(|(kept, token)| of_token(&kept, token)));
        all.retain(|access| of.is_none_or(|person| access.person == *person));
        all.sort_by(|one, other| {
            (&one.person, one.way, one.since, &one.id).cmp(&(&other.person, other.way, other.since, &other.id))
        });
        Ok(all)
    }

    fn until(&self, since: Timestamp) -> Timestamp {
        let hours = i64::try_from(self.lasting.hours).unwrap_or(i64::MAX / 3600);
        let lasts = SignedDuration::from_hours(hours.min(24 * 366));
        since.checked_add(lasts).unwrap_or(Timestamp::MAX)
    }

    fn session(&self, kept: &str, session: &Session, now: Timestamp) -> Access {
        let ago = |moment| now - Instant::now().saturating_duration_since(moment);
        Access {
            id: id_of(kept),
            person: session.person.clone(),
            way: Way::Browser,
            by: session.by.clone(),
            token: None,
            from: session.from.map(|from| from.to_string()),
            since: Some(ago(session.began)),
            seen: Some(ago(session.seen)),
            until: self.until(ago(session.began)),
        }
    }

    fn login(&self, kept: &str, login: &Login) -> Access {
        Access {
            id: id_of(kept),
            person: login.person.clone(),
            way: Way::CommandLine,
            by: "password and telephone".to_owned(),
            token: None,
            from: None,
            since: Some(login.began),
            seen: Some(login.seen),
            until: self.until(login.began),
        }
    }

    /// Ends one; gives what it was, where it was open and one of this person's, or of anybody's.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn end(&self, id: &str, of: Option<&PersonId>, now: Timestamp) -> Result<Option<Access>, AccountError> {
        let found = self.open(of, now)?.into_iter().find(|access| access.id == id);
        let Some(found) = found else { return Ok(None) };
        if let Some(sessions) = self.sessions {
            sessions.end_where(|kept, _| id_of(kept) == id);
        }
        self.accounts.end_where(|kept, _| id_of(kept) == id)?;
        Ok(Some(found))
    }

    /// Ends every one of a person; gives how many there were.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn end_all(&self, person: &PersonId) -> Result<usize, AccountError> {
        let sessions = self.sessions.map_or(0, |sessions| sessions.end_all(person));
        Ok(sessions + self.accounts.end_where(|_, of| of == person)?)
    }
}

fn of_token(kept: &str, token: Token) -> Access {
    Access {
        id: id_of(kept),
        person: token.person,
        way: Way::Token,
        by: format!("`{}`, to {}", token.name, token.scope.name()),
        token: Some(token.name),
        from: None,
        since: None,
        seen: None,
        until: token.until,
    }
}

impl Accounts {
    /// What the folder keeps of ways in, each with what is kept of its token.
    #[expect(clippy::type_complexity, reason = "two lists by the same key")]
    fn kept_ways(
        &self,
        lasting: &settings::Sessions,
        now: Timestamp,
    ) -> Result<(Vec<(String, Login)>, Vec<(String, Token)>), AccountError> {
        let file = self.read()?;
        let logins = file.logins.iter().filter(|(_, login)| login.lasts(lasting, now));
        let tokens = file.tokens.iter().filter(|(_, token)| now < token.until);
        let logins = logins.map(|(kept, login)| (kept.clone(), login.clone()));
        let tokens = tokens.map(|(kept, token)| (kept.clone(), token.clone()));
        Ok((logins.collect(), tokens.collect()))
    }

    /// Ends logins and tokens, by what is kept of them and whose they are; gives how many.
    fn end_where(&self, ends: impl Fn(&str, &PersonId) -> bool) -> Result<usize, AccountError> {
        self.change(|file| {
            let before = file.logins.len() + file.tokens.len();
            file.logins.retain(|kept, login| !ends(kept, &login.person));
            file.tokens.retain(|kept, token| !ends(kept, &token.person));
            Ok(before - file.logins.len() - file.tokens.len())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::accounts::Scope;
    use super::*;

    #[test]
    fn each_way_in_is_listed_and_ends_by_its_id_for_whoever_it_is_of() {
        let folder = tempfile::tempdir().unwrap();
        let (accounts, sessions, lasting) = (
            Accounts::of(folder.path()),
            Sessions::default(),
            settings::Sessions::default(),
        );
        let ways = Ways {
            accounts: &accounts,
            sessions: Some(&sessions),
            lasting: &lasting,
        };
        let now = Timestamp::now();
        let [one, other] = ["GBR/a", "GBR/b"].map(|name| PersonId::new(name).unwrap());
        let (browser, form) = (sessions.begin(one.clone(), "a test", None, Instant::now()), "a test");
        let browser = browser.unwrap().unwrap();
        accounts.begin_login(one.clone(), now).unwrap();
        let token = Token {
            name: "gateway".to_owned(),
            person: other.clone(),
            scope: Scope::Read,
            until: now + SignedDuration::from_hours(1),
        };
        let secret = accounts.give_token(token, now).unwrap();
        let all = ways.open(None, now).unwrap();
        assert_eq!(
            all.iter().map(|access| access.way).collect::<Vec<_>>(),
            [Way::Browser, Way::CommandLine, Way::Token]
        );
        assert!(all[0].by == form && all[2].words().contains("`gateway`, to read"));
        let said = serde_json::to_string(&all).unwrap();
        for hidden in [&browser, &secret] {
            assert!(!said.contains(hidden.as_str()) && !said.contains(&codes::kept(hidden)));
        }
        // Nobody ends another's; whoever may end all does.
        assert_eq!(ways.end(&all[0].id, Some(&other), now).unwrap(), None);
        assert!(sessions.of(&browser, &lasting, Instant::now()).is_some());
        assert!(ways.end(&all[0].id, Some(&one), now).unwrap().is_some());
        assert!(sessions.of(&browser, &lasting, Instant::now()).is_none());
        assert!(ways.end(&all[2].id, None, now).unwrap().is_some());
        assert!(accounts.token(&secret, now).unwrap().is_none());
        assert_eq!(
            (ways.end_all(&one).unwrap(), ways.open(None, now).unwrap().len()),
            (1, 0)
        );
    }
}
