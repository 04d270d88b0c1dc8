//! A node that serves, and a browser that is as plain as can be.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Desk;

/// A party's node that serves, and ends with the test.
pub struct Served {
    child: Child,
    /// Where it listens.
    pub address: String,
    /// The code for the first account, where nobody could sign in yet.
    pub code: Option<String>,
    /// The link for it, or for the party that is to be made.
    pub link: Option<String>,
    log: std::sync::Arc<std::sync::Mutex<String>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Served {
    pub fn start(desk: &Desk, party: &str, more: &[&str]) -> Self {
        Self::start_with(desk, party, more, &[("ENTENTE_PASSPHRASE", "for a test")])
    }

    pub fn start_with(desk: &Desk, party: &str, more: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_entente"))
            .args(["--json", "--data", party, "serve"])
            .args(more)
            .current_dir(desk.0.path())
            .env("ENTENTE_HEADS", desk.path("heads"))
            .env_remove("ENTENTE_DATA")
            .env_remove("ENTENTE_PASSPHRASE")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let kept = log.clone();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let reader = std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let mut log = kept.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}{}", log.lock().unwrap()));
        let url = said["url"].as_str().unwrap();
        Self {
            address: url.split_once("://").unwrap().1.to_owned(),
            code: said["code"].as_str().map(str::to_owned),
            link: said["link"].as_str().map(str::to_owned),
            child,
            log,
            reader: Some(reader),
        }
    }

    /// What it has written for the operator.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([&format!("-{name}"), &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Ends it as an operator does; gives the exit code.
    pub fn stop(mut self) -> (Option<i32>, String) {
        self.signal("TERM");
        let code = self.child.wait().unwrap().code();
        self.reader.take().unwrap().join().unwrap();
        let log = self.log();
        (code, log)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            self.address
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if method != "GET" {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        // Whoever refuses a request need not read it.
        let _ = stream.write_all(body);
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all);
        Answer::parse(&all)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a node answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    fn parse(all: &[u8]) -> Self {
        let end = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(all.len());
        let head = String::from_utf8_lossy(&all[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .and_then(|word| word.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers: Vec<(String, String)> = headers
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let mut body = all.get(end + 4..).unwrap_or_default().to_vec();
        if headers
            .iter()
            .any(|(name, value)| name == "transfer-encoding" && value == "chunked")
        {
            body = unchunked(&body);
        }
        Self {
            status: status.unwrap_or_else(|| panic!("no answer: {head}")),
            headers,
            body,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// What is answered; of a page, without the isolates around names, which nobody sees. Of a file that is no text, what of it is.
    pub fn text(&self) -> String {
        let text = match self
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/cose"))
        {
            true => String::from_utf8_lossy(&self.body).into_owned(),
            false => String::from_utf8(self.body.clone()).unwrap(),
        };
        match self
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"))
        {
            true => text.replace(['\u{2068}', '\u{2069}'], ""),
            false => text,
        }
    }
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap().trim(), 16).unwrap();
        if size == 0 {
            break;
        }
        body.extend(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
    body
}

/// Waits until something holds, and says what did not.
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < Duration::from_secs(60), "{what}: waited for a minute");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A browser of one person, as plain as can be: a cookie, forms, and what browsers say of where a request comes from.
pub struct Browser<'n> {
    node: &'n Served,
    cookie: std::cell::RefCell<Option<String>>,
}

impl<'n> Browser<'n> {
    pub fn new(node: &'n Served) -> Self {
        Self {
            node,
            cookie: std::cell::RefCell::default(),
        }
    }

    /// Comes in by the link of a demonstration.
    pub fn as_person(desk: &Desk, node: &'n Served, person: &str) -> Self {
        let party = person.split_once('/').unwrap().0;
        let invited = desk
            .ok(party, &["--json", "account", "invite", person, "--demonstration"])
            .json();
        let browser = Self::new(node);
        let entered = browser.post(invited["path"].as_str().unwrap(), &[]);
        assert_eq!(entered.status, 303, "{}", entered.text());
        browser
    }

    /// The cookie of its session.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.borrow().clone()
    }

    fn headers<'h>(cookie: &'h Option<String>, site: &'h str) -> Vec<(&'h str, &'h str)> {
        let mut headers = vec![("sec-fetch-site", site)];
        headers.extend(cookie.as_deref().map(|cookie| ("cookie", cookie)));
        headers
    }

    /// Types an address.
    pub fn get(&self, path: &str) -> Answer {
        self.get_from("none", path)
    }

    /// Follows a link from some site.
    pub fn get_from(&self, site: &str, path: &str) -> Answer {
        let cookie = self.cookie.borrow().clone();
        self.node.ask("GET", path, &Self::headers(&cookie, site), b"")
    }

    /// Sends a form from a page of the node, with the fields as they are.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from("same-origin", path, fields)
    }

    pub fn post_from(&self, site: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let cookie = self.cookie.borrow().clone();
        let mut headers = Self::headers(&cookie, site);
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        let pair = |(name, value): &(&str, &str)| format!("{}={}", encoded(name), encoded(value));
        let body = fields.iter().map(pair).collect::<Vec<_>>().join("&");
        let answer = self.node.ask("POST", path, &headers, body.as_bytes());
        if let Some(set) = answer.header("set-cookie") {
            *self.cookie.borrow_mut() = set.split(';').next().map(str::to_owned);
        }
        answer
    }

    /// Sends a form with the token that the pages of this session bear.
    pub fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get("/nowhere").text();
        let token = between(&page, "name=\"form\" value=\"", "\"").expect("pages bear the session's token");
        self.post(path, &[fields, &[("form", &token)]].concat())
    }
}

