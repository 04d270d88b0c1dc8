//! What programs are told as it happens.

use crate::commands::{get, serving};
use crate::support;

use support::web::Served;
use support::{OFFICER, REPORT};

/// Reads a stream for a while: all that was said, without what seals its ids; and the last id.
fn streamed(node: &Served, token: &str, last: Option<&str>, done: impl Fn(&str) -> bool) -> (String, Option<String>) {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(&node.address).unwrap();
    let wait = std::time::Duration::from_millis(200);
    stream.set_read_timeout(Some(wait)).unwrap();
    let last = last.map_or_else(String::new, |id| format!("last-event-id: {id}\r\n"));
    let head = format!("GET /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n{last}\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let (since, mut all) = (std::time::Instant::now(), Vec::new());
    let mut part = [0; 4096];
    while since.elapsed() < std::time::Duration::from_secs(20) && !done(&String::from_utf8_lossy(&all)) {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(read) => all.extend_from_slice(&part[..read]),
            Err(_) => {}
        }
    }
    let text = String::from_utf8_lossy(&all).into_owned();
    let id = text
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("id: ").map(str::to_owned));
    let kept: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("event: ") || line.starts_with("data: "))
        .collect();
    (kept.join("\n"), id)
}

#[test]
fn a_stream_tells_what_there_is_to_do_and_goes_on_where_it_broke_off() {
    let (desk, node) = serving();
    let (officer, analyst) = (desk.token(OFFICER, "read"), desk.token("GBR.CAB/desk-analyst", "read"));
    assert_eq!(get(&node, &desk.token(OFFICER, "act"), "/api/v1/events").status, 403);
    assert_eq!(node.get("/api/v1/events").status, 401);
    let order = [
        "recall",
        "order",
        REPORT,
        "--action",
        "retain-warn",
        "--reason",
        "wrong",
    ];
    desk.ok("USA.SVC", &order);
    std::thread::scope(|scope| {
        let reads = scope.spawn(|| {
            streamed(&node, &officer, None, |text| {
                text.contains("recall-to-follow") && text.contains("event: told")
            })
        });
        std::thread::sleep(std::time::Duration::from_millis(500));
        desk.receive("GBR.CAB");
        let (said, id) = reads.join().unwrap();
        assert!(
            said.contains("event: todo") && said.contains("recall-to-follow"),
            "{said}"
        );
        // Nothing of it is said twice; another caller's id is nothing to go on from.
        let id = id.unwrap();
        let quiet = |text: &str| text.contains(": here");
        assert_eq!(streamed(&node, &officer, Some(&id), quiet).0, "");
        let other = streamed(&node, &analyst, Some(&id), quiet).0;
        assert!(!other.contains("recall-to-follow"), "{other}");
        // What is done is said, and the stream ends with its token.
        let known = desk.ok("GBR.CAB", &["--json", "recall", "list"]).json();
        let recall = known[0]["id"].as_str().unwrap().to_owned();
        let (node, officer) = (&node, &officer);
        let reads = scope.spawn(move || streamed(node, officer, Some(&id), |text| text.contains("event: done")));
        desk.ok("GBR.CAB", &["recall", "acknowledge", &recall, "--statement", "seen"]);
        assert!(reads.join().unwrap().0.contains("event: done"));
        let since = std::time::Instant::now();
        let reads = scope.spawn(move || streamed(node, officer, None, |_| false));
        std::thread::sleep(std::time::Duration::from_millis(1500));
        desk.ok("GBR.CAB", &["account", "end-token", &format!("{OFFICER} read")]);
        reads.join().unwrap();
        assert!(since.elapsed().as_secs() < 15, "it did not end");
    });
    // A node that is stopped does not wait for whoever listens.
    let fresh = desk.token("GBR.CAB/chief", "read");
    let since = std::time::Instant::now();
    std::thread::scope(|scope| {
        let reads = scope.spawn(|| streamed(&node, &fresh, None, |_| false));
        std::thread::sleep(std::time::Duration::from_millis(500));
        node.signal("TERM");
        reads.join().unwrap();
    });
    assert!(since.elapsed().as_secs() < 9, "{:?}", since.elapsed());
}
