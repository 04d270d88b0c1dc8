//! From the meeting on: the briefing, the slip, the case, the press, the source, containment, suspension and assurance.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Roles;
use super::stage::Stage;
use super::world::World;
use crate::failure::{Exit, Failure};
use crate::output;

/// One page for the speaker, another for the table. Gives the briefing.
pub(super) fn brief(stage: &mut Stage, roles: &Roles<'_>, report: &str) -> Result<String, Failure> {
    let partner = roles.partner;
    stage.scene("The official is briefed: one page to speak from, another that may be left on the table");
    let about = [
        "--report",
        report,
        "--audience",
        "visitors.json",
        "--purpose",
        roles.purpose,
    ];
    let new = [&["brief", "new"], &about[..], &["--speaker", roles.official]].concat();
    stage.ok(partner, &new)?;
    let briefings = stage.json(partner, &["brief", "list"])?;
    let briefing = id_of(&briefings[0]["id"]);
    stage.ok(partner, &["brief", "show", &briefing, "--for", "table"])?;
    stage.ok(partner, &["brief", "show", &briefing, "-o", "briefing.pdf"])?;
    Ok(briefing)
}

/// The official says more than was permitted.
pub(super) fn slip(
    stage: &mut Stage,
    roles: &Roles<'_>,
    report: &str,
    briefing: &str,
    said: &[String],
) -> Result<(), Failure> {
    let partner = roles.partner;
    stage.scene("The official says more than was permitted: lawful and permitted are two answers");
    stage.ok(
        partner,
        &[
            "override",
            "add",
            "--report",
            report,
            "--portions",
            &said.join(","),
            "--audience",
            "visitors.json",
            "--purpose",
            roles.purpose,
            "--authority",
            roles.official,
            "--lawful",
            "powers of the head of government",
            "--reason",
            "said in conversation",
        ],
    )?;
    let overrides = stage.json(partner, &["override", "list"])?;
    let under = id_of(&overrides[0]["override"]["id"]);
    let portions: Vec<String> = said.iter().map(|portion| format!("{report}/{portion}")).collect();
    stage.ok(
        partner,
        &[
            "brief",
            "record",
            briefing,
            "--said",
            &portions.join(","),
            "--under",
            &under,
        ],
    )?;
    stage.receive(roles.originator)?;
    stage.ok(roles.originator, &["disclosure", "list"])?;
    Ok(())
}

/// The case at the partner, whose existence is protected, and what the originator is told. Gives the case.
pub(super) fn incident(stage: &mut Stage, roles: &Roles<'_>, briefing: &str) -> Result<String, Failure> {
    let (originator, partner) = (roles.originator, roles.partner);
    let by = ["--by", roles.officer.as_str()];
    stage.scene("A case is opened, releases are put on hold, and everyone concerned is told, each its own part");
    let open = ["incident", "open", "--from-briefing", briefing, "--protected"];
    stage.ok(partner, &[&open[..], &by].concat())?;
    let cases = stage.json(partner, &["incident", "list"])?;
    let case = id_of(&cases["cases"][0]["id"]);
    if roles.official != roles.officer {
        stage.aside("For someone who does not work on it, there is no such case.");
        let show = ["incident", "show", &case, "--as", roles.official];
        stage.run(partner, &show, Exit::NotFound)?;
    }
    stage.ok(partner, &[&["incident", "contain", &case], &by[..]].concat())?;
    stage.ok(partner, &[&["incident", "notify", &case], &by[..]].concat())?;
    stage.receive(originator)?;
    stage.ok(originator, &["incident", "list"])?;
    stage.ok(
        originator,
        &[
            "incident",
            "acknowledge",
            &case,
            "--statement",
            "noted; we assess our source",
        ],
    )?;
    stage.receive(partner)?;
    Ok(case)
}

