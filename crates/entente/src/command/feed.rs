//! `feed`: collections and feeds of others that this party follows.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use entente_core::handle::Handover;
use entente_core::{ArrangementId, Command, PartyPath, ReportId};
use entente_exchange::exporting::{Receiver, outgoing};
use entente_exchange::{Table, Writing, stix};
use entente_serve::{FeedError, Kind, Polled, Subscription, change_subscriptions, poll, push, subscriptions};
use jiff::Timestamp;

use super::Global;
use super::list::{List, ListArgs};
use crate::failure::{Exit, Failure};
use crate::{node, output, seat, words};

/// `entente feed`.
#[derive(Debug, Subcommand)]
pub(crate) enum FeedCommand {
    /// Follow a collection of a TAXII server, or a MISP feed; the running node looks at it from then on.
    Add(Add),
    /// The feeds that are followed, and how it stands with each.
    List(ListArgs),
    /// Follow a feed no longer; what came from it stays.
    Remove {
        /// What it is called here.
        name: String,
    },
    /// Look at feeds now, and take in what is new.
    Poll {
        /// What they are called here [default: all].
        names: Vec<String>,
    },
    /// Add what of a report a party may have to a collection.
    Push {
        /// What it is called here.
        name: String,
        /// The report.
        report: ReportId,
        /// The party that reads the collection.
        #[arg(long = "for", value_name = "PARTY")]
        receiver: PartyPath,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Speaks {
    /// TAXII 2.1.
    Taxii,
    /// MISP.
    Misp,
}

/// `entente feed add`.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The collection (`…/collections/ID/`), or the folder of the feed (`…/manifest.json`).
    url: String,
    /// What it is called here.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What speaks there [default: what the address says].
    #[arg(long = "as", value_name = "KIND")]
    kind: Option<Speaks>,
    /// The arrangement under which it comes.
    #[arg(long, value_name = "ARRANGEMENT")]
    arrangement: Option<ArrangementId>,
    /// Who publishes it [default: as what comes says, which nobody vouches for].
    #[arg(long, value_name = "PARTY")]
    from: Option<PartyPath>,
    /// The mark of what bears none.
    #[arg(long, value_name = "MARK")]
    default_mark: Option<String>,
    /// The name for Basic authentication; without it the secret is a bearer token.
    #[arg(long, value_name = "NAME", requires = "secret")]
    user: Option<String>,
    /// A file with the password or token.
    #[arg(long, value_name = "FILE")]
    secret: Option<PathBuf>,
    /// The certificate that it shows, or that of whoever vouches for it, as PEM: needed for `https`.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// How often the running node looks, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    every: u64,
}

impl From<FeedError> for Failure {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::Node(error) => error.into(),
            FeedError::Name(said) => Self::not_found(said),
            other => Self::failed(other),
        }
    }
}

impl FeedCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self {
            Self::Add(add) => add.run(global),
            Self::List(chosen) => {
                let list = List {
                    head: &["feed", "kind", "from", "looked at", "problem"],
                    empty: "no feed is followed; `entente feed add` follows one",
                };
                let rows = subscriptions(&global.data)?.into_iter().map(|feed| (row(&feed), feed));
                chosen.show(global, &list, rows)?;
                Ok(Exit::Done)
            }
            Self::Remove { name } => {
                change_subscriptions(&global.data, |all| {
                    let before = all.len();
                    all.retain(|feed| feed.name != name);
                    match all.len() < before {
                        true => Ok(()),
                        false => Err(FeedError::Name(format!("there is no feed {name}"))),
                    }
                })?;
                output::either(global.json, &name, || {
                    output::line(format!("{name} is followed no longer"));
                })?;
                Ok(Exit::Done)
            }
            Self::Poll { names } => polled(global, names),
            Self::Push { name, report, receiver } => pushed(global, &name, &report, &receiver),
        }
    }
}

