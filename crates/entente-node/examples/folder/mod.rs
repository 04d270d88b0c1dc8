//! A node in a folder, as the tools of the benchmarks open it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use entente_node::{Node, SecretString, Surroundings};

/// The node in a folder, with the passphrase and the place of kept checkpoints as the command line has them.
pub(crate) fn opened(folder: &Path) -> Arc<Node> {
    let surroundings = Surroundings {
        heads: std::env::var_os("ENTENTE_HEADS").map(PathBuf::from),
        passphrase: Box::new(|| {
            std::env::var("ENTENTE_PASSPHRASE")
                .map(SecretString::from)
                .map_err(|e| e.to_string())
        }),
        tell: Arc::new(|text| eprintln!("{text}")),
    };
    Arc::new(Node::open(folder, surroundings).unwrap())
}
