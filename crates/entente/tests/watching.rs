//! Texts that are watched for: files, and feeds at addresses and in files.

use crate::support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use support::{Desk, Said};

const FACTS: &str = r#"[{"id": "gate", "text": "The north gate has two guards.", "slots": [
    {"name": "gate", "any": ["north gate"], "mandatory": true}, {"name": "guards", "any": ["guard*"], "mandatory": true}]}]"#;

fn rss(items: &[&str]) -> String {
    let item = |text: &&str| format!("<item><title>Note</title><description>{text}</description></item>");
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>News</title>{}</channel></rss>",
        items.iter().map(item).collect::<String>()
    )
}

/// A web server that answers from a table of paths; one of another machine's, which knows nothing of the program.
struct Site {
    address: String,
    feed: Arc<Mutex<(String, String)>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let site = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            feed: Arc::default(),
            asked: Arc::default(),
        };
        let (feed, asked) = (site.feed.clone(), site.asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let head: Vec<String> = lines
                    .map_while(Result::ok)
                    .take_while(|line| !line.is_empty())
                    .collect();
                let (tag, body) = feed.lock().unwrap().clone();
                let known = head.iter().any(|line| *line == format!("if-none-match: \"{tag}\""));
                let answer = match head.first().and_then(|line| line.split(' ').nth(1)) {
                    Some("/rss") if known => "HTTP/1.1 304 Not Modified\r\ncontent-length: 0\r\n\r\n".to_owned(),
                    Some("/rss") => format!(
                        "HTTP/1.1 200 OK\r\netag: \"{tag}\"\r\ncontent-type: application/rss+xml\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    ),
                    Some("/moved") => {
                        "HTTP/1.1 301 Moved\r\nlocation: http://192.0.2.1/secret\r\ncontent-length: 0\r\n\r\n"
                            .to_owned()
                    }
                    _ => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
                };
                asked.lock().unwrap().push(head.join("\n"));
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        site
    }

    fn set(&self, tag: &str, items: &[&str]) {
        *self.feed.lock().unwrap() = (tag.to_owned(), rss(items));
    }
}

fn feeds(desk: &Desk, more: &[&str]) -> Said {
    let fixed = ["--json", "watch", "feeds", "--facts", "facts.json", "list"];
    desk.run(&[&fixed[..], more].concat())
}

fn quotes(said: &Said) -> Vec<String> {
    let lines = said
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let found = lines.filter_map(|line| line["spans"][0]["quote"].as_str().map(str::to_owned));
    found.collect()
}

#[test]
fn feeds_are_polled_by_address_and_by_file_and_what_is_new_is_told_once() {
    let (desk, site) = (Desk::new(), Site::start());
    desk.write("facts.json", FACTS);
    desk.write("own.xml", &rss(&["The guards at the north gate sleep."]));
    desk.write(
        "list",
        &format!(
            "# ours\nown.xml\n{0}/rss\n{0}/moved\n{0}/none\ngopher://old.example/1\n",
            site.address
        ),
    );
    site.set("1", &["The north gate has two guards at night.", "Rain is expected."]);
    let first = feeds(&desk, &["--once", "--seen", "seen"]);
    assert_eq!(first.code, 1, "what cannot be read is no success: {}", first.err);
    assert_eq!(quotes(&first).len(), 2, "{}", first.out);
    for said in [
        "/moved: it answered 301",
        "it is at http://192.0.2.1/secret now",
        "/none: it answered 404",
        "gopher",
    ] {
        assert!(first.err.contains(said), "{said}: {}", first.err);
    }
    site.set(
        "2",
        &[
            "Guards left the north gate at six.",
            "The north gate has two guards at night.",
        ],
    );
    let second = feeds(&desk, &["--once", "--seen", "seen"]);
    let told = quotes(&second);
    assert!(told.len() == 1 && told[0].contains("Guards left"), "{told:?}");
    assert!(
        !std::fs::read_to_string(desk.path("seen")).unwrap().contains("gate"),
        "no words of texts are kept"
    );
    // Without a memory of its own, each start begins anew.
    assert_eq!(quotes(&feeds(&desk, &["--once"])).len(), 3);
}

