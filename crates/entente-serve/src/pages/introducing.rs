//! Invitations: this party's own, to be handed to a partner, and a partner's, taken in once somebody there has said the
//! fingerprint of its keys. Both are what `entente partner invite` and `entente partner accept` do.

use askama::Template;
use axum::response::Response;

use super::answer::{Desk, Reply, Sent, Trouble};
use super::frame::{Page, Place};
use super::gate::Posted;
use super::tongue::Tongue;
use crate::introduction::{Invitation, InvitationError};

impl From<InvitationError> for Trouble {
    fn from(error: InvitationError) -> Self {
        match error {
            InvitationError::Settings(crate::settings::SettingsError::File { .. }) => Self::Broken(error.to_string()),
            InvitationError::Keys(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

/// The part of the page of partners on which they are introduced.
#[derive(Template)]
#[template(path = "introduce.html")]
struct Introduce<'i> {
    t: Tongue,
    form: &'i str,
    fingerprint: &'i str,
    /// Where this node is reached, as far as it knows.
    address: &'i str,
    problem: Option<&'i str>,
    invitation: &'i str,
    said: &'i str,
}

/// The forms for whoever runs the node; nothing for anybody else.
pub(super) fn forms(desk: &Desk, problem: Option<&str>, (invitation, said): (&str, &str)) -> Result<String, Trouble> {
    if !desk.may("set-party") {
        return Ok(String::new());
    }
    let settings = desk.host.settings();
    let reached = settings.origin.clone().filter(|origin| origin.starts_with("https://"));
    let introduce = Introduce {
        t: desk.tongue,
        form: &desk.session.form,
        fingerprint: &desk.host.fingerprint().unwrap_or_default(),
        address: &reached.unwrap_or_default(),
        problem,
        invitation,
        said,
    };
    Ok(introduce.render()?)
}

/// `POST /partners/invite`: this party's invitation, as a file.
pub(crate) async fn invite(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("set-party")?;
        let keys = desk.host.keys().cloned().ok_or(Trouble::Locked)?;
        let address = Some(fields.get("address").trim().to_owned()).filter(|address| !address.is_empty());
        let folder = desk.host.node().folder().to_owned();
        let invitation = Invitation::own(&keys, address, &desk.host.settings(), &folder)?;
        Ok(Reply::File(Sent {
            name: format!("{}.invitation", desk.host.home()?),
            kind: "text/plain; charset=utf-8",
            bytes: invitation.signed(&keys)?.into_bytes(),
        }))
    };
    posted.visitor.answer(work).await
}

fn accepted(desk: &mut Desk, text: &str, said: &str) -> Result<(), Trouble> {
    // What is pasted has the line ends of the web, and may have lost its last.
    let text = format!("{}\n", text.replace("\r\n", "\n").trim());
    let invitation = Invitation::read(text.as_bytes())?;
    let commands = invitation.introduces(desk.state(), said)?;
    let reached = invitation.keep(desk.host.node().folder())?;
    desk.act(commands)?;
    if let Some(reached) = reached {
        desk.host.reach(invitation.party()?, reached);
    }
    Ok(())
}

/// `POST /partners/accept`: takes a partner's invitation in.
pub(crate) async fn accept(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("set-party")?;
        let (text, said) = (fields.get("invitation"), fields.get("fingerprint"));
        match accepted(desk, text, said).map_err(|trouble| trouble.into_said(desk.tongue)) {
            Ok(()) => Ok(Reply::To("/partners".to_owned())),
            Err(Err(trouble)) => Err(trouble),
            Err(Ok(problem)) => Ok(Reply::Again(Page {
                title: desk.tongue.say("nav-partners").into_owned(),
                tongue: desk.tongue,
                place: Place::Partners,
                banner: None,
                body: forms(desk, Some(&problem), (text, said))?,
            })),
        }
    };
    posted.visitor.answer(work).await
}
