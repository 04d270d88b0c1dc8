//! `demo --serve`: the story's nodes on this machine, with a link for each person; gone on Ctrl-C.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::super::Global;
use super::stage::Stage;
use super::{Roles, aftermath, sharing};
use crate::failure::Failure;
use crate::output;

/// How long a node may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who works at the nodes: a person, what they are called, their roles, and the clearance that their texts need.
const PEOPLE: [(&str, &str, &str, &[&str]); 6] = [
    (
        "USA.SVC",
        "hale",
        "the disclosure officer",
        &["disclosure-officer", "analyst"],
    ),
    ("USA.SVC", "ruiz", "the source’s handler", &["source-handler"]),
    (
        "USA.SVC",
        "osei",
        "the administrator and auditor",
        &["administrator", "auditor"],
    ),
    (
        "GBR.CAB",
        "disclosure-officer",
        "the disclosure officer",
        &["disclosure-officer", "analyst"],
    ),
    (
        "GBR.CAB",
        "minister",
        "the minister",
        &["override-authority", "analyst"],
    ),
    ("CHL", "foreign-minister", "a minister of the visitors", &["analyst"]),
];

/// Nodes that run, and end with the demonstration.
struct Running(Vec<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // Those that ended already need no word.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Sets the nodes up, serves them until Ctrl-C, and clears everything away.
pub(super) fn serve(stage: &mut Stage, roles: &Roles<'_>, global: &Global) -> Result<(), Failure> {
    // Whoever ends it while it begins is heard once it can clear away.
    let interruption = entente_serve::Interruption::new().map_err(Failure::failed)?;
    sharing::found(stage, roles)?;
    third(stage, roles)?;
    people(stage)?;
    let report = sharing::deliver(stage, roles)?;
    distribute(stage, &report)?;
    let ask = [
        "request",
        "open",
        "--report",
        &report,
        "--audience",
        "visitors.json",
        "--purpose",
        roles.purpose,
    ];
    stage.ok(
        roles.partner,
        &[
            &ask[..],
            &[
                "--reason",
                "The visitors have to be warned.",
                "--needed-by",
                "2099-12-31",
            ],
        ]
        .concat(),
    )?;
    stage.receive(roles.originator)?;
    let briefing = aftermath::brief(stage, roles, &report)?;
    aftermath::slip(stage, roles, &report, &briefing, &["place".to_owned()])?;
    aftermath::incident(stage, roles, &briefing)?;
    let nodes = addresses(&["USA.SVC", "GBR.CAB", "CHL"])?;
    let mut running = Running(Vec::new());
    stage.scene("Three nodes serve on this machine");
    for (party, port) in &nodes {
        settings(stage, party, *port, &nodes)?;
        running.0.push(start(stage, party)?);
    }
    for (party, port) in &nodes {
        answers(party, *port)?;
    }
    for (party, name, called, _) in PEOPLE {
        let person = format!("{party}/{name}");
        let link = link(stage, party, &person, &nodes)?;
        match global.json {
            true => output::line(json!({ "person": person, "called": called, "link": link })),
            false => output::line(format!("  {person:28} {called:32} {link}")),
        }
    }
    output::line("\nOpen a link in a browser and work. Ctrl-C ends the nodes and removes their data.");
    interruption.wait();
    drop(running);
    std::fs::remove_dir_all(&stage.folder).map_err(Failure::failed)?;
    output::line("The nodes have ended, and their data is gone.");
    Ok(())
}

/// The link that signs a person in at the node of their party.
fn link(stage: &Stage, party: &str, person: &str, nodes: &[(&str, u16)]) -> Result<String, Failure> {
    let invited = stage.json(party, &["account", "invite", person, "--demonstration"])?;
    let known = nodes.iter().find(|(known, _)| *known == party);
    let port = known.map_or(0, |(_, port)| *port);
    let path = invited["path"].as_str().unwrap_or_default();
    Ok(format!("http://{}:{port}{path}", host(party)))
}

/// Every party under a host of its own: on plain `localhost` all of them would share one jar of cookies.
fn host(party: &str) -> String {
    format!("{}.localhost", party.to_lowercase().replace('.', "-"))
}

/// The visitors' party has a node too. What the partner hands on with the originator's consent in writing, it can only verify
/// with the originator's keys, which come from the originator.
fn third(stage: &mut Stage, roles: &Roles<'_>) -> Result<(), Failure> {
    stage.ok("CHL", &["init", "--party", "CHL", "--work-factor", "2"])?;
    for (party, other) in [
        (roles.partner, "CHL"),
        ("CHL", roles.partner),
        ("CHL", roles.originator),
    ] {
        let keys = stage.quietly(other, &["party", "export"])?.stdout;
        let file = format!("{other}.keys.json");
        std::fs::write(stage.folder.join(&file), keys).map_err(Failure::failed)?;
        stage.ok(party, &["party", "add", other, "--keys", &file])?;
    }
    Ok(())
}

fn people(stage: &Stage) -> Result<(), Failure> {
    for (party, name, called, roles) in PEOPLE {
        let person = format!("{party}/{name}");
        let mut add = vec!["person", "add", &person, "--name", called];
        for role in roles {
            add.extend(["--role", role]);
        }
        if party == "USA.SVC" {
            add.extend(["--citizenship", "USA", "--clearance", "us-ic=TS", "--access", "SI"]);
        }
        if party == "CHL" {
            add.extend(["--citizenship", "CHL"]);
        }
        stage.ok(party, &add)?;
    }
    Ok(())
}

fn distribute(stage: &Stage, report: &str) -> Result<(), Failure> {
    let put = [
        "report",
        "distribute",
        report,
        "--add",
        "USA.SVC/hale",
        "--add",
        "USA.SVC/ruiz",
    ];
    stage.ok("USA.SVC", &put).map(|_| ())
}

/// A free port for each node. Somebody else could take one before it is used; then its node says so.
fn addresses<'p>(parties: &[&'p str]) -> Result<Vec<(&'p str, u16)>, Failure> {
    let held: Vec<TcpListener> = parties
        .iter()
        .map(|_| TcpListener::bind("127.0.0.1:0"))
        .collect::<Result<_, _>>()
        .map_err(Failure::failed)?;
    let port = |(party, listener): (&&'p str, &TcpListener)| Ok((*party, listener.local_addr()?.port()));
    parties
        .iter()
        .zip(&held)
        .map(port)
        .collect::<Result<_, std::io::Error>>()
        .map_err(Failure::failed)
}

fn settings(stage: &Stage, party: &str, port: u16, nodes: &[(&str, u16)]) -> Result<(), Failure> {
    let mut text = format!(
        "listen = \"127.0.0.1:{port}\"\norigin = \"http://{}:{port}\"\n[courier]\nfirst_wait_seconds = 1\nlongest_wait_seconds = 5\n",
        host(party)
    );
    for (other, port) in nodes.iter().filter(|(other, _)| *other != party) {
        text.push_str(&format!(
            "[partners.\"{other}\"]\naddress = \"http://127.0.0.1:{port}\"\n"
        ));
    }
    output::file(&stage.folder.join(party).join("serve.toml"), text.as_bytes())
}

fn start(stage: &Stage, party: &str) -> Result<Child, Failure> {
    let log = stage.folder.join(format!("{party}.log"));
    let log = std::fs::File::create(log).map_err(Failure::failed)?;
    command(&stage.program, &stage.folder, party)
        .stderr(log)
        .spawn()
        .map_err(Failure::failed)
}

fn command(program: &Path, folder: &Path, party: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args(["--data", party, "serve"])
        .current_dir(folder)
        .env("ENTENTE_HEADS", folder.join("heads"))
        .env("ENTENTE_PASSPHRASE", "a passphrase for the demonstration")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

fn answers(party: &str, port: u16) -> Result<(), Failure> {
    let since = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        if since.elapsed() > PATIENCE {
            return Err(Failure::failed(format!(
                "the node of {party} does not answer at port {port}"
            )));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
