//! The PostgreSQL server that `tests-foreign/run-stores.sh` has started for the tests.
#![allow(
    unreachable_pub,
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "included by several programs"
)]

use std::path::PathBuf;
use std::process::Command;

use entente_store::Address;

/// A server, and how it is started and stopped.
#[derive(Clone)]
pub struct Server {
    pub bin: PathBuf,
    pub dir: PathBuf,
    pub port: u16,
}

impl Server {
    /// The one that the script has started.
    pub fn of_the_script() -> Self {
        let said =
            std::env::var("ENTENTE_TEST_POSTGRES").expect("tests-foreign/run-stores.sh starts a server and says where");
        let [bin, dir, port] = said.split(' ').collect::<Vec<_>>()[..] else {
            panic!("ENTENTE_TEST_POSTGRES is not `BIN DIR PORT`")
        };
        Self {
            bin: bin.into(),
            dir: dir.into(),
            port: port.parse().unwrap(),
        }
    }

    /// Another one, which nobody else stops or fills.
    pub fn another(&self, name: &str, port: u16) -> Self {
        let other = Self {
            dir: self.dir.parent().unwrap().join(name),
            port: self.port + port,
            bin: self.bin.clone(),
        };
        other.does("make");
        other.does("start");
        other
    }

    /// Has `tests-foreign/stores/server` do something.
    pub fn does(&self, what: &str) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests-foreign/stores/server");
        let (port, bin, dir) = (self.port.to_string(), &self.bin, &self.dir);
        let mut command = Command::new(script);
        command.arg(bin).arg(dir).args([port.as_str(), what]);
        // What the server inherits is not to keep the test's pipes open.
        command
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null());
        assert!(command.status().unwrap().success(), "{what} failed");
    }

    /// Whether it does not answer.
    pub fn is_down(&self) -> bool {
        std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err()
    }

    /// Has the server carry out statements, in a database.
    pub fn says(&self, database: &str, statements: &str) -> String {
        let output = Command::new(self.bin.join("psql"))
            .args([
                "-h",
                "127.0.0.1",
                "-U",
                "postgres",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
            ])
            .args(["-p", &self.port.to_string(), "-d", database, "-c", statements])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A new database.
    pub fn database(&self, name: &str) -> Address {
        self.says("postgres", &format!("CREATE DATABASE {name}"));
        self.address(name, "")
    }

    /// The address of a database.
    pub fn address(&self, name: &str, options: &str) -> Address {
        let text = format!("postgresql://postgres@127.0.0.1:{}/{name}{options}", self.port);
        text.parse().unwrap()
    }
}
