//! Who may do what, cell by cell: each role, each act, by the interface for programs, by the socket of a running node, and by a
//! command that opens the folder itself.

use crate::support;

use serde_json::{Value, json};
use support::web::{Served, digits_after, join};
use support::{Desk, REPORT, Said};

const PASSWORD: &str = "correct horse battery";

/// The roles, by the letters under which the table names them.
const ROLES: [(char, &str); 7] = [
    ('a', "analyst"),
    ('d', "disclosure-officer"),
    ('r', "override-authority"),
    ('s', "security-officer"),
    ('h', "source-handler"),
    ('u', "auditor"),
    ('m', "administrator"),
];

/// The table as it is meant: an act, and the roles that may do it.
const TABLE: &[(&str, &str)] = &[
    ("add-report", "adh"),
    ("withdraw-report", "ds"),
    ("distribute", "ds"),
    ("set-facts", "adh"),
    ("deliver", "d"),
    ("release", "d"),
    ("give-up-copy", "d"),
    ("protect-source", "h"),
    ("release-source", "h"),
    ("answer-exposure", "dh"),
    ("open-request", "adr"),
    ("grant", "d"),
    ("refuse", "d"),
    ("substitute", "d"),
    ("second-release", "d"),
    ("withdraw-consent", "d"),
    ("change-consent", "d"),
    ("say-of-consent", "d"),
    ("override", "r"),
    ("disclose", "adr"),
    ("hold", "ds"),
    ("incident", "ds"),
    ("brief", "adr"),
    ("record-decision", "adrh"),
    ("read", "adrsh"),
    ("recall", "d"),
    ("set-party", "m"),
    ("set-contact", "dsm"),
    ("set-deputy", "m"),
    ("set-membership", "s"),
    ("set-scheme", "s"),
    ("set-person", "s"),
    ("name-outsider", "adrsh"),
    ("set-roles", "m"),
    ("enable-person", "s"),
    ("set-audience", "adr"),
    ("set-rule", "s"),
    ("set-arrangement", "d"),
    ("exchange-files", "dm"),
    ("see-own-work", "adrshum"),
    ("see-requests", "adr"),
    ("see-cases", "adrsh"),
    ("see-partners", "dsum"),
    ("see-people", "sum"),
    ("see-ledger", "sum"),
];

