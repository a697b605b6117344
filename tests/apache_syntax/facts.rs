//! What httpd 2.4.71 accepts, and how it reads it (seen with `-D DUMP_CONFIG`).

use crate::exact::assert_exact;
use crate::{outline, parse};

/// `text` is read like this, without an error.
fn reads(text: &str, expected: &str) {
    let tree = parse(text.as_bytes());
    assert_eq!(outline(&tree), expected, "{text:?}");
    assert_eq!(tree.errors, [], "{text:?}");
    assert_exact(&tree);
}

#[test]
fn words_split_as_httpd_splits_them() {
    reads("ServerName a\n  Listen\t80", "ServerName(a)Listen(80)");
    reads(r#"SetEnv "a"b 'c d'"e""#, "SetEnv(a|b|c d|e)");
    reads(r#"SetEnv a"b c""#, "SetEnv(a\"b|c\")");
    reads(r#"SetEnv a "x\\y\"z\n""#, "SetEnv(a|x\\y\"z\\n)");
    reads(r#""SetEnv" a b"#, "SetEnv(a|b)");
    reads("SetEnv a b\x0Bc\x0Cd\re", "SetEnv(a|b|c|d|e)");
    reads("SetEnv a\u{A0}b é", "SetEnv(a\u{A0}b|é)");
    reads("Include ${DIR}/*.conf ${X", "Include(${DIR}/*.conf|${X)");
}

#[test]
fn a_quote_never_closed_takes_the_rest_of_its_line_and_is_no_error() {
    reads("ServerName \"a b \t\nListen 80\n", "ServerName(a b)Listen(80)");
    reads("SetEnv a \"b\\\"\nListen 80\n", "SetEnv(a|b\")Listen(80)");
    reads("SetEnv a 'b \\\n\nListen 80\n", "SetEnv(a|b)Listen(80)");
}

#[test]
fn a_backslash_before_the_line_break_joins_lines() {
    reads("SetEnv a \\\n  b\n", "SetEnv(a|b)");
    reads("SetEnv a \"b \\\n c\" d", "SetEnv(a|b  c|d)");
    reads("SetEnv a b\\\r\nc\r\nListen 80\r\n", "SetEnv(a|bc)Listen(80)");
    reads("SetEnv a b\\\\\nc", "SetEnv(a|b\\c)");
    reads("SetEnv a \"x\\\\\n\"y\"", "SetEnv(a|x\"y)");
    reads("SetEnv a b\\", "SetEnv(a|b\\)");
    reads("SetEnv a b\\\n", "SetEnv(a|b)");
    reads("SetEnv a b\\\\\n\nc", "SetEnv(a|bc)");
    reads("SetEnv a b\\\\\n\\\n\nc", "SetEnv(a|bc)");
    reads("\\\n\\\nListen 80", "Listen(80)");
    reads("<Directory /a>\n</Dir\\\nectory>", "Directory(/a){}");
    reads("<\\\nDirectory /a>\n<\\\n/Directory>", "Directory(/a){}");
}

#[test]
fn a_comment_is_a_whole_logical_line() {
    let tree = parse(b"# a \\\r\nListen 80\r\n  # b \r\nListen 81 # c\n#");
    assert_eq!(outline(&tree), "Listen(81|#|c)");
    let comments: Vec<_> = tree.comments.iter().map(|&span| tree.slice(span)).collect();
    assert_eq!(comments, ["# a \\\r\nListen 80", "# b", "#"]);
    assert_exact(&tree);
    reads("   \\\n# foo\nListen 80", "Listen(80)");
    reads("# a\0 \\\nListen 80", "Listen(80)");
}

#[test]
fn sections_nest_and_ignore_case() {
    let nested = "<IfModule !m.c>\n<VirtualHost *:80 [::]:80>\nA b\n</virtualhost>\n</IFMODULE>\nB";
    reads(nested, "IfModule(!m.c){VirtualHost(*:80|[::]:80){A(b)}}B()");
    reads("<RequireAll>\nA\n</RequireAll>", "RequireAll(){A()}");
    reads("<Macro vhost $name ${port}>\nUse $name\n</Macro>", "Macro(vhost|$name|${port}){Use($name)}");
    reads("<If \"%{HTTP:X} > 3 && %{Y} =~ />/\">\n</If>", "If(%{HTTP:X} > 3 && %{Y} =~ />/){}");
    reads("<Directory /a >\n</Directory>", "Directory(/a){}");
    reads("<Files \"a>b>\n</Files>", "Files(a>b){}");
    reads("<RequireAll\n</RequireAll>", "RequireAll(){}");
}

#[test]
fn the_parts_of_a_section_lie_where_the_contract_says() {
    let tree = parse(b" <VirtualHost *:80>\n </VirtualHost>\n");
    let node = tree.top().next().expect("a section");
    let body = node.body().expect("a body");
    assert_eq!(tree.slice(node.name_span()), "VirtualHost");
    assert_eq!(tree.slice(node.head()), "<VirtualHost *:80");
    assert_eq!(tree.slice(node.span()), "<VirtualHost *:80>\n </VirtualHost>");
    assert_eq!(tree.slice(body.open), ">");
    assert_eq!(body.close.map(|span| tree.slice(span)), Some("</VirtualHost>"));
}

#[test]
fn text_httpd_drops_is_skipped() {
    let open = "<Directory /a>Require all denied\nA\n</Directory> # b\n";
    let close = "<Directory> /b> \\\n x\n</Directory> </If>\n";
    let tree = parse(format!("{open}{close}").as_bytes());
    assert_eq!(outline(&tree), "Directory(/a){A()}Directory(/b){}");
    let skipped: Vec<_> = tree.skipped.iter().map(|&span| tree.slice(span)).collect();
    assert_eq!(skipped, ["Require all denied", "# b", ">", "x", "</If>"]);
    assert_eq!(tree.errors, []);
    assert_exact(&tree);
}

#[test]
fn code_of_other_languages_is_raw() {
    let perl = "<Perl>\nif ($a < 3) { print \"</Directory>\"; }\n  <x\n </perl>\n";
    let tree = parse(format!("{perl}<LuaHookFixups f>\n</b\n</LuaHookFixups>\nA").as_bytes());
    assert_eq!(outline(&tree), "Perl(){}LuaHookFixups(f){}A()");
    assert_eq!(tree.errors, []);
    let raw = tree.nodes[1].body.and_then(|body| body.raw).map(|raw| tree.slice(raw));
    assert_eq!(raw, Some("</b\n"));
    assert_exact(&tree);
}
