use std::path::Path;

use super::*;
use crate::source::{FileId, SourceMap};
use crate::tree::{Body, Node, NodeId, Quote, Tree, Word};

/// A tree whose nodes are given by their text, in source order; what lies inside another is its child.
/// Good enough for these tests, and none of the parsers is needed to write it.
fn tree(dialect: Dialect, text: &str, nodes: &[&str]) -> Tree {
    let mut map = SourceMap::default();
    map.add(Path::new("before"), b"something before".to_vec()).expect("small");
    let id = map.add(Path::new("f"), text.as_bytes().to_vec()).expect("small");
    let mut tree = Tree::new(id, dialect, map.file(id));
    assert_eq!(id, FileId(1));
    let mut from = 0;
    for &whole in nodes {
        let lo = from + text[from..].find(whole).expect("nodes in source order");
        from = lo + 1;
        let span = Span::new(tree.base + lo as u32, tree.base + (lo + whole.len()) as u32);
        let id = NodeId(tree.nodes.len() as u32);
        let inside = |node: &Node| node.body.is_some() && node.span.contains(span);
        let parent = tree.nodes.iter().rposition(inside).map(|index| NodeId(index as u32));
        let node = node(&mut tree, whole, span, parent, id);
        tree.nodes.push(node);
        for node in &mut tree.nodes {
            if node.span.contains(span) {
                node.end = NodeId(id.0 + 1);
            }
        }
    }
    tree
}

fn node(tree: &mut Tree, whole: &str, span: Span, parent: Option<NodeId>, id: NodeId) -> Node {
    let marks: &[char] = &['{', '>', ']'];
    let open = whole.find(marks);
    let head = &whole[..open.or(whole.find(';')).unwrap_or(whole.len())];
    let at = |text: &str| {
        let lo = span.lo + (text.as_ptr() as usize - whole.as_ptr() as usize) as u32;
        Word { span: Span::new(lo, lo + text.len() as u32), quote: Quote::None }
    };
    let mut words = head.split([' ', '=', '<', '[', '\n']).filter(|word| !word.is_empty()).map(at);
    let name = words.next().expect("a name");
    let first = tree.words.len() as u32;
    tree.words.extend(words);
    let close = whole.rfind(['}', '<']).filter(|&at| at > 0);
    let offset = |at: usize| span.lo + at as u32;
    let body = open.map(|open| Body {
        open: Span::new(offset(open), offset(open + 1)),
        close: close.map(|close| Span::new(offset(close), span.hi)),
        raw: None,
    });
    let args = (first, tree.words.len() as u32);
    let head = Span::new(span.lo, offset(head.trim_end().len()));
    Node { name, args, span, head, body, parent, end: NodeId(id.0 + 1) }
}

fn apply(tree: &Tree, edit: &Edit) -> String {
    let (lo, hi) = (edit.span.lo - tree.base, edit.span.hi - tree.base);
    let mut text = tree.text.to_string();
    text.replace_range(lo as usize..hi as usize, &edit.text);
    text
}

