//! What an interface costs at the least: looks at the same token in the same file as a node does, and answers with bytes that
//! stand ready. `bare DATA FILE…` listens on a free port, which it prints, and answers `/0`, `/1`, … with the files; what is
//! posted is read. `benches/load` compares a node with it.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use entente_serve::Accounts;
use jiff::Timestamp;

struct Bare {
    accounts: Accounts,
    files: Vec<Bytes>,
}

async fn answer(State(bare): State<Arc<Bare>>, Path(number): Path<usize>, headers: HeaderMap, _: Bytes) -> Response {
    let said = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = said.and_then(|said| said.strip_prefix("Bearer "));
    let known = token.and_then(|token| bare.accounts.token(token, Timestamp::now()).ok().flatten());
    match (known, bare.files.get(number)) {
        (Some(_), Some(file)) => ([(header::CONTENT_TYPE, "application/json")], file.clone()).into_response(),
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args_os().skip(1).map(PathBuf::from);
    let data = words.next().ok_or("bare DATA FILE…")?;
    let files = words.map(|file| Ok(std::fs::read(file)?.into()));
    let bare = Arc::new(Bare {
        accounts: Accounts::of(&data),
        files: files.collect::<Result<_, std::io::Error>>()?,
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        let routes = Router::new().route("/{number}", any(answer)).with_state(bare);
        axum::serve(listener, routes).await?;
        Ok(())
    })
}
