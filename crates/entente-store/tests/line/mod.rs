//! A line between a node and a server that can be cut and slowed down.
#![allow(
    unreachable_pub,
    dead_code,
    clippy::unwrap_used,
    reason = "included by several programs"
)]

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Carries bytes both ways.
pub struct Line {
    port: u16,
    open: Arc<Mutex<Vec<TcpStream>>>,
    /// In milliseconds, for each piece.
    slow: Arc<AtomicU64>,
}

impl Line {
    /// A line to a port of this machine.
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let line = Self {
            port: listener.local_addr().unwrap().port(),
            open: Arc::default(),
            slow: Arc::default(),
        };
        let (open, slow) = (line.open.clone(), line.slow.clone());
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(("127.0.0.1", port)) else {
                    continue;
                };
                let _ = (near.set_nodelay(true), far.set_nodelay(true));
                let ends = [near.try_clone().unwrap(), far.try_clone().unwrap()];
                open.lock().unwrap().extend(ends);
                for (from, to) in [(near.try_clone().unwrap(), far.try_clone().unwrap()), (far, near)] {
                    let slow = slow.clone();
                    std::thread::spawn(move || carry(from, to, &slow));
                }
            }
        });
        line
    }

    /// Where it begins.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Cuts every connection.
    pub fn cut(&self) {
        for end in self.open.lock().unwrap().drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// From now on, every piece takes this long.
    pub fn slow(&self, time: Duration) {
        let time = u64::try_from(time.as_millis()).unwrap();
        self.slow.store(time, Ordering::Relaxed);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, slow: &AtomicU64) {
    let mut bytes = [0; 16 << 10];
    while let Ok(read) = from.read(&mut bytes) {
        std::thread::sleep(Duration::from_millis(slow.load(Ordering::Relaxed)));
        if read == 0 || to.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    let _ = (to.shutdown(Shutdown::Both), from.shutdown(Shutdown::Both));
}
