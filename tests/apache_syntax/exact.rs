//! Every byte of a file has its place in the tree, once.

use gwlint::source::Span;
use gwlint::tree::Tree;
use gwlint::tree::apache::joined;

use crate::tree_check;

/// All that holds of every tree holds, and between the parts of this one is nothing but white space and
/// whole continuations.
pub(crate) fn assert_exact(tree: &Tree) {
    assert_eq!(tree_check::check(tree), Ok(()), "{:?}", tree.text);
    let mut parts: Vec<Span> = tree.words.iter().map(|word| word.span).collect();
    for node in &tree.nodes {
        parts.push(node.name.span);
        if let Some(body) = node.body {
            parts.push(Span::new(node.head.lo, node.head.lo + 1));
            parts.extend([Some(body.open), body.close, body.raw].into_iter().flatten());
        }
    }
    parts.extend(tree.comments.iter().chain(&tree.skipped));
    parts.retain(|part| !part.is_empty());
    parts.sort_unstable();
    let end = tree.base + tree.text.len() as u32;
    let mut at = tree.base;
    for part in parts.iter().chain(&[Span::at(end)]) {
        assert!(at <= part.lo, "{:?} overlaps in {:?}", tree.slice(*part), tree.text);
        let gap = joined(tree.slice(Span::new(at, part.lo)));
        let blank = gap.chars().all(|char| char.is_ascii_whitespace() || char == '\x0B');
        assert!(blank && part.hi <= end, "{gap:?} is lost in {:?}", tree.text);
        at = part.hi;
    }
}