/// Commands of the command line, each with the act that it is.
const TYPED: &[(&str, &[&str])] = &[
    ("add-report", &["report", "add", "report.md"]),
    ("withdraw-report", &["report", "withdraw", "R-X", "--reason", "x"]),
    (
        "set-contact",
        &["party", "contact", "USA.SVC", "duty", "--phone", "+1 555 0100"],
    ),
    ("distribute", &["report", "distribute", "R-X", "--add", "GBR.CAB/x"]),
    ("set-facts", &["facts", "set", "R-X", "facts.json"]),
    ("deliver", &["deliver", "R-X", "--to", "USA.SVC"]),
    ("release", &["release", "R-X", "--to", "PUBLIC", "--portions", "p"]),
    ("release", &["embargo", "end", "R-X"]),
    ("give-up-copy", &["report", "give-up", "R-X"]),
    (
        "protect-source",
        &[
            "source",
            "protect",
            "S-X",
            "--register",
            "register.json",
            "--reports",
            "R-X",
        ],
    ),
    ("release-source", &["source", "release", "S-X", "--reason", "x"]),
    ("answer-exposure", &["source", "answer", "req-x"]),
    ("open-request", &["request", "open", "R-X", "--to", "CHL/minister"]),
    ("open-request", &["request", "retract", "req-x"]),
    ("grant", &["consent", "grant", "req-x"]),
    ("refuse", &["consent", "refuse", "req-x"]),
    (
        "substitute",
        &[
            "consent",
            "substitute",
            "req-x",
            "--portion",
            "p",
            "--mark",
            "(U)",
            "--text",
            "t",
        ],
    ),
    ("second-release", &["pending", "list"]),
    ("second-release", &["pending", "approve", "pend-x", "--digest", "x"]),
    ("second-release", &["pending", "decline", "pend-x"]),
    ("withdraw-consent", &["consent", "withdraw", "con-x", "--reason", "x"]),
    (
        "change-consent",
        &["consent", "narrow", "con-x", "--portions", "p", "--reason", "x"],
    ),
    ("say-of-consent", &["consent", "accept", "con-x"]),
    (
        "override",
        &[
            "override",
            "add",
            "R-X",
            "--portions",
            "p",
            "--to",
            "CHL/minister",
            "--authority",
            "ME",
            "--reason",
            "x",
        ],
    ),
    (
        "disclose",
        &[
            "disclosure",
            "add",
            "R-X",
            "--portions",
            "p",
            "--to",
            "CHL/minister",
            "--route",
            "said",
        ],
    ),
    ("hold", &["report", "hold", "R-X", "--reason", "x"]),
    ("hold", &["report", "resume", "R-X"]),
    ("incident", &["incident", "open", "--by", "ME", "--disclosure", "dis-x"]),
    ("incident", &["incident", "notify", "inc-x", "--by", "ME"]),
    (
        "brief",
        &[
            "brief",
            "new",
            "--to",
            "CHL/minister",
            "--report",
            "R-X",
            "--speaker",
            "ME",
        ],
    ),
    ("record-decision", &["decide", REPORT, "--to", "CHL/minister"]),
    ("read", &["report", "show", "R-X"]),
    ("read", &["report", "list"]),
    (
        "recall",
        &["recall", "order", "R-X", "--action", "purge", "--reason", "x"],
    ),
    ("recall", &["recall", "acknowledge", "rec-x"]),
    ("set-party", &["party", "add", "FRA"]),
    ("set-scheme", &["scheme", "remove", "x"]),
    (
        "set-person",
        &["person", "add", "GBR.CAB/other", "--citizenship", "GBR"],
    ),
    ("set-person", &["person", "disable", "GBR.CAB/nobody"]),
    ("set-roles", &["person", "add", "GBR.CAB/other", "--role", "analyst"]),
    ("enable-person", &["person", "enable", "GBR.CAB/nobody"]),
    ("set-audience", &["audience", "set", "them", "CHL/minister"]),
    ("set-rule", &["rule", "remove", "x"]),
    ("set-arrangement", &["arrangement", "add", "arrangement.json"]),
    ("exchange-files", &["outbox", "list"]),
    ("see-own-work", &["todo"]),
    ("see-own-work", &["account", "access"]),
    ("see-own-work", &["account", "end-access", "X"]),
    // Another's ways in are for whoever gives roles.
    ("set-roles", &["account", "end", "GBR.CAB/nobody"]),
    ("see-requests", &["request", "list"]),
    ("see-cases", &["incident", "list"]),
    ("see-partners", &["partner", "list"]),
    ("see-people", &["person", "list"]),
    ("see-ledger", &["ledger", "log"]),
];

/// What takes the passphrase, whoever is signed in.
const PASSPHRASE: &[&[&str]] = &[
    &["store", "export", "there"],
    &["store", "check"],
    &["passphrase", "change"],
    &["assure", "--for", "USA.SVC"],
    &["override", "list"],
    &["recall", "list"],
    &["party", "rotate"],
];

fn person(role: &str) -> String {
    format!("GBR.CAB/{role}")
}

/// A party with somebody in each role, all of them signed in at the command line.
fn staffed() -> (Desk, Served) {
    let desk = Desk::delivered();
    for (_, role) in ROLES {
        desk.ok("GBR.CAB", &["person", "add", &person(role), "--role", role]);
    }
    let node = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    for (_, role) in ROLES {
        let code = desk
            .ok("GBR.CAB", &["--json", "account", "invite", &person(role)])
            .json();
        let (secret, _) = join(&node, code["code"].as_str().unwrap(), role, PASSWORD);
        let said = login(&desk, role, PASSWORD, &digits_after(&secret, 1));
        assert_eq!(said.code, 0, "{}", said.err);
    }
    (desk, node)
}

fn login(desk: &Desk, role: &str, password: &str, digits: &str) -> Said {
    let place = desk.path(&format!("login-{role}"));
    let settings = [
        ("ENTENTE_LOGIN", place.to_str().unwrap()),
        ("ENTENTE_PASSWORD", password),
        ("ENTENTE_DIGITS", digits),
        ("ENTENTE_PASSPHRASE", "for a test"),
    ];
    desk.with(&["--data", "GBR.CAB", "login", role], "", &settings)
}

