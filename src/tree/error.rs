//! Errors of syntax.

use std::borrow::Cow;

use crate::source::Span;

/// What is wrong with the text, as the parsers see it. The `syntax` rules say it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SyntaxKind {
    /// A directive runs on into the next one or into a `}`.
    MissingSemicolon,
    /// The same, where the server takes the next line for values and starts.
    RunOn,
    /// The head of a block with no `{` behind it.
    MissingBrace,
    /// The text is UTF-16, which the server reads byte by byte.
    Utf16,
    /// A block or section is not closed before the file ends.
    UnclosedBlock,
    /// A `}` or `</Section>` that closes nothing.
    StrayClose,
    /// `</B>` where `</A>` is open.
    MismatchedClose,
    /// A quote with no end.
    UnclosedQuote,
    /// Text right behind a closing quote (nginx).
    TextAfterQuote,
    /// The `{4}` of a regular expression without quotes (nginx).
    BraceInWord,
    /// A terminator or `{` with nothing before it.
    EmptyStatement,
    /// A section line that does not end in `>` (Apache), or a `[` without `]` (ini).
    UnclosedSectionLine,
    /// A line that is no key, section or comment (ini, FPM), or a `<` with no name right behind it (Apache).
    BadLine,
    /// A character that is an operator or ends the value where a value stands (ini): `(`, `!`, …
    BadValue,
    /// The file begins with a byte order mark the server does not take.
    ByteOrderMark,
    /// A NUL byte where the server stops reading or refuses.
    NulByte,
    /// Blocks nested deeper than gwlint follows.
    TooDeep,
    /// A `${` variable with no `}`.
    UnclosedVariable,
}

/// An error of syntax; the parser goes on after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Which.
    pub kind: SyntaxKind,
    /// Where it is reported.
    pub span: Span,
    /// The other place it has to do with: the `{`, the opening section, the opening quote.
    pub related: Option<Span>,
    /// What stands there, for the message: a directive's or section's name, a character.
    pub what: String,
    /// The one insertion that mends it, if there is just one: offset and text.
    pub insert: Option<(u32, Cow<'static, str>)>,
}