/// The text after an edit of the last of `nodes`.
#[track_caller]
fn check(
    dialect: Dialect,
    text: &str,
    nodes: &[&str],
    edit: impl Fn(NodeRef<'_>) -> Option<Edit>,
    expected: &str,
) {
    let tree = tree(dialect, text, nodes);
    let node = tree.node(NodeId(tree.nodes.len() as u32 - 1));
    let edit = edit(node).expect("an edit");
    assert_eq!(apply(&tree, &edit), expected);
}

/// As [`check`], for an edit of the first of `nodes`.
#[track_caller]
fn check_block(
    dialect: Dialect,
    text: &str,
    nodes: &[&str],
    edit: impl Fn(NodeRef<'_>) -> Option<Edit>,
    expected: &str,
) {
    let tree = tree(dialect, text, nodes);
    let edit = edit(tree.node(NodeId(0))).expect("an edit");
    assert_eq!(apply(&tree, &edit), expected);
}

use Dialect::{Apache, Fpm, Nginx, Php};

#[test]
fn arguments_are_replaced_one_or_all() {
    let text = "fastcgi_buffers 8  4k; # note";
    let nodes = ["fastcgi_buffers 8  4k;"];
    check(Nginx, text, &nodes, |n| replace_arg(n, 1, "8k"), "fastcgi_buffers 8  8k; # note");
    check(Nginx, text, &nodes, |n| Some(set_value(n, "16 8k")), "fastcgi_buffers 16 8k; # note");
    check(Nginx, "sendfile;", &["sendfile;"], |n| Some(set_value(n, "on")), "sendfile on;");
    let tree = tree(Nginx, text, &nodes);
    assert_eq!(replace_arg(tree.node(NodeId(0)), 2, "x"), None);
}

#[test]
fn an_ini_key_gets_a_value_where_it_has_none() {
    let set = |n: NodeRef<'_>| Some(set_value(n, "9"));
    check(Php, "a = 1 ; note\n", &["a = 1"], set, "a = 9 ; note\n");
    check(Php, "a =\nb = 2\n", &["a ="], set, "a = 9\nb = 2\n");
    check(Php, "a=\n", &["a="], set, "a=9\n");
    check(Php, "a = \r\n", &["a ="], set, "a = 9\r\n");
    check(Php, "a = ; note\n", &["a ="], set, "a = 9; note\n");
    check(Php, "a\n", &["a"], set, "a = 9\n");
}

#[test]
fn a_line_is_added_below() {
    let add = |n: NodeRef<'_>| Some(insert_line_after(n, "new;"));
    check(Nginx, "  a;\n  b;\n", &["a;"], add, "  a;\n  new;\n  b;\n");
    check(Nginx, "\ta; # note\r\n", &["a;"], add, "\ta; # note\r\n\tnew;\r\n");
    check(Nginx, "a;\nb;", &["b;"], add, "a;\nb;\nnew;");
    check(Nginx, "s { a; }\n", &["s { a; }", "a;"], add, "s { a; new; }\n");
    check(Nginx, "s { a; # x\n}\n", &["s { a; # x\n}", "a;"], add, "s { a; new; # x\n}\n");
    check(Nginx, "s {\n  a;\n}\nt;\n", &["s {\n  a;\n}"], add, "s {\n  a;\n}\nnew;\nt;\n");
    check(
        Apache,
        "\u{feff}A b # no comment\n",
        &["A b # no comment"],
        add,
        "\u{feff}A b # no comment\nnew;\n",
    );
    check(Apache, "  A b \\\n    c\n", &["A b \\\n    c\n"], add, "  A b \\\n    c\n  new;\n");
}

#[test]
fn a_line_is_added_above_with_the_comments_left_where_they_belong() {
    let add = |n: NodeRef<'_>| Some(insert_line_before(n, "new;"));
    check(Nginx, "  a;\n  b;\n", &["b;"], add, "  a;\n  new;\n  b;\n");
    check(Nginx, "x;\r\n# why\r\n# how\r\na;\r\n", &["a;"], add, "x;\r\nnew;\r\n# why\r\n# how\r\na;\r\n");
    check(Nginx, "# why\na;\n", &["a;"], add, "new;\n# why\na;\n");
    check(Nginx, "s { a; }", &["s { a; }", "a;"], add, "s { new; a; }");
    check(Nginx, "x; # tail\na;", &["a;"], add, "x; # tail\nnew;\na;");
    check(Fpm, "\u{feff}a = 1\n", &["a = 1"], add, "\u{feff}new;\na = 1\n");
}

#[test]
fn a_block_gets_a_first_line() {
    let add = |n: NodeRef<'_>| insert_first_in_block(n, "new;");
    let nested = "h {\n  s {\n  }\n}\n";
    check(Nginx, nested, &["h {\n  s {\n  }\n}", "s {\n  }"], add, "h {\n  s {\n    new;\n  }\n}\n");
    check_block(Nginx, "s { # x\n\ta;\n}", &["s { # x\n\ta;\n}", "a;"], add, "s { # x\n\tnew;\n\ta;\n}");
    check(Nginx, "s { a; }", &["s { a; }"], add, "s { new; a; }");
    check(Nginx, "s {}", &["s {}"], add, "s { new; }");
    check(Nginx, "s{\r\n}", &["s{\r\n}"], add, "s{\r\n    new;\r\n}");
    check(Fpm, "[www]\nuser = a\n", &["[www]\nuser = a"], add, "[www]\nnew;\nuser = a\n");
    check(Apache, "<If x>\n</If>\n", &["<If x>\n</If>"], add, "<If x>\n    new;\n</If>\n");
    let tree = tree(Nginx, "a;", &["a;"]);
    assert_eq!(insert_first_in_block(tree.node(NodeId(0)), "x;"), None);
}

#[test]
fn a_block_gets_a_last_line() {
    let add = |n: NodeRef<'_>| append_in_block(n, "new;");
    check_block(
        Nginx,
        "s {\n  a;\n  b;\n}",
        &["s {\n  a;\n  b;\n}", "a;", "b;"],
        add,
        "s {\n  a;\n  b;\n  new;\n}",
    );
    check_block(Nginx, "s { a; }", &["s { a; }", "a;"], add, "s { a; new; }");
    check_block(Nginx, "s { }", &["s { }"], add, "s { new; }");
    check_block(Fpm, "[w]\na = 1\n\n[x]\n", &["[w]\na = 1", "a = 1"], add, "[w]\na = 1\nnew;\n\n[x]\n");
    check_block(Fpm, "[w]\n[x]\n", &["[w]"], add, "[w]\nnew;\n[x]\n");
}

#[test]
fn a_node_is_removed_with_its_lines_or_from_its_line() {
    let remove = |n: NodeRef<'_>| Some(remove_node(n));
    check(Nginx, "a;\n  b;\nc;\n", &["b;"], remove, "a;\nc;\n");
    check(Nginx, "a;\r\nb;\r\n", &["a;"], remove, "b;\r\n");
    check(Nginx, "a;\r\nb;", &["b;"], remove, "a;");
    check(Nginx, "a;", &["a;"], remove, "");
    check(Nginx, "s {\n  a;\n}\nb;\n", &["s {\n  a;\n}"], remove, "b;\n");
    check(Nginx, "s { a; b; }", &["s { a; b; }", "a;"], remove, "s { b; }");
    check(Nginx, "s { a; }", &["s { a; }", "a;"], remove, "s { }");
    check(Nginx, "a; b;\n", &["b;"], remove, "a;\n");
    check(Nginx, "  a; # note\n", &["a;"], remove, "  # note\n");
    check(Php, "\u{feff}a = 1\nb = 2\n", &["a = 1"], remove, "\u{feff}b = 2\n");
    check(Php, "a = 1 ; note\n", &["a = 1"], remove, "; note\n");
}

/// The ini reader's own trees: spans of sections, empty values, comments behind them.
#[test]
fn what_php_reads_is_edited_as_its_reader_sees_it() {
    #[track_caller]
    fn on(text: &str, name: &str, edit: impl Fn(NodeRef<'_>) -> Option<Edit>, expected: &str) {
        let mut map = SourceMap::default();
        let id = map.add(Path::new("f"), text.as_bytes().to_vec()).expect("small");
        let tree = Tree::parse(id, Fpm, map.file(id));
        let node = tree.all().find(|node| node.is(name)).expect("a node of that name");
        assert_eq!(apply(&tree, &edit(node).expect("an edit")), expected);
    }
    let set = |n: NodeRef<'_>| Some(set_value(n, "9"));
    on("[w]\na = 1 ; x\n", "a", set, "[w]\na = 9 ; x\n");
    on("[w]\r\na = \"b c\"\r\n", "a", set, "[w]\r\na = 9\r\n");
    on("[w]\na =\n", "a", set, "[w]\na = 9\n");
    on("[w]\na = ; x\n", "a", set, "[w]\na = 9; x\n");
    on("[w]\na\nb = 1\n", "a", set, "[w]\na = 9\nb = 1\n");
    let append = |n: NodeRef<'_>| append_in_block(n, "new = 1");
    on("[w]\na = 1 ; x\n\n; about x\n[x]\n", "w", append, "[w]\na = 1 ; x\nnew = 1\n\n; about x\n[x]\n");
    on("[w]\n\n[x]\n", "w", append, "[w]\nnew = 1\n\n[x]\n");
    on("[w]\r\na = 1", "w", append, "[w]\r\na = 1\r\nnew = 1");
    let remove = |n: NodeRef<'_>| Some(remove_node(n));
    on("[w]\na = 1\nb = 2\n", "a", remove, "[w]\nb = 2\n");
    let after = |n: NodeRef<'_>| Some(insert_line_after(n, "new = 1"));
    on("[w]\na = 1\n\n; about x\n[x]\n", "a", after, "[w]\na = 1\nnew = 1\n\n; about x\n[x]\n");
}