impl Add {
    fn run(self, global: &Global) -> Result<Exit, Failure> {
        let node = global.node()?;
        if let Some(id) = self
            .arrangement
            .as_ref()
            .filter(|id| node.state().arrangements.get(*id).is_none())
        {
            let message =
                format!("there is no arrangement {id}; `entente arrangement list` shows those that are known");
            return Err(Failure::not_found(message));
        }
        let secure = self.url.starts_with("https://");
        if !secure && !self.url.starts_with("http://") {
            return Err(Failure::usage(
                "the address begins with `https://`, or with `http://` on this machine",
            ));
        }
        if secure && self.certificate.is_none() {
            return Err(Failure::usage(
                "name the certificate that is trusted: `--certificate FILE`",
            ));
        }
        let kind = match self.kind {
            Some(Speaks::Misp) => Kind::Misp,
            Some(Speaks::Taxii) => Kind::Taxii,
            None if self.url.contains("/collections/") => Kind::Taxii,
            None if self.url.ends_with("manifest.json") => Kind::Misp,
            None => return Err(Failure::usage("say what speaks there: `--as taxii`, or `--as misp`")),
        };
        let file = |path: PathBuf| {
            let path = seat::path(&path);
            path.canonicalize()
                .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
        };
        let feed = Subscription {
            name: self.name,
            url: self.url,
            kind,
            arrangement: self.arrangement,
            from: self.from,
            default_mark: self.default_mark,
            user: self.user,
            secret: self.secret.map(file).transpose()?,
            certificate: self.certificate.map(file).transpose()?,
            every_seconds: self.every.max(1),
            after: None,
            seen: std::collections::BTreeMap::new(),
            looked: None,
            problem: None,
        };
        change_subscriptions(&global.data, |all| {
            if all.iter().any(|known| known.name == feed.name) {
                return Err(FeedError::Name(format!(
                    "{} is followed already; `entente feed remove` ends that",
                    feed.name
                )));
            }
            all.push(feed.clone());
            Ok(())
        })?;
        output::either(global.json, &feed, || {
            output::line(format!("{}: {} is followed", feed.name, feed.url));
        })?;
        Ok(Exit::Done)
    }
}

fn row(feed: &Subscription) -> Vec<String> {
    let kind = match feed.kind {
        Kind::Taxii => "TAXII",
        Kind::Misp => "MISP",
    };
    vec![
        feed.name.clone(),
        kind.to_owned(),
        feed.url.clone(),
        feed.looked.map_or("not yet".to_owned(), words::moment),
        feed.problem.clone().unwrap_or_default(),
    ]
}

fn polled(global: &Global, names: Vec<String>) -> Result<Exit, Failure> {
    let mut node = global.node()?;
    let names = match names.is_empty() {
        true => subscriptions(&global.data)?.into_iter().map(|feed| feed.name).collect(),
        false => names,
    };
    let (mut all, mut exit): (Vec<Polled>, Exit) = (Vec::new(), Exit::Done);
    for name in &names {
        match poll(&global.data, &mut node, name) {
            Ok(polled) => all.push(polled),
            Err(error) if names.len() == 1 => return Err(error.into()),
            Err(error) => {
                output::say(format!("not read: {error}"));
                exit = Exit::Failed;
            }
        }
    }
    if all.iter().any(|polled| !polled.refused.is_empty()) {
        exit = Exit::Failed;
    }
    output::either(global.json, &all, || {
        for polled in &all {
            let added = words::count(polled.added, "report");
            output::line(format!(
                "{}: {added} taken in, {} unchanged",
                polled.name, polled.unchanged
            ));
            polled
                .refused
                .iter()
                .for_each(|why| output::line(format!("    not taken in: {why}")));
        }
    })?;
    Ok(exit)
}

/// Nothing leaves that is not on record.
fn pushed(global: &Global, name: &str, report: &ReportId, to: &PartyPath) -> Result<Exit, Failure> {
    let mut node = global.node()?;
    let going = outgoing(
        &node::moment(&node),
        report,
        &Receiver::Party(to.clone()),
        Timestamp::now(),
    )?;
    let bundle = {
        let place = Writing {
            schemes: node.schemes(),
            state: node.state(),
        };
        stix::write(&going, &place, &mut Table::default())
    };
    if going.recalled.is_none() {
        node.submit(Command::Export(Handover::of(report.clone(), to.clone())))?;
    }
    let status = push(&global.data, name, &bundle)?;
    let failed = status["failure_count"].as_u64().unwrap_or_default();
    output::either(global.json, &status, || {
        output::line(format!(
            "{report}: {} taken, {failed} not, by {name}",
            status["success_count"]
        ));
    })?;
    Ok(if failed == 0 { Exit::Done } else { Exit::Failed })
}
