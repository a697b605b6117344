//! The same tree, written otherwise.

use crate::trees::Tree;

/// The tree with every line ended by CRLF; `None` where some are already, and where it would be another tree: to nginx
/// a backslash at the end of a line is one before the CR.
pub(crate) fn with_crlf(tree: &Tree) -> Option<Tree> {
    let escapes = |bytes: &[u8]| bytes.windows(2).any(|pair| pair == b"\\\n");
    if tree.files.values().any(|bytes| bytes.contains(&b'\r') || escapes(bytes)) {
        return None;
    }
    let mut tree = tree.clone();
    tree.name.push_str(" with CRLF");
    for bytes in tree.files.values_mut() {
        *bytes = crlf(bytes);
    }
    Some(tree)
}

/// `bytes` with CR before every LF.
pub(crate) fn crlf(bytes: &[u8]) -> Vec<u8> {
    bytes.split_inclusive(|&byte| byte == b'\n').flat_map(line).collect()
}

fn line(line: &[u8]) -> Vec<u8> {
    match line.strip_suffix(b"\n") {
        Some(line) => [line, b"\r\n"].concat(),
        None => line.to_vec(),
    }
}