/// Types a command as somebody who is signed in.
fn typed(desk: &Desk, role: &str, arguments: &[&str]) -> Said {
    let place = desk.path(&format!("login-{role}"));
    let settings = [
        ("ENTENTE_LOGIN", place.to_str().unwrap()),
        ("ENTENTE_PASSPHRASE", "for a test"),
    ];
    let me = person(role);
    let arguments: Vec<&str> = arguments
        .iter()
        .map(|word| if *word == "ME" { me.as_str() } else { word })
        .collect();
    desk.with(&[&["--data", "GBR.CAB"], arguments.as_slice()].concat(), "", &settings)
}

fn is_meant(act: &str, letter: char) -> bool {
    let row = TABLE.iter().find(|(name, _)| *name == act);
    row.unwrap_or_else(|| panic!("{act} has no row")).1.contains(letter)
}

fn every_typed_cell(desk: &Desk, by: &str) {
    for (letter, role) in ROLES {
        for (act, arguments) in TYPED {
            let said = typed(desk, role, arguments);
            let refused = said.code == 3 && said.err.contains("may not do this: it takes the role");
            assert_eq!(
                !refused,
                is_meant(act, letter),
                "{by}: {role} {arguments:?}: {} {}{}",
                said.code,
                said.out,
                said.err
            );
        }
        for arguments in PASSPHRASE {
            let said = typed(desk, role, arguments);
            assert_eq!(
                (said.code, said.err.contains("entente logout")),
                (3, true),
                "{by}: {role} {arguments:?}: {}",
                said.err
            );
        }
    }
}

