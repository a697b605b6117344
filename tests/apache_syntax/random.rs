//! Hostile and arbitrary text: no panic, nothing lost, no more time than the text is long.

use gwlint::tree::Tree;
use proptest::prelude::*;

use crate::exact::assert_exact;
use crate::parse;

fn times(line: &str) -> String {
    line.repeat(20_000)
}

#[test]
fn deep_and_hostile_nesting_takes_linear_time() {
    let errors = |text: String| -> usize {
        let tree: Tree = parse(text.as_bytes());
        tree.errors.len()
    };
    // What nests deeper than 256 is said once and not looked at further.
    assert_eq!(errors(times("<If a>\n") + &times("</If>\n")), 1);
    assert_eq!(errors(times("<If a>\n")), 256 + 1);
    assert_eq!(errors(times("<If a>\n</X>\n")), 20_000 + 1);
    assert_eq!(errors(times("<If a>\n") + &times("</X>\n")), 20_000 + 256 + 1);
    assert_eq!(errors(format!("<A>\n{}</A>\n", times("<If a>\n"))), 255 + 1);
}

#[test]
fn long_lines_of_one_kind_take_linear_time() {
    let parts =
        ["</A>", "<A>", "\\", "\\\n", "<A> ", "\"", "\"a\\", "<", ">", "</", "\\\\\n\n", "#", "\0", "'a' "];
    for part in parts {
        parse(times(part).as_bytes());
        parse(format!("A \"{}", times(part)).as_bytes());
        parse(format!("<A \"{}>", times(part)).as_bytes());
        parse(format!("<A {}", times(part)).as_bytes());
    }
}

/// Pieces that mean something to the grammar, so that random texts reach its corners.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "<",
        ">",
        "</",
        "\\",
        "\\\n",
        "\\\r\n",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\t",
        "\"",
        "'",
        "#",
        "\0",
        "A",
        "é",
        "<If a>\n",
        "</If>\n",
        "<Perl>\n",
        "</Perl>",
        "\u{FEFF}",
        "$",
        "{",
        "<RequireAll>",
        "</X>\n",
        "\x0B",
        "Listen 80\n",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_kept(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        assert_exact(&parse(&bytes));
    }

    #[test]
    fn any_mixture_is_kept(pieces in prop::collection::vec(piece(), 0..40)) {
        assert_exact(&parse(pieces.concat().as_bytes()));
    }
}
