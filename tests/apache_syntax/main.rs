//! The Apache parser: each fact of httpd's syntax, the corpus, and arbitrary bytes.

mod corpus;
mod exact;
mod facts;
mod faults;
mod random;

use std::fmt::Write as _;
use std::path::Path;

use gwlint::source::SourceMap;
use gwlint::tree::{Dialect, NodeRef, Tree};

/// The tree of a file of these bytes.
fn parse(bytes: &[u8]) -> Tree {
    let mut map = SourceMap::default();
    // A file in front, so that offsets in the file and in the address space differ.
    map.add(Path::new("before"), b"x".to_vec()).expect("small");
    let id = map.add(Path::new("f.conf"), bytes.to_vec()).expect("small");
    Tree::parse(id, Dialect::Apache, map.file(id))
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
