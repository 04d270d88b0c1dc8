//! A running node carries out the commands of its folder as a user types them, and without one they do it themselves.

#![cfg(target_os = "linux")]
use crate::support;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use support::{Desk, REPORT};

/// A node that runs for as long as this lives.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn started(desk: &Desk, data: &str, settings: &[(&str, &Path)]) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(["--data", data, "node"])
        .current_dir(desk.0.path())
        .env("ENTENTE_HEADS", desk.path("heads"))
        .env("ENTENTE_PASSPHRASE", "for a test")
        .env_remove("ENTENTE_DATA")
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    said.read_line(&mut line).unwrap();
    assert!(line.contains("commands in"), "{line}{:?}", {
        let mut rest = String::new();
        let _ = said.read_to_string(&mut rest);
        rest
    });
    // Its later words are read by nobody, and must not stop it.
    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    Running(child)
}

/// A command that could not sign by itself, typed in another folder.
fn typed(folder: &Path, data: &Path, arguments: &[&str], input: &str, settings: &[(&str, &Path)]) -> support::Said {
    let mut child = Command::new(env!("CARGO_BIN_EXE_entente"))
        .arg("--data")
        .arg(data)
        .args(arguments)
        .current_dir(folder)
        .env("ENTENTE_PASSPHRASE", "not the passphrase")
        .env_remove("ENTENTE_HEADS")
        .env_remove("ENTENTE_OUT")
        .env_remove("ENTENTE_DATA")
        .envs(settings.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    support::Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_command_says_the_same_through_a_node() {
    let desk = Desk::delivered();
    let questions: [&[&str]; 6] = [
        &["report", "list"],
        &["--json", "report", "show", REPORT],
        &["report", "list", "--as", "GBR.CAB/nobody"],
        &["--json", "party", "list"],
        &["report", "show", "NO-SUCH"],
        &["decide", "--report", REPORT, "--audience", "no-such-audience"],
    ];
    let alone = questions.map(|question| desk.run(&[&["--data", "GBR.CAB"], question].concat()));
    let _node = started(&desk, "GBR.CAB", &[]);
    for (question, alone) in questions.iter().zip(alone) {
        let served = desk.run(&[&["--data", "GBR.CAB"], *question].concat());
        assert_eq!(
            (served.code, served.out, served.err),
            (alone.code, alone.out, alone.err),
            "{question:?}"
        );
    }
}

#[test]
fn a_node_signs_reads_files_and_writes_where_the_command_was_typed() {
    let desk = Desk::new();
    desk.parties();
    let _node = started(&desk, "USA.SVC", &[]);
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::copy(desk.path("report.md"), elsewhere.path().join("mine.md")).unwrap();
    let usa = desk.path("USA.SVC");
    let type_here = |arguments: &[&str], input: &str| typed(elsewhere.path(), &usa, arguments, input, &[]);
    let added = type_here(&["report", "add", "mine.md"], "");
    assert_eq!(added.code, 0, "{}", added.err);
    // By its own passphrase the command could not have sealed anything.
    let sent = type_here(&["--out", "post", "deliver", REPORT, "--to", "GBR.CAB"], "");
    assert_eq!(sent.code, 0, "{}", sent.err);
    let file = sent.out.trim().rsplit(' ').next().unwrap();
    assert!(
        file.starts_with("post/") && elsewhere.path().join(file).exists(),
        "{}",
        sent.out
    );
    let text = std::fs::read_to_string(desk.path("report.md")).unwrap();
    let unchanged = type_here(&["report", "add", "-"], &text);
    assert_ne!(unchanged.code, 0, "{}", unchanged.out);
    let missing = type_here(&["report", "add", "not-here.md"], "");
    assert_eq!(missing.code, 5, "{}", missing.err);
    let usage = type_here(&["report", "shout"], "");
    assert_eq!(usage.code, 2, "{}", usage.err);
}

#[test]
fn commands_at_once_are_all_carried_out() {
    let desk = Desk::new();
    desk.found("USA.SVC");
    let _node = started(&desk, "USA.SVC", &[]);
    std::thread::scope(|scope| {
        for n in 0..12 {
            let desk = &desk;
            scope.spawn(move || desk.ok("USA.SVC", &["party", "add", &format!("P-{n}")]));
        }
    });
    let all = desk.ok("USA.SVC", &["--json", "party", "list"]).json();
    assert_eq!(all.as_array().unwrap().len(), 13);
    assert!(desk.ok("USA.SVC", &["store", "check"]).out.contains("ok"));
}

#[test]
fn a_socket_that_was_left_behind_stops_nobody() {
    let desk = Desk::new();
    desk.found("USA.SVC");
    drop(started(&desk, "USA.SVC", &[]));
    assert!(desk.path("USA.SVC/node.sock").exists(), "a killed node leaves it");
    desk.ok("USA.SVC", &["party", "add", "GBR.CAB"]);
    let _node = started(&desk, "USA.SVC", &[]);
    desk.ok("USA.SVC", &["party", "add", "FRA"]);
    let second = desk.run(&["--data", "USA.SVC", "node"]);
    assert_eq!(second.code, 1, "{}", second.err);
    assert!(second.err.contains("in use"), "{}", second.err);
}

#[test]
fn a_folder_with_a_long_name_has_its_socket_elsewhere() {
    let desk = Desk::new();
    desk.found("USA.SVC");
    let long: PathBuf = std::iter::repeat_n("a-folder-with-a-long-name", 5).collect();
    std::fs::create_dir_all(desk.0.path().join(&long)).unwrap();
    std::fs::rename(desk.path("USA.SVC"), desk.0.path().join(&long).join("usa")).unwrap();
    let data = long.join("usa");
    let runtime = desk.path("run");
    std::fs::create_dir(&runtime).unwrap();
    let settings: [(&str, &Path); 1] = [("XDG_RUNTIME_DIR", &runtime)];
    let _node = started(&desk, data.to_str().unwrap(), &settings);
    let added = typed(desk.0.path(), &data, &["ledger", "publish"], "", &settings);
    assert_eq!(added.code, 0, "only the node has the passphrase: {}", added.err);
    assert_eq!(std::fs::read_dir(&runtime).unwrap().count(), 1);
}

#[test]
fn what_is_no_command_is_not_listened_to() {
    let desk = Desk::new();
    desk.found("USA.SVC");
    let _node = started(&desk, "USA.SVC", &[]);
    let place = desk.path("USA.SVC/node.sock");
    for said in [
        &b"\0\0\0\x02{}"[..],
        b"\xff\xff\xff\xff",
        b"GET / HTTP/1.1\r\n\r\n",
        b"",
    ] {
        let mut stream = UnixStream::connect(&place).unwrap();
        let _ = stream.write_all(said);
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    }
    desk.ok("USA.SVC", &["party", "list"]);
}

#[test]
fn a_wrong_passphrase_is_found_out_at_the_start() {
    let desk = Desk::new();
    desk.found("USA.SVC");
    let heads = desk.path("heads");
    let heads: [(&str, &Path); 1] = [("ENTENTE_HEADS", &heads)];
    let refused = typed(desk.0.path(), &desk.path("USA.SVC"), &["node"], "", &heads);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("passphrase"), "{}", refused.err);
}
