//! What indentation says about the text around a place.

/// Fixes can hold no text made up on the spot: these hold every closing brace they may need.
const SPACES: &str = "                                                                }\n";
const TABS: &str = "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t}\n";
const SPACES_CRLF: &str = "                                                                }\r\n";
const TABS_CRLF: &str = "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t}\r\n";

/// How wide a tab is taken to be where tabs and spaces are mixed.
const TAB: u32 = 4;

/// The white space before `at` on its line; `None` if anything else stands there.
pub(super) fn indent(text: &str, at: usize) -> Option<&str> {
    // From the back and no further than needed: a file may be one long line.
    let before = text[..at].trim_end_matches([' ', '\t']);
    (before.is_empty() || before.ends_with('\n')).then(|| &text[before.len()..at])
}

/// How far `indent` reaches to the right.
fn width(indent: &str) -> u32 {
    indent.bytes().map(|byte| if byte == b'\t' { TAB } else { 1 }).sum()
}

/// The column of what stands at `at`, if it is the first on its line.
pub(super) fn column(text: &str, at: usize) -> Option<u32> {
    indent(text, at).map(width)
}

/// Where the line of `at` ends, its line break left out.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
    if end > at && text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end }
}

/// A line with a `}` for a block indented by `indent`.
pub(super) fn closing_line(indent: &str, crlf: bool) -> Option<&'static str> {
    let (spaces, tabs) = if crlf { (SPACES_CRLF, TABS_CRLF) } else { (SPACES, TABS) };
    [spaces, tabs].into_iter().find_map(|line| {
        let brace = line.find('}')?;
        let line = line.get(brace.checked_sub(indent.len())?..)?;
        line.starts_with(indent).then_some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_on_a_line_has_a_column() {
        let text = "a\n \tb c\r\n";
        assert_eq!((column(text, 0), column(text, 4), column(text, 6)), (Some(0), Some(5), None));
        assert_eq!((line_end(text, 4), line_end(text, 0)), (7, 1));
    }

    #[test]
    fn a_closing_line_has_the_indent_of_its_block() {
        assert_eq!(closing_line("    ", false), Some("    }\n"));
        assert_eq!(closing_line("\t", true), Some("\t}\r\n"));
        assert_eq!(closing_line("", false), Some("}\n"));
        assert_eq!(closing_line(" \t", false), None);
    }
}