impl Browser<'_> {
    /// Sends a form with a file, as browsers do, with the token that the pages of this session bear.
    pub fn upload(&self, path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answer {
        let page = self.get("/nowhere").text();
        let token = between(&page, "name=\"form\" value=\"", "\"").expect("pages bear the session's token");
        self.upload_with(path, &[fields, &[("form", &token)]].concat(), file)
    }

    /// The same with the fields as they are.
    pub fn upload_with(&self, path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answer {
        const LINE: &str = "----entente7f3a";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--{LINE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.bytes());
        }
        let (name, bytes) = file.unwrap_or(("", b""));
        let part = format!(
            "--{LINE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: \
             application/octet-stream\r\n\r\n"
        );
        body.extend(part.bytes());
        body.extend(bytes);
        body.extend(format!("\r\n--{LINE}--\r\n").bytes());
        let cookie = self.cookie.borrow().clone();
        let mut headers = Self::headers(&cookie, "same-origin");
        let kind = format!("multipart/form-data; boundary={LINE}");
        headers.push(("content-type", &kind));
        self.node.ask("POST", path, &headers, &body)
    }
}

fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// The text between two others.
pub fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let rest = text.split_once(before)?.1;
    Some(rest.split_once(after)?.0.to_owned())
}

/// The six digits that a telephone shows now for a secret in base 32.
pub fn digits(secret: &str) -> String {
    digits_after(secret, 0)
}

/// Makes an account with a code; gives the telephone's secret and what the last page says.
pub fn join(node: &Served, code: &str, name: &str, password: &str) -> (String, String) {
    let browser = Browser::new(node);
    let fields = [
        ("code", code),
        ("name", name),
        ("password", password),
        ("again", password),
    ];
    let page = browser.post("/join", &fields);
    assert_eq!(page.status, 200, "{}", page.text());
    let secret = between(&page.text(), "<p class=\"secret\">", "<").unwrap();
    let key = between(&page.text(), "name=\"key\" value=\"", "\"").unwrap();
    let made = browser.post("/join/confirm", &[("key", &key), ("digits", &digits(&secret))]);
    assert_eq!(made.status, 200, "{}", made.text());
    (secret, made.text())
}

/// The digits that it shows some half minutes later: those of the next one are taken as well.
pub fn digits_after(secret: &str, steps: u64) -> String {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = secret
        .chars()
        .map(|c| format!("{:05b}", letters.find(c).unwrap()))
        .collect();
    let key: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|eight| u8::from_str_radix(std::str::from_utf8(eight).unwrap(), 2).unwrap())
        .collect();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = ring::hmac::sign(&key, &(now / 30 + steps).to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let four: [u8; 4] = tag.as_ref()[at..at + 4].try_into().unwrap();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}