/// What the press has got, who says so, and what a reader of it could work out about the source.
pub(super) fn press(stage: &mut Stage, roles: &Roles<'_>, report: &str, world: &World) -> Result<(), Failure> {
    let (originator, partner) = (roles.originator, roles.partner);
    stage.scene("The press: which facts are out, who says so, how many independent origins there are");
    let scan: Vec<&str> = ["watch", "scan"].into_iter().chain(world.articles()).collect();
    stage.ok(partner, &[&scan[..], &["--html", "press.html"]].concat())?;
    let findings = stage.quietly(partner, &[&["--json"], &scan[..]].concat())?.stdout;
    std::fs::write(stage.folder.join("findings.jsonl"), findings).map_err(Failure::failed)?;
    stage.aside(
        "A person reviews the findings, kept in findings.jsonl, and confirms those about the one that matters most.",
    );
    stage.ok(
        partner,
        &[
            "watch",
            "confirm",
            "findings.jsonl",
            "--reviewer",
            &roles.officer,
            "--purpose",
            roles.purpose,
            "--only",
            &format!("{report}/{}", world.fact),
        ],
    )?;
    stage.receive(originator)?;

    stage.scene("The source: what the visitors, and every reader of the press, can now work out");
    stage.run(originator, &["source", "show", "src-17"], Exit::Done)?;
    Ok(())
}

/// The originator's own case, and the recall.
pub(super) fn contain(stage: &mut Stage, roles: &Roles<'_>, report: &str) -> Result<(), Failure> {
    let (originator, partner) = (roles.originator, roles.partner);
    stage.scene("The originator opens a case of its own and recalls the report; the partner acknowledges");
    let security = format!("{originator}/security");
    stage.ok(originator, &["person", "add", &security, "--name", "security officer"])?;
    let told = stage.json(originator, &["disclosure", "list"])?;
    let told: Vec<String> = told
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| id_of(&one["disclosure"]["id"]))
        .collect();
    let by = ["--by", security.as_str()];
    stage.ok(
        originator,
        &[&["incident", "open", "--disclosure", &told.join(",")], &by[..]].concat(),
    )?;
    let cases = stage.json(originator, &["incident", "list"])?;
    let case = id_of(&cases["cases"][0]["id"]);
    let contain = ["incident", "contain", &case, "--recall", "retain-hide"];
    stage.ok(originator, &[&contain[..], &by].concat())?;
    stage.receive(partner)?;
    stage.ok(partner, &["report", "show", report, "--as", roles.official])?;
    let recalls = stage.json(partner, &["recall", "list"])?;
    let recall = id_of(&recalls[0]["id"]);
    stage.ok(
        partner,
        &["recall", "acknowledge", &recall, "--statement", "access is blocked"],
    )?;
    stage.receive(originator)?;
    stage.ok(originator, &["recall", "list"])?;
    let assess = [
        "incident",
        "assess",
        &case,
        "--note",
        "the source has to be brought out",
    ];
    stage.ok(originator, &[&assess[..], &by].concat())?;
    if roles.sample.is_some() {
        stage.ok(originator, &["incident", "show", &case])?;
    }
    Ok(())
}

/// What the partner's case needs before it can be closed.
pub(super) fn close(stage: &mut Stage, roles: &Roles<'_>, case: &str) -> Result<(), Failure> {
    let partner = roles.partner;
    stage.scene("The partner's case goes through its stages; it cannot be closed while one is open");
    let by = ["--by", roles.officer.as_str()];
    let early = ["incident", "close", case, "--note", "done"];
    stage.run(partner, &[&early[..], &by].concat(), Exit::Failed)?;
    let articles = roles
        .sample
        .and_then(|world| Some((world.articles().next()?, world.articles().nth(3)?)));
    let texts: Vec<&str> = match articles {
        Some((first, last)) => ["evidence", case, first, last, "--found", "front pages"].to_vec(),
        None => ["done", case, "open", "--note", "no texts"].to_vec(),
    };
    let statement = "it was within my powers";
    for step in [
        &texts[..],
        &["finding", case, "probable", "--note", "the visitors took notes"],
        &["reply", case, "--person", roles.official, "--statement", statement],
        &[
            "assess",
            case,
            "--note",
            "the originator assesses its source",
            "--final",
        ],
        &[
            "lesson",
            case,
            "--text",
            "only the paper for the table",
            "--owner",
            &roles.officer,
        ],
        &["done", case, "match", "--note", "compared with all holdings"],
        &[
            "done",
            case,
            "source-alert",
            "--note",
            "the originator was told at once",
        ],
        &["done", case, "holders", "--note", "see the case file"],
        &["done", case, "relabel", "--note", "the originator keeps the marks"],
        &["close", case, "--note", "closed with lessons"],
    ] {
        stage.ok(partner, &[&["incident"], step, &by].concat())?;
    }
    stage.ok(partner, &["incident", "show", case])?;
    Ok(())
}

