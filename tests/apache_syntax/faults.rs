//! What httpd refuses: one error for each fault, and the rest of the file is read.

use gwlint::tree::SyntaxKind::{
    self, BadLine, ByteOrderMark, MismatchedClose, NulByte, StrayClose, UnclosedBlock, UnclosedSectionLine,
};
use gwlint::tree::{SyntaxError, Tree};

use crate::exact::assert_exact;
use crate::{outline, parse};

/// Kind, text, text of the other place, insertion.
type Fault<'a> = (SyntaxKind, &'a str, &'a str, Option<(usize, &'a str)>);

fn fault<'a>(tree: &'a Tree, error: &'a SyntaxError) -> Fault<'a> {
    let related = error.related.map_or("", |span| tree.slice(span));
    let insert = error.insert.as_ref().map(|(at, text)| ((*at - tree.base) as usize, &**text));
    (error.kind, tree.slice(error.span), related, insert)
}

/// What is wrong with `text`, and what is read of it all the same. Each insertion mends something.
fn fails(text: &str, expected: &[Fault<'_>], read: &str) {
    let tree = parse(text.as_bytes());
    let faults: Vec<_> = tree.errors.iter().map(|error| fault(&tree, error)).collect();
    assert_eq!(faults, expected, "{text:?}");
    assert_eq!(outline(&tree), read, "{text:?}");
    assert_exact(&tree);
    for (at, insert) in tree.errors.iter().filter_map(|error| error.insert.clone()) {
        let mut mended = text.to_owned();
        mended.insert_str((at - tree.base) as usize, &insert);
        assert!(parse(mended.as_bytes()).errors.len() < tree.errors.len(), "{mended:?}");
    }
}

#[test]
fn a_section_line_without_its_end() {
    let lacks = |text, at| (UnclosedSectionLine, text, "", Some((at, ">")));
    fails("<Directory /a\nA\n</Directory>", &[lacks("<Directory /a", 13)], "Directory(/a){A()}");
    fails("<Directory /a # b\n</Directory>", &[lacks("<Directory /a # b", 13)], "Directory(/a|#|b){}");
    fails("<If a>\n</If\nA", &[lacks("</If", 11)], "If(a){}A()");
    fails("<If a>\n</If # b\nA", &[lacks("</If", 11)], "If(a){}A()");
    fails("<If a>\n</If >\nA", &[(UnclosedSectionLine, "</If", "", None)], "If(a){}A()");
}

#[test]
fn a_line_break_missing_behind_a_tag() {
    let lacks = |text, at| (UnclosedSectionLine, text, "", Some((at, "\n")));
    let all = "RequireAll(){A(b)}C()";
    fails("<RequireAll>A b\n</RequireAll>\nC", &[lacks("<RequireAll>", 12)], all);
    fails("<RequireAll> A b\n</RequireAll>\nC", &[lacks("<RequireAll>", 12)], all);
    fails("<RequireAll> # d\nA b\n</RequireAll>\nC", &[lacks("<RequireAll>", 12)], all);
    fails("<RequireAll>\nA b\n</RequireAll>#d\nC", &[lacks("</RequireAll>", 30)], all);
    fails("<If a>\n<If b>\n</If></If>", &[lacks("</If>", 19)], "If(a){If(b){}}");
}

#[test]
fn a_section_never_closed() {
    let unclosed = |text| (UnclosedBlock, text, text, None);
    fails("<If a>\nA\n", &[unclosed("<If a>")], "If(a){A()}");
    fails("<If a>\n<Files b>\nA\n</If>\nB", &[unclosed("<Files b>")], "If(a){Files(b){A()}}B()");
    fails("<If a>\n<If b>\n</If>", &[unclosed("<If a>")], "If(a){If(b){}}");
    fails("<Perl>\n$a = 1;\n", &[unclosed("<Perl>")], "Perl(){}");
}

#[test]
fn a_tag_that_closes_nothing() {
    let stray = |text| (StrayClose, text, "", None);
    fails("</If>\nA", &[stray("</If>")], "A()");
    fails("<If a>\nA\n</IfModule>\nB\n</If>\nC", &[stray("</IfModule>")], "If(a){A()B()}C()");
    fails("<If a>\n</X>\n</Y>\n</If>", &[stray("</X>"), stray("</Y>")], "If(a){}");
}

#[test]
fn a_tag_of_another_name_ends_the_section_if_nothing_else_does() {
    let wrong = |text, open| (MismatchedClose, text, open, None);
    let at_end = "<Directory /a>\nA\n</Location>\nB\n<If b>\nC\n</If>\n";
    fails(at_end, &[wrong("</Location>", "<Directory /a>")], "Directory(/a){A()}B()If(b){C()}");
    let inside = "<If a>\n<Directory /a>\nA\n</Directry>\nB\n</If>\nC";
    fails(inside, &[wrong("</Directry>", "<Directory /a>")], "If(a){Directory(/a){A()}B()}C()");
    let twice = "<A a>\n</X>\n<B b>\n</Y>\nC";
    fails(twice, &[wrong("</X>", "<A a>"), wrong("</Y>", "<B b>")], "A(a){}B(b){}C()");
}

#[test]
fn bytes_httpd_does_not_take() {
    let nul = (NulByte, "\0", "", None);
    fails("A b\0c \\\nB", &[nul], "A(b)B()");
    fails("<If a>\0>\n</If>", &[nul], "If(a){}");
    let break_missing = (UnclosedSectionLine, "<RequireAll>", "", Some((12, "\n")));
    fails("<RequireAll> x \0\n</RequireAll>", &[break_missing, nul], "RequireAll(){x()}");
    fails("\u{FEFF}A b", &[(ByteOrderMark, "\u{FEFF}", "", None)], "A(b)");
    let latin1 = parse(b"\xEF\xBB\xBFA \xE9");
    assert_eq!((latin1.errors[0].kind, outline(&latin1).as_str()), (ByteOrderMark, "A(\u{E9})"));
}

#[test]
fn a_tag_without_a_name() {
    fails("< If a>\nA\n</If>", &[(BadLine, "< If", "", None)], "If(a){A()}");
    fails("<\nA\n</>", &[(BadLine, "<", "", None), (BadLine, "</>", "", None)], "A()");
}
