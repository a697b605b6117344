//! The Apache parser: each fact of httpd's syntax, the corpus, and arbitrary bytes.

#![allow(clippy::expect_used)]

mod corpus;
mod exact;
mod facts;
mod faults;
#[path = "../common/corpus.rs"]
mod place;
mod random;
#[path = "../common/tree_check.rs"]
mod tree_check;

use std::fmt::Write as _;

use gwlint::tree::{Dialect, NodeRef, Tree};

/// The tree of a file of these bytes.
fn parse(bytes: &[u8]) -> Tree {
    tree_check::parse(bytes, Dialect::Apache)
}

/// A tree on one line: `Name(arg|arg){children}`.
fn outline(tree: &Tree) -> String {
    fn add(node: NodeRef<'_>, out: &mut String) {
        let args: Vec<_> = node.args().collect();
        write!(out, "{}({})", node.name(), args.join("|")).expect("a string takes all");
        if node.body().is_some() {
            out.push('{');
            node.children().for_each(|child| add(child, out));
            out.push('}');
        }
    }
    let mut out = String::new();
    tree.top().for_each(|node| add(node, &mut out));
    out
}
