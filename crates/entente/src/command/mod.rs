//! The commands, noun by noun.

mod accept;
mod account;
mod arrangement;
mod assure;
mod audience;
mod brief;
mod consent;
mod contacts;
pub(crate) mod credential;
mod decide;
mod demo;
mod deputies;
mod directory;
mod disclosure;
mod draft;
mod embargo;
mod entitled;
mod exchange;
mod export;
mod exposure;
mod facts;
mod feed;
mod feeds;
mod import;
mod incident;
mod label;
mod ledger;
mod life;
mod list;
pub(crate) mod login;
mod marking;
mod node;
mod odrl;
mod paper;
#[cfg(test)]
mod papers_law;
mod partner;
mod passphrase;
mod pending;
mod person;
mod policy;
mod release;
pub(crate) mod report;
mod request;
mod rule;
mod scheme;
mod serve;
mod shell;
mod store;
mod texts;
mod trust;
mod watch;

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::failure::{Exit, Failure};
use crate::seat;
use entente_core::PersonId;
use entente_marking::installed::Library;
use entente_node::Pinned;

/// Share sensitive reports and keep control of them after sharing.
///
/// Exit codes: 0 permitted or done, 1 error, 2 usage, 3 denied, 4 a consent is needed, 5 not found, 6 tampered with.
#[derive(Debug, Parser)]
#[command(name = "entente", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    noun: Noun,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// The data folder of this party's node.
    #[arg(
        long,
        global = true,
        env = "ENTENTE_DATA",
        default_value = ".entente",
        value_name = "DIR"
    )]
    pub(crate) data: PathBuf,
    /// The PostgreSQL database that has what this node holds, `postgresql://USER@HOST/DATABASE`. The data folder remembers it. The
    /// password stands in the file that PGPASSFILE names, never here.
    #[arg(long, global = true, env = "ENTENTE_DATABASE", value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Write data as JSON on standard output, and errors as JSON on standard error.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Only show what would follow: what opens and closes for whom, and what would leave. Nothing is changed.
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Where sealed files for other parties are written [default: DATA/outbox].
    #[arg(long, global = true, env = "ENTENTE_OUT", value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The command that was typed, without what it names.
    #[arg(skip)]
    pub(crate) command: String,
}

impl Global {
    /// Notes in the data folder which database has its bytes, where one is named.
    fn name_database(&self) -> Result<(), Failure> {
        match &self.database {
            Some(database) => Ok(entente_node::name_database(&self.data, database)?),
            None => Ok(()),
        }
    }

    /// The node, in the name of whoever is signed in where the command was typed.
    pub(crate) fn node(&self) -> Result<Pinned, Failure> {
        login::acting(self, self.node_as_such()?)
    }

    /// The person for whom something is shown: whoever is signed in, and nobody else then; else the one who was named.
    pub(crate) fn viewer(&self, node: &Pinned, named: Option<PersonId>) -> Result<Option<PersonId>, Failure> {
        match (node.actor(), named) {
            (None, named) => Ok(named),
            (Some(actor), Some(named)) if named != actor.person => Err(Failure::new(
                Exit::Denied,
                format!("you are signed in as {}, and see nothing as {named}", actor.person),
            )),
            (Some(actor), _) => Ok(Some(actor.person.clone())),
        }
    }

    fn node_as_such(&self) -> Result<Pinned, Failure> {
        let node = match seat::node(&self.data) {
            Some(node) => node,
            None => crate::node::open(&self.data)?,
        };
        Ok(if self.dry_run { node.on_trial() } else { node })
    }

    /// The schemes that marks are read with: those of the node where there is one, else the built-in ones.
    pub(crate) fn library(&self) -> Result<Library, Failure> {
        match self.data.join("origin").exists() {
            true => Ok(self.node_as_such()?.moment().library().clone()),
            false => Ok(Library::default()),
        }
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| self.data.join("outbox"))
    }
}

