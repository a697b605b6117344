//! Where a section ends that has no closing tag, as far as its indentation leaves no doubt.

/// The end of a section without a closing tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Closing<'t> {
    /// Behind the last line in it, its line break included.
    pub at: usize,
    /// The line break that line lacks.
    pub before: &'static str,
    /// The indent of its opening line.
    pub indent: &'t str,
    /// The line break of its opening line.
    pub line_break: &'static str,
}

/// The end of the section whose opening tag begins at `open`, before `until`, where it ends at the latest. All lines in it
/// are indented further than it, and the first that is not is behind it.
pub(super) fn of_section(text: &str, open: usize, until: usize) -> Option<Closing<'_>> {
    let line = text[..open].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[line..open];
    if !is_blank(indent) {
        return None;
    }
    let mut at = line;
    let mut end = None;
    let mut continued = false;
    for (number, piece) in text[line..].split_inclusive('\n').enumerate() {
        if at >= until {
            break;
        }
        at += piece.len();
        let words = piece.trim();
        let goes_on = words.ends_with('\\');
        let is_part = std::mem::replace(&mut continued, goes_on) || number == 0;
        // A comment may stand anywhere, and says nothing.
        if !is_part && (words.is_empty() || words.starts_with('#')) {
            continue;
        }
        let own = &piece[..piece.len() - piece.trim_start_matches([' ', '\t']).len()];
        if !is_part && !own.starts_with(indent) && indent.starts_with(own) {
            break;
        }
        match own.strip_prefix(indent) {
            _ if number == 0 => {}
            Some(more) if is_part || !more.is_empty() => end = Some(at),
            None if is_part => end = Some(at),
            // The same indent.
            Some(_) => break,
            // Blanks here and tabs there.
            None => return None,
        }
    }
    let at = end.filter(|&at| at <= until)?;
    let line_break = if text[line..at].contains("\r\n") { "\r\n" } else { "\n" };
    let before = if text[..at].ends_with('\n') { "" } else { line_break };
    Some(Closing { at, before, indent, line_break })
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with a mark where the section of the first `<` ends.
    fn ended(text: &str) -> Option<String> {
        let open = text.find('<')?;
        let until = text.find("</").unwrap_or(text.len());
        let closing = of_section(text, open, until)?;
        Some(format!("{}|{}", &text[..closing.at], &text[closing.at..]))
    }

    #[test]
    fn a_section_ends_where_the_indent_does() {
        let text = "  <Files a>\n    Require all granted\n\n    # more\n    Options None\n  ErrorLog b\n</VirtualHost>\n";
        let split = "  <Files a>\n    Require all granted\n\n    # more\n    Options None\n|  ErrorLog b\n</VirtualHost>\n";
        assert_eq!(ended(text).as_deref(), Some(split));
        let long = "<Files a>\n  Require \\\nall granted\n</VirtualHost>\n";
        assert_eq!(ended(long).as_deref(), Some("<Files a>\n  Require \\\nall granted\n|</VirtualHost>\n"));
        assert_eq!(
            ended("<Files a>\n  Require all granted\n").as_deref(),
            Some("<Files a>\n  Require all granted\n|")
        );
    }

    #[test]
    fn without_an_indent_nothing_is_certain() {
        assert_eq!(ended("<Files a>\nRequire all granted\n</VirtualHost>\n"), None);
        assert_eq!(ended("  <Files a>\n\tRequire all granted\n</VirtualHost>\n"), None);
        assert_eq!(ended("Options None <Files a>\n  Require all granted\n"), None);
    }
}
