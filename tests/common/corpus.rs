//! Where the public corpus lies. Use it in a test with `#[path = "../common/corpus.rs"] mod corpus;`.

use std::env;
use std::path::{Path, PathBuf};

/// `../shared/corpus` beside the project, or what `GWLINT_CORPUS` names. Where it is not there, that is said.
pub(crate) fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = env::var_os("GWLINT_CORPUS").map_or_else(beside, PathBuf::from);
    if corpus.join("index.tsv").is_file() {
        return Some(corpus);
    }
    eprintln!("LEFT OUT: {} holds no corpus", corpus.display());
    None
}
