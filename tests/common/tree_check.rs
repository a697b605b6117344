//! What must hold of every tree, whatever the text: nothing of the text is lost, and spans nest.
//!
//! Use it in a test with `#[path = "common/tree_check.rs"] mod tree_check;`.

use std::path::Path;

use gwlint::source::{FileId, SourceMap, Span};
use gwlint::tree::{Dialect, Node, NodeId, Tree};

/// Parses `bytes`, behind another file so that no offset is taken for a place in the address space.
pub(crate) fn parse(bytes: &[u8], dialect: Dialect) -> Tree {
    let mut map = SourceMap::default();
    map.add(Path::new("before"), b"before".to_vec()).expect("small");
    let id: FileId = map.add(Path::new("test"), bytes.to_vec()).expect("small");
    Tree::parse(id, dialect, map.file(id))
}

/// Says what is wrong with the spans of `tree`, if anything is.
pub(crate) fn check(tree: &Tree) -> Result<(), String> {
    check_nesting(tree)?;
    check_words(tree)?;
    check_cover(tree)?;
    check_errors(tree)
}

fn in_bounds(tree: &Tree, span: Span, what: &str) -> Result<(), String> {
    let (lo, hi) = (span.lo.wrapping_sub(tree.base) as usize, span.hi.wrapping_sub(tree.base) as usize);
    match tree.text.get(lo..hi) {
        Some(_) => Ok(()),
        None => Err(format!("{what} {span:?} is not in the text, or cuts a character")),
    }
}

fn ensure(holds: bool, node: &Node, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("{what}: {node:?}")) }
}

/// Nodes are in source order, `parent` and `end` agree, spans nest.
fn check_nesting(tree: &Tree) -> Result<(), String> {
    let mut open: Vec<NodeId> = Vec::new();
    let mut args = 0;
    for (index, node) in tree.nodes.iter().enumerate() {
        let id = index as u32;
        while open.last().is_some_and(|block| tree.nodes[block.0 as usize].end.0 <= id) {
            open.pop();
        }
        ensure(node.parent == open.last().copied(), node, "the parent is not the block it lies in")?;
        ensure(node.end.0 > id && node.end.0 <= tree.nodes.len() as u32, node, "the end is out of range")?;
        ensure(node.args.0 == args && node.args.1 >= args, node, "arguments of two nodes overlap or miss")?;
        args = node.args.1;
        if let Some(block) = node.parent {
            let block = &tree.nodes[block.0 as usize];
            ensure(node.end.0 <= block.end.0, node, "it ends behind its block")?;
            ensure(block.span.contains(node.span), node, "it does not lie in its block")?;
        }
        if let Some(next) = tree.nodes.get(node.end.0 as usize) {
            ensure(node.span.hi <= next.span.lo, node, "it overlaps its neighbour")?;
        }
        if node.end.0 > id + 1 {
            open.push(NodeId(id));
        }
    }
    if args as usize == tree.words.len() { Ok(()) } else { Err("a word belongs to no node".to_owned()) }
}

/// Words lie in heads, heads in nodes, all in the text.
fn check_words(tree: &Tree) -> Result<(), String> {
    for node in &tree.nodes {
        in_bounds(tree, node.span, "a node")?;
        in_bounds(tree, node.head, "a head")?;
        ensure(node.span.contains(node.head), node, "the head is not in the node")?;
        ensure(node.head.contains(node.name.span), node, "the name is not in the head")?;
        in_bounds(tree, node.name.span, "a name")?;
        let mut behind = node.name.span.hi;
        for word in &tree.words[node.args.0 as usize..node.args.1 as usize] {
            in_bounds(tree, word.span, "a word")?;
            ensure(node.head.contains(word.span), node, "a word is not in the head")?;
            ensure(word.span.lo >= behind, node, "words overlap")?;
            behind = word.span.hi;
        }
        if let Some(body) = node.body {
            for span in [Some(body.open), body.close, body.raw].into_iter().flatten() {
                in_bounds(tree, span, "a part of a body")?;
                ensure(node.span.contains(span), node, "its body is not in the node")?;
            }
        }
    }
    Ok(())
}

/// Every byte is in exactly one thing, or is white space or punctuation of the language.
fn check_cover(tree: &Tree) -> Result<(), String> {
    let mut parts: Vec<(Span, &str)> = Vec::new();
    parts.extend(tree.words.iter().map(|word| (word.span, "word")));
    parts.extend(tree.comments.iter().map(|&span| (span, "comment")));
    parts.extend(tree.skipped.iter().map(|&span| (span, "skipped text")));
    for node in &tree.nodes {
        parts.push((node.name.span, "name"));
        if let Some(body) = node.body {
            parts.push((body.open, "opening"));
            parts.extend(body.close.map(|span| (span, "closing")));
            parts.extend(body.raw.map(|span| (span, "raw text")));
        } else if tree.dialect == Dialect::Nginx && tree.slice(node.span).ends_with(';') {
            let end = Span::new(node.span.hi - 1, node.span.hi);
            if end.lo >= node.head.hi {
                parts.push((end, "terminator"));
            }
        }
    }
    parts.retain(|(span, _)| !span.is_empty());
    parts.sort_by_key(|&(span, _)| span);
    let mut behind = tree.base;
    for (span, what) in parts {
        in_bounds(tree, span, what)?;
        if span.lo < behind {
            return Err(format!("the {what} {:?} at {span:?} is in two things", tree.slice(span)));
        }
        check_gap(tree, Span::new(behind, span.lo))?;
        behind = span.hi;
    }
    check_gap(tree, Span::new(behind, tree.base + tree.text.len() as u32))
}

/// Text between all parts is white space, and what else the language writes there.
fn check_gap(tree: &Tree, gap: Span) -> Result<(), String> {
    let text = tree.slice(gap);
    let mine = |char| match tree.dialect {
        Dialect::Nginx => matches!(char, ' ' | '\t' | '\r' | '\n'),
        Dialect::Apache => char.is_ascii_whitespace() || matches!(char, '<' | '>' | '\\' | '\u{b}'),
        Dialect::Php | Dialect::Fpm => char.is_ascii_whitespace() || matches!(char, '[' | ']' | '='),
        Dialect::Service => true,
    };
    if text.chars().all(mine) { Ok(()) } else { Err(format!("{text:?} at {gap:?} is lost")) }
}

/// Errors and what would mend them point into the text.
fn check_errors(tree: &Tree) -> Result<(), String> {
    for error in &tree.errors {
        in_bounds(tree, error.span, "an error")?;
        if let Some(related) = error.related {
            in_bounds(tree, related, "what an error relates to")?;
        }
        if let Some((at, _)) = error.insert.clone() {
            in_bounds(tree, Span::at(at), "an insertion")?;
        }
    }
    Ok(())
}
