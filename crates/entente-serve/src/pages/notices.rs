//! Notices: what somebody wishes to be told of, and how.

use std::borrow::Cow;
use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use entente_desk::todo::Kind;
use serde::{Deserialize, Serialize};

use super::answer::{Desk, Reply, Trouble};
use super::frame::{Page, Place};
use super::gate::{Posted, Visitor};
use super::tongue::Tongue;
use crate::notices::{check_hook, check_mail};

/// What somebody wishes, as they say it; the secret of a webhook is never said again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wished {
    /// The kinds of things, as `/api/v1/todo` names them.
    #[serde(default)]
    pub(crate) kinds: BTreeSet<String>,
    /// The address for mail; none where no mail is wished.
    #[serde(default)]
    pub(crate) mail: Option<String>,
    /// The address of a program that is called; none where none is wished.
    #[serde(default)]
    pub(crate) webhook: Option<String>,
}

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage<'n> {
    t: Tongue,
    form: &'n str,
    kinds: Vec<(&'static str, Cow<'static, str>, bool)>,
    mail: String,
    webhook: String,
    mails: bool,
    minutes: u64,
    secret: Option<String>,
    problem: Option<&'n str>,
}

/// What whoever asks wishes to be told of.
pub(crate) fn wished(desk: &Desk) -> Result<Wished, Trouble> {
    let wishes = desk.host.notices.wishes_of(desk.me())?;
    Ok(Wished {
        kinds: wishes.kinds,
        mail: wishes.mail,
        webhook: wishes.hook.map(|hook| hook.address),
    })
}

/// Keeps what they wish from now on; gives the secret of a webhook whose address is new.
pub(crate) fn wish(desk: &Desk, wished: Wished) -> Result<Option<String>, Trouble> {
    let settings = desk.host.settings();
    let known = |kind: &String| Kind::ALL.iter().any(|known| known.name() == kind);
    if let Some(strange) = wished.kinds.iter().find(|kind| !known(kind)) {
        return Err(Trouble::Unreadable(desk.tongue.say_of("notices-strange", strange)));
    }
    if let Some(mail) = &wished.mail {
        check_mail(mail).map_err(Trouble::Unreadable)?;
        if settings.notices.mail.is_none() {
            return Err(Trouble::Refused(desk.tongue.say("notices-no-mail").into_owned()));
        }
    }
    if let Some(webhook) = &wished.webhook {
        check_hook(webhook, &settings.notices).map_err(Trouble::Unreadable)?;
    }
    let kept = (wished.kinds, wished.mail, wished.webhook);
    Ok(desk.host.notices.wish(desk.me(), kept)?)
}

fn page_of(desk: &Desk, wished: &Wished, secret: Option<String>, problem: Option<&str>) -> Result<Page, Trouble> {
    let settings = desk.host.settings();
    let theirs = Kind::ALL.into_iter().filter(|kind| desk.may(kind.act()));
    let body = NoticesPage {
        t: desk.tongue,
        form: &desk.session.form,
        kinds: theirs
            .map(|kind| {
                let title = desk.tongue.word("kind", kind.title());
                (kind.name(), title, wished.kinds.contains(kind.name()))
            })
            .collect(),
        mail: wished.mail.clone().unwrap_or_default(),
        webhook: wished.webhook.clone().unwrap_or_default(),
        mails: settings.notices.mail.is_some(),
        minutes: settings.notices.every_seconds.div_ceil(60),
        secret: secret.map(|secret| format!("whsec_{secret}")),
        problem,
    };
    Ok(Page {
        title: desk.tongue.say("notices-notices").into_owned(),
        tongue: desk.tongue,
        place: Place::None,
        banner: None,
        body: body.render()?,
    })
}

/// `GET /notices`.
pub(crate) async fn page(visitor: Visitor) -> Response {
    let work = |desk: &mut Desk| {
        desk.must("see-own-work")?;
        Ok(Reply::Page(page_of(desk, &wished(desk)?, None, None)?))
    };
    visitor.answer(work).await
}

/// `POST /notices`.
pub(crate) async fn post(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("see-own-work")?;
        let said = |name: &str| Some(fields.get(name).trim().to_owned()).filter(|text| !text.is_empty());
        let wanted = Wished {
            kinds: fields.all("kind").map(str::to_owned).collect(),
            mail: said("mail"),
            webhook: said("webhook"),
        };
        match wish(desk, wanted.clone()).map_err(|trouble| trouble.into_said(desk.tongue)) {
            Ok(Some(secret)) => Ok(Reply::Page(page_of(desk, &wanted, Some(secret), None)?)),
            Ok(None) => Ok(Reply::To("/notices".to_owned())),
            Err(Ok(problem)) => Ok(Reply::Again(page_of(desk, &wanted, None, Some(&problem))?)),
            Err(Err(trouble)) => Err(trouble),
        }
    };
    posted.visitor.answer(work).await
}

/// `GET /notices/ID`: the link of a notice leads whoever it was for to their desk, and nobody else anywhere.
pub(crate) async fn follow(visitor: Visitor, Path(id): Path<String>) -> Response {
    let work = move |desk: &mut Desk| match desk.host.notices.leads(&id, desk.me())? {
        true => Ok(Reply::To("/".to_owned())),
        false => Err(Trouble::Nothing),
    };
    visitor.answer(work).await
}