#[derive(Debug, Subcommand)]
enum Noun {
    /// Set up this party's node: data folder, keys, ledger.
    Init(directory::Init),
    /// Parties: organisations that this node knows.
    #[command(subcommand)]
    Party(directory::PartyCommand),
    /// Persons: who reads, decides, is told.
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Audiences: named sets of persons.
    #[command(subcommand)]
    Audience(audience::AudienceCommand),
    /// Arrangements: the terms under which parties share.
    #[command(subcommand)]
    Arrangement(arrangement::ArrangementCommand),
    /// Markings: check, roll up, explain.
    #[command(subcommand)]
    Marking(marking::MarkingCommand),
    /// Schemes: policy files that this node reads marks with.
    #[command(subcommand)]
    Scheme(scheme::SchemeCommand),
    /// This node's own lists beside the published ones, never sent.
    #[command(subcommand)]
    Register(scheme::RegisterCommand),
    /// Reports: add, show, list, distribute, withdraw.
    #[command(subcommand)]
    Report(report::ReportCommand),
    /// Rules of this party's own: they can only forbid.
    #[command(subcommand)]
    Rule(rule::RuleCommand),
    /// Decide who of an audience may have which portion of a report.
    Decide(decide::Decide),
    /// Requests to originators for release.
    #[command(subcommand)]
    Request(request::RequestCommand),
    /// Consents: grant, refuse, substitute, withdraw.
    #[command(subcommand)]
    Consent(consent::ConsentCommand),
    /// Overrides: an authority releases without the originators' consent, on the record.
    #[command(subcommand)]
    Override(disclosure::OverrideCommand),
    /// Disclosures: an audience learned portions.
    #[command(subcommand)]
    Disclosure(disclosure::DisclosureCommand),
    /// Briefings: what may be said to an audience, and what was.
    #[command(subcommand)]
    Brief(brief::BriefCommand),
    /// Incidents: the case about a disclosure that nobody permitted.
    #[command(subcommand)]
    Incident(Box<incident::IncidentCommand>),
    /// Assurance: prove to an originator what happened to its material, and verify what a partner proves.
    Assure(assure::Assure),
    /// Recalls: take a delivered report out of use.
    #[command(subcommand)]
    Recall(disclosure::RecallCommand),
    /// Embargoes: a moment before which nothing of one's own text goes further.
    #[command(subcommand)]
    Embargo(embargo::EmbargoCommand),
    /// Give text of one's own to others without their having asked: persons, parties, the public.
    Release(Box<release::ReleaseArgs>),
    /// What waits for the yes of a second person, where an arrangement asks for two.
    #[command(subcommand)]
    Pending(pending::PendingCommand),
    /// What there is to do, for whoever asks.
    Todo(life::TodoArgs),
    /// Receipts: what this party took in of others' reports.
    #[command(subcommand)]
    Receipt(life::ReceiptCommand),
    /// Hand what of a report's latest version a party may have to it, as a sealed file.
    Deliver(exchange::Deliver),
    /// Take in sealed files of other parties.
    Receive(exchange::Receive),
    /// Take in reports in the formats of others: STIX, MISP, CSAF, mail.
    Import(import::Import),
    /// Write what of a report somebody may have in a format of others: STIX, MISP, CSAF, Markdown, PDF.
    Export(export::Export),
    /// Feeds of others that this party follows: TAXII collections, MISP feeds.
    #[command(subcommand)]
    Feed(feed::FeedCommand),
    /// The outbox: what still has to leave.
    #[command(subcommand)]
    Outbox(exchange::OutboxCommand),
    /// The ledger: verify, prove, log.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// The passphrase that locks this party's keys.
    #[command(subcommand)]
    Passphrase(passphrase::PassphraseCommand),
    /// The data folder: check, rebuild, back up, restore, export, upgrade, recover.
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Facts: what is protected in a report, statement by statement.
    #[command(subcommand)]
    Facts(facts::FactsCommand),
    /// Sources under protection: what an audience can work out about them.
    #[command(subcommand)]
    Source(exposure::SourceCommand),
    /// Source exposure, measured from files.
    #[command(subcommand)]
    Exposure(exposure::ExposureCommand),
    /// Watch texts for protected facts.
    #[command(subcommand)]
    Watch(watch::WatchCommand),
    /// Run this party's node: commands in its folder go to it.
    Node(node::Run),
    /// Partners: how it stands with each.
    #[command(subcommand)]
    Partner(partner::PartnerCommand),
    /// Serve this party's node: pages for people, messages of partners.
    Serve(serve::Serve),
    /// Accounts: what people sign in with.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Sign in: commands are in your name from then on.
    Login(login::Login),
    /// Sign out: commands go with the party's passphrase again.
    Logout(login::Logout),
    /// Run the whole story on sample files, or on your own.
    Demo(demo::Demo),
    /// Write shell completions to standard output.
    Completions(shell::Completions),
    /// Write manual pages into a folder.
    Man(shell::Man),
}