#[test]
fn a_feed_that_did_not_change_is_not_sent_again() {
    let (desk, site) = (Desk::new(), Site::start());
    desk.write("facts.json", FACTS);
    desk.write("list", &format!("{}/rss\n", site.address));
    site.set("1", &["The north gate has two guards at night."]);
    let mut watching = std::process::Command::new(env!("CARGO_BIN_EXE_entente"))
        .current_dir(desk.0.path())
        .args([
            "--json",
            "watch",
            "feeds",
            "--facts",
            "facts.json",
            "list",
            "--every",
            "1",
        ])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    assert!(first.contains("two guards at night"), "{first}");
    // Looked at again, nothing is told; when it changes, what is new is.
    while site.asked.lock().unwrap().len() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(site.asked.lock().unwrap()[1].contains("if-none-match: \"1\""));
    site.set(
        "2",
        &[
            "Guards left the north gate at six.",
            "The north gate has two guards at night.",
        ],
    );
    let told = lines
        .map(Result::unwrap)
        .find(|line| line.contains("\"spans\""))
        .unwrap();
    watching.kill().unwrap();
    watching.wait().unwrap();
    assert!(told.contains("Guards left"), "{told}");
}

#[test]
fn texts_are_watched_for_facts_that_an_analyst_described() {
    let desk = Desk::new();
    let hidden = desk.with_input(&["watch", "hide"], "Port Marrow\n").json();
    let facts = serde_json::json!([
        {"id": "place", "text": "Reporting was collected in Port Marrow.", "slots": [
            {"name": "collection", "any": ["collected", "gathered", "reports"], "mandatory": true},
            {"name": "town", "any": ["Port Marrow"], "mandatory": true}]},
        {"id": "town", "text": "The town.", "slots": [], "values": [hidden]},
        {"id": "never", "text": "The method was a telephone tap.", "slots": [
            {"name": "method", "any": ["tap", "telephone"], "mandatory": true}, {"name": "used", "any": ["method"], "mandatory": true}]},
    ]);
    desk.write("facts.json", &facts.to_string());
    desk.write(
        "news.txt",
        "Officials said on Monday that the reports were gathered in Port Marrow. They did not describe the method.\n",
    );
    let said = desk.run(&["--json", "watch", "scan", "--facts", "facts.json", "news.txt"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let lines: Vec<Value> = said
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let text = std::fs::read_to_string(desk.path("news.txt")).unwrap();
    let mut found: Vec<&str> = lines.iter().filter_map(|line| line["fact"].as_str()).collect();
    found.sort_unstable();
    assert_eq!(found, ["place", "town"]);
    for span in lines.iter().filter_map(|line| line["spans"].as_array()).flatten() {
        let at = |key: &str| usize::try_from(span[key].as_u64().unwrap()).unwrap();
        assert_eq!(&text[at("start")..at("end")], span["quote"].as_str().unwrap());
    }
    assert!(lines.last().unwrap()["summary"].is_object());
    let proposed = desk
        .run(&[
            "watch",
            "propose",
            "--id",
            "f",
            "The courier crosses the bridge at Narev on 3 May.",
        ])
        .json();
    assert!(
        proposed["slots"].as_array().is_some_and(|slots| slots.len() >= 2),
        "{proposed}"
    );
}

#[test]
fn r1_one_file_that_cannot_be_read_stops_none_of_the_others() {
    let desk = Desk::new();
    desk.write(
        "facts.json",
        r#"[{"id":"f","slots":[{"name":"gate","any":["gate"],"mandatory":true},{"name":"guards","any":["guards"]}]}]"#,
    );
    desk.write("good.txt", "The gate has two guards.");
    desk.write("bad.txt", "binary\0data");
    let said = desk.run(&[
        "--json",
        "watch",
        "scan",
        "--facts",
        "facts.json",
        "bad.txt",
        "missing.txt",
        "good.txt",
    ]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.out.contains("\"file\":\"good.txt\""), "{}", said.out);
    for unread in ["bad.txt", "missing.txt"] {
        assert!(said.err.contains(unread), "{}", said.err);
    }
    let said = desk.run(&[
        "watch",
        "explain",
        "--facts",
        "facts.json",
        "good.txt",
        "--sentence",
        "1",
    ]);
    assert_eq!(said.json()["decisions"][0]["status"], "asserted");
    let said = desk.run(&[
        "watch",
        "explain",
        "--facts",
        "facts.json",
        "good.txt",
        "--sentence",
        "9",
    ]);
    assert_eq!(said.code, 5, "{}", said.err);
    let said = desk.run(&["watch", "scan", "--facts", "facts.json", "--lang", "xx", "good.txt"]);
    assert_eq!(said.code, 2, "{}", said.err);
}