/// The originator suspends the arrangement, and sees what that stops.
pub(super) fn suspend(stage: &mut Stage, roles: &Roles<'_>, report: &str) -> Result<(), Failure> {
    let (originator, partner) = (roles.originator, roles.partner);
    let arrangements = stage.json(originator, &["arrangement", "list"])?;
    let arrangement = id_of(&arrangements[0]["id"]);
    stage.scene("The originator suspends the arrangement, and sees what that stops");
    let suspend = [
        "arrangement",
        "suspend",
        &arrangement,
        "--reason",
        "until the case is settled",
    ];
    stage.ok(originator, &[&suspend[..], &["--dry-run"]].concat())?;
    stage.ok(originator, &suspend)?;
    stage.receive(partner)?;
    let ask = [
        "decide",
        "--report",
        report,
        "--audience",
        "visitors.json",
        "--purpose",
        roles.purpose,
    ];
    stage.run(partner, &ask, Exit::Denied)?;
    Ok(())
}

/// The partner proves what happened, and the originator verifies it without trusting anyone.
pub(super) fn assure(stage: &mut Stage, roles: &Roles<'_>) -> Result<(), Failure> {
    let (originator, partner) = (roles.originator, roles.partner);
    stage.scene("The partner proves what happened to the originator's material; the originator verifies it alone");
    stage.ok(partner, &["assure", "--for", originator, "-o", "assurance/"])?;
    let file = format!("assurance/assurance-{partner}-for-{originator}.json");
    stage.ok(originator, &["assure", "verify", &file])?;
    let mut forged = std::fs::read_to_string(stage.folder.join(&file)).map_err(Failure::failed)?;
    forged = forged.replacen("report-received", "report-withdrawn", 1);
    std::fs::write(stage.folder.join("forged.json"), forged).map_err(Failure::failed)?;
    stage.aside("One word of it is changed.");
    stage.run(originator, &["assure", "verify", "forged.json"], Exit::Tampered)?;
    Ok(())
}

/// Both ledgers are whole, and a changed byte is found.
pub(super) fn verify(stage: &mut Stage, roles: &Roles<'_>) -> Result<(), Failure> {
    let (originator, partner) = (roles.originator, roles.partner);
    stage.scene("Both ledgers verify; a single changed byte is found");
    for party in [originator, partner] {
        stage.ok(party, &["ledger", "publish"])?;
        stage.ok(party, &["ledger", "verify"])?;
    }
    stage.ok(partner, &["store", "check"])?;
    let copy = stage.folder.join("copy-of-the-ledger");
    copy_folder(&stage.folder.join(partner).join("ledger"), &copy)?;
    let file = first_file(&copy.join("tile/entries"))?;
    let mut bytes = std::fs::read(&file).map_err(Failure::failed)?;
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    std::fs::write(&file, bytes).map_err(Failure::failed)?;
    let name = file.strip_prefix(&stage.folder).unwrap_or(&file).display().to_string();
    output::line(format!("\n(byte {middle} of {name} is changed)"));
    let keys = format!("{partner}.keys.json");
    let verify = ["ledger", "verify", "copy-of-the-ledger", "--key", &keys];
    stage.run(originator, &verify, Exit::Tampered)?;
    Ok(())
}

fn id_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(to).map_err(Failure::failed)?;
    for entry in std::fs::read_dir(from).map_err(Failure::failed)?.flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy_folder(&entry.path(), &target)?,
            false => {
                std::fs::copy(entry.path(), target).map_err(Failure::failed)?;
            }
        }
    }
    Ok(())
}

fn first_file(folder: &Path) -> Result<PathBuf, Failure> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(Failure::failed)?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    match entries.first() {
        Some(path) if path.is_dir() => first_file(path),
        Some(path) => Ok(path.clone()),
        None => Err(Failure::failed("the ledger has no entries")),
    }
}