/// What an act of the interface is given, so that nothing but a role can refuse it for whom it is.
fn given(document: &Value, act: &str) -> Value {
    let schema = &document["paths"][format!("/api/v1/commands/{act}")]["post"]["requestBody"]["content"]["application/json"]
        ["schema"];
    let of = |name: &str| match schema["properties"][name]["type"].as_str() {
        Some("array") => json!(["X"]),
        Some("boolean") => json!(true),
        Some("number") => json!(3),
        Some(_) => json!("X"),
        None => json!({}),
    };
    let needed = schema["required"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap());
    needed
        .map(|name| (name.to_owned(), of(name)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn every_cell_of_the_interface(desk: &Desk, node: &Served) {
    let json_of = |path: &str| serde_json::from_slice::<Value>(&node.get(path).body).unwrap();
    let (document, roles) = (json_of("/api/v1/openapi.json"), json_of("/api/v1/roles"));
    assert_eq!(
        roles.as_object().unwrap().len(),
        TABLE.len(),
        "the table has a row more or less than is meant"
    );
    for (act, letters) in TABLE {
        let meant: Vec<&str> = ROLES
            .iter()
            .filter(|(letter, _)| letters.contains(*letter))
            .map(|(_, role)| *role)
            .collect();
        assert_eq!(roles[*act], json!(meant), "{act}");
    }
    let commands: Vec<String> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .filter_map(|path| Some(path.strip_prefix("/api/v1/commands/")?.to_owned()))
        .collect();
    for (letter, role) in ROLES {
        let name = format!("{role} act");
        let token = ["account", "token", &person(role), "--name", &name, "--scope", "act"];
        let token = typed(desk, role, &token);
        assert_eq!(token.code, 0, "{}", token.err);
        let bearer = format!("Bearer {}", token.out.trim());
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        for command in &commands {
            let operation = &document["paths"][format!("/api/v1/commands/{command}")]["post"];
            let says = operation["description"].as_str().unwrap();
            let act = support::web::between(says, "see `", "`").unwrap();
            let body = given(&document, command).to_string();
            let answer = node.ask(
                "POST",
                &format!("/api/v1/commands/{command}"),
                &headers,
                body.as_bytes(),
            );
            assert_eq!(
                answer.status != 403,
                is_meant(&act, letter),
                "{role} {command}: {} {}",
                answer.status,
                answer.text()
            );
        }
    }
}

#[test]
fn each_role_does_what_the_table_says_by_every_way_and_nothing_else() {
    let (desk, node) = staffed();
    every_cell_of_the_interface(&desk, &node);
    every_typed_cell(&desk, "socket");
    drop(node);
    every_typed_cell(&desk, "folder");
    assert!(desk.ok("GBR.CAB", &["store", "check"]).out.contains("ok"));
}

#[test]
fn whoever_signs_in_acts_as_themselves_and_the_passphrase_is_on_record() {
    let desk = Desk::delivered();
    desk.staff(
        &[("disclosure-officer", "disclosure-officer"), ("lane", "analyst")],
        &["GBR.CAB/disclosure-officer"],
    );
    let node = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    let code = desk
        .ok(
            "GBR.CAB",
            &["--json", "account", "invite", "GBR.CAB/disclosure-officer"],
        )
        .json();
    let (secret, _) = join(&node, code["code"].as_str().unwrap(), "disclosure-officer", PASSWORD);
    let next = digits_after(&secret, 1);
    for (name, password) in [("disclosure-officer", "wrong horse battery"), ("nobody", PASSWORD)] {
        let wrong = login(&desk, name, password, &next);
        assert_eq!(
            (wrong.code, wrong.err.contains("do not go together")),
            (3, true),
            "{}",
            wrong.err
        );
    }
    assert!(!desk.path("login-disclosure-officer").exists());
    assert_eq!(login(&desk, "disclosure-officer", PASSWORD, &next).code, 0);
    assert_eq!(
        login(&desk, "disclosure-officer", PASSWORD, &next).code,
        3,
        "digits count once"
    );
    let token = std::fs::read_to_string(desk.path("login-disclosure-officer")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(desk.path("login-disclosure-officer"))
            .unwrap()
            .permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    let kept = std::fs::read_to_string(desk.path("GBR.CAB/accounts.json")).unwrap();
    assert!(!kept.contains(token.trim()) && !node.log().contains(token.trim()));
    // What is shown is shown to them, and to nobody in their place.
    let shown = typed(
        &desk,
        "disclosure-officer",
        &["--json", "report", "show", REPORT, "--purpose", "threat-warning"],
    );
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.json()["withheld"].is_number(), "{}", shown.out);
    let other = typed(
        &desk,
        "disclosure-officer",
        &["report", "show", REPORT, "--as", "GBR.CAB/lane"],
    );
    assert_eq!(
        (
            other.code,
            other.err.contains("signed in as GBR.CAB/disclosure-officer")
        ),
        (3, true),
        "{}",
        other.err
    );
    let decided = typed(
        &desk,
        "disclosure-officer",
        &[
            "--json",
            "decide",
            REPORT,
            "--to",
            "CHL/foreign-minister",
            "--purpose",
            "threat-warning",
        ],
    );
    assert!(decided.json()["people"].is_array(), "{}{}", decided.out, decided.err);
    // Who did it stands in the event; nobody is named for another.
    let named = typed(
        &desk,
        "disclosure-officer",
        &["incident", "open", "--by", "GBR.CAB/lane", "--disclosure", "dis-x"],
    );
    assert_eq!(named.code, 1, "{}", named.err);
    assert!(named.err.contains("may not act for another"), "{}", named.err);
    assert_eq!(
        typed(
            &desk,
            "disclosure-officer",
            &["audience", "set", "them", "CHL/foreign-minister"]
        )
        .code,
        0
    );
    let of_lane = ["account", "token", "GBR.CAB/lane", "--name", "t", "--scope", "act"];
    assert_eq!(
        typed(&desk, "disclosure-officer", &of_lane).code,
        3,
        "nobody takes a token in another's name"
    );
    desk.ok("GBR.CAB", &["party", "add", "FRA"]);
    drop(node);
    let log = String::from_utf8(std::fs::read(exported(&desk)).unwrap()).unwrap();
    for part in [
        "\"person\":\"GBR.CAB/disclosure-officer\",\"by\":\"password and telephone, at the command line\"",
        "signed-in",
        "passphrase-used",
        "\"command\":\"party add\"",
    ] {
        assert!(log.contains(part), "{part}: {log}");
    }
    assert!(!log.contains(token.trim()));
    // A login ends with its end, with the person, and with nothing else.
    assert_eq!(
        typed(&desk, "disclosure-officer", &["todo"]).code,
        0,
        "a node that ends ends nobody's login"
    );
    desk.ok("GBR.CAB", &["account", "end", "GBR.CAB/disclosure-officer"]);
    let ended = typed(&desk, "disclosure-officer", &["todo"]);
    assert_eq!(
        (ended.code, ended.err.contains("not signed in any more")),
        (3, true),
        "{}",
        ended.err
    );
    assert_eq!(typed(&desk, "disclosure-officer", &["logout"]).code, 0);
    assert!(!desk.path("login-disclosure-officer").exists());
}

/// All events of the node, in the clear, in one file.
fn exported(desk: &Desk) -> std::path::PathBuf {
    desk.ok("GBR.CAB", &["store", "export", "all"]);
    let mut text = String::new();
    let mut folders = vec![desk.path("all")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            match entry.path().is_dir() {
                true => folders.push(entry.path()),
                false => {
                    let json = std::fs::read_to_string(entry.path()).unwrap_or_default();
                    let compact = serde_json::from_str::<Value>(&json).map(|value| value.to_string());
                    text.push_str(&compact.unwrap_or(json));
                }
            }
        }
    }
    let place = desk.path("all.txt");
    std::fs::write(&place, text).unwrap();
    place
}

#[test]
fn at_the_command_line_two_persons_release_what_an_arrangement_asks_two_for() {
    let desk = Desk::delivered();
    let roles = ["disclosure-officer", "deputy"];
    for name in roles {
        let role = ["person", "add", &person(name), "--role", "disclosure-officer"];
        // Nobody hands on what they may not read.
        let cleared = ["--citizenship", "GBR", "--clearance", "us-ic=S"];
        desk.ok("GBR.CAB", &[&role[..], &cleared].concat());
    }
    desk.write(
        "own.md",
        "---\nid: CAB-9\narrangements: [GBR-USA-2024]\n---\n(S//REL TO USA, GBR) A text of our own. {#one}\n",
    );
    desk.ok("GBR.CAB", &["report", "add", "own.md"]);
    desk.ok("GBR.CAB", &["arrangement", "narrow", "GBR-USA-2024", "--two-person"]);
    let node = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    for name in roles {
        let invite = ["--json", "account", "invite", &person(name)];
        let code = desk.ok("GBR.CAB", &invite).json();
        let (secret, _) = join(&node, code["code"].as_str().unwrap(), name, PASSWORD);
        assert_eq!(login(&desk, name, PASSWORD, &digits_after(&secret, 1)).code, 0);
    }
    drop(node);
    let deliver = ["--json", "deliver", "CAB-9", "--to", "USA.SVC"];
    let tried = typed(&desk, "deputy", &[&["--dry-run"], &deliver[1..]].concat());
    assert!(
        tried.code == 0 && tried.out.contains("would wait for a second person"),
        "{}{}",
        tried.out,
        tried.err
    );
    let waits = typed(&desk, "deputy", &deliver);
    assert_eq!(waits.code, 4, "{}{}", waits.out, waits.err);
    let id = waits.json()["waits"][0].as_str().unwrap().to_owned();
    let todo = typed(&desk, "disclosure-officer", &["todo"]);
    assert!(todo.out.contains(&id), "{}", todo.out);
    let shown = typed(&desk, "disclosure-officer", &["--json", "pending", "show", &id]).json();
    let approve = ["pending", "approve", &id, "--digest", shown["digest"].as_str().unwrap()];
    let own = typed(&desk, "deputy", &approve);
    assert!(
        own.code == 1 && own.err.contains("gave it themselves"),
        "{}{}",
        own.code,
        own.err
    );
    let done = typed(&desk, "disclosure-officer", &approve);
    assert!(
        done.code == 0 && done.out.contains("is carried out"),
        "{}{}",
        done.out,
        done.err
    );
    let list = typed(&desk, "deputy", &["pending", "list"]);
    assert!(list.out.contains("approved"), "{}", list.out);
    desk.receive("USA.SVC");
    assert!(desk.ok("USA.SVC", &["report", "list"]).out.contains("CAB-9"));
}
