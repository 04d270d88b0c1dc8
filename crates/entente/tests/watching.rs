//! Texts that are watched for: feeds at addresses and in files.

use crate::support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

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
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
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