impl Cli {
    /// Whether `--dry-run` can say what would follow: not of what acts on files, keys and the network.
    fn can_be_tried(&self) -> bool {
        !matches!(
            self.noun,
            Noun::Init(_)
                | Noun::Node(_)
                | Noun::Passphrase(_)
                | Noun::Serve(_)
                | Noun::Account(_)
                | Noun::Store(_)
                | Noun::Receive(_)
                | Noun::Outbox(_)
                | Noun::Demo(_)
                | Noun::Partner(_)
                | Noun::Receipt(_)
                | Noun::Login(_)
                | Noun::Logout(_)
        )
    }

    /// Reads the arguments of a command.
    ///
    /// # Errors
    /// When they are none, in the words of the parser.
    pub(crate) fn read(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(arguments)?;
        let mut cli = Self::from_arg_matches(&matches)?;
        let mut names = Vec::new();
        let mut below = matches.subcommand();
        while let Some((name, matches)) = below {
            names.push(name.to_owned());
            below = matches.subcommand();
        }
        cli.global.command = names.join(" ");
        Ok(cli)
    }

    /// Whether it asks for a password, which a node cannot ask for.
    fn asks(&self) -> bool {
        matches!(self.noun, Noun::Login(_))
    }

    /// Whether a running node carries this out. What sets up, runs or mends a node is done here, and so is what needs none.
    fn is_for_a_node(&self) -> bool {
        let here = matches!(
            self.noun,
            Noun::Init(_)
                | Noun::Node(_)
                | Noun::Passphrase(_)
                | Noun::Serve(_)
                | Noun::Marking(_)
                | Noun::Exposure(_)
                | Noun::Demo(_)
                | Noun::Completions(_)
                | Noun::Man(_)
                | Noun::Watch(watch::WatchCommand::Folder { .. })
        );
        let mends = matches!(&self.noun, Noun::Store(command) if !command.is_for_a_node());
        !here && !mends
    }
}

pub(crate) use node::through as through_node;

/// Runs a command.
pub(crate) fn run(cli: Cli) -> Result<Exit, Failure> {
    let global = &cli.global;
    if global.dry_run && !cli.can_be_tried() {
        return Err(Failure::usage(
            "this command cannot be tried: it acts on files, keys or the network; leave `--dry-run` out",
        ));
    }
    global.name_database()?;
    login::admit(global)?;
    match cli.noun {
        Noun::Init(init) => init.run(global),
        Noun::Party(command) => command.run(global),
        Noun::Person(command) => command.run(global),
        Noun::Audience(command) => command.run(global),
        Noun::Arrangement(command) => command.run(global),
        Noun::Marking(command) => command.run(global),
        Noun::Scheme(command) => command.run(global),
        Noun::Register(command) => command.run(global),
        Noun::Report(command) => command.run(global),
        Noun::Rule(command) => command.run(global),
        Noun::Decide(command) => command.run(global),
        Noun::Request(command) => command.run(global),
        Noun::Consent(command) => command.run(global),
        Noun::Override(command) => command.run(global),
        Noun::Disclosure(command) => command.run(global),
        Noun::Brief(command) => command.run(global),
        Noun::Incident(command) => command.run(global),
        Noun::Assure(command) => command.run(global),
        Noun::Recall(command) => command.run(global),
        Noun::Embargo(command) => command.run(global),
        Noun::Release(command) => command.run(global),
        Noun::Pending(command) => command.run(global),
        Noun::Todo(command) => command.run(global),
        Noun::Receipt(command) => command.run(global),
        Noun::Deliver(command) => command.run(global),
        Noun::Receive(command) => command.run(global),
        Noun::Import(command) => command.run(global),
        Noun::Feed(command) => command.run(global),
        Noun::Export(command) => command.run(global),
        Noun::Outbox(command) => command.run(global),
        Noun::Ledger(command) => command.run(global),
        Noun::Passphrase(command) => command.run(global),
        Noun::Store(command) => command.run(global),
        Noun::Facts(command) => command.run(global),
        Noun::Source(command) => command.run(global),
        Noun::Exposure(command) => command.run(global),
        Noun::Watch(command) => command.run(global),
        Noun::Node(command) => command.run(global),
        Noun::Partner(command) => command.run(global),
        Noun::Serve(command) => command.run(global),
        Noun::Account(command) => command.run(global),
        Noun::Login(command) => command.run(global),
        Noun::Logout(command) => command.run(global),
        Noun::Demo(command) => command.run(global),
        Noun::Completions(command) => command.run(),
        Noun::Man(command) => command.run(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_commands_fit_together() {
        super::Cli::command().debug_assert();
    }
}
