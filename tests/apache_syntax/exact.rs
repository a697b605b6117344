//! Every byte of a file has its place in the tree, once.

use gwlint::source::Span;
use gwlint::tree::Tree;
use gwlint::tree::apache::joined;

/// Every byte is part of a name, an argument, punctuation, a comment, skipped text, white space or a
/// continuation; nothing overlaps; nodes hold what they say they hold.
pub(crate) fn assert_exact(tree: &Tree) {
    assert_covered(tree);
    assert_nested(tree);
    let whole = Span::new(tree.base, tree.base + tree.text.len() as u32);
    for span in tree.errors.iter().flat_map(|error| [Some(error.span), error.related]).flatten() {
        assert!(whole.contains(span));
        assert!(span.is_empty() || !tree.slice(span).is_empty(), "{span:?} splits a character");
    }
}

fn assert_covered(tree: &Tree) {
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

fn assert_nested(tree: &Tree) {
    for (index, node) in tree.nodes.iter().enumerate() {
        assert!(node.span.contains(node.head) && node.head.contains(node.name.span));
        assert!(index < node.end.0 as usize && node.end.0 as usize <= tree.nodes.len());
        if let Some(parent) = node.parent.map(|id| &tree.nodes[id.0 as usize]) {
            assert!(parent.span.contains(node.span) && node.end <= parent.end, "{:?}", tree.text);
        }
    }
    assert!(tree.top().eq(tree.all().filter(|node| node.parent().is_none())));
    for node in tree.all() {
        assert!(node.children().all(|child| child.parent() == Some(node)));
    }
}
