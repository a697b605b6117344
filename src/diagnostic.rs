//! What a rule says: a diagnostic with labels in any file, and the fix for it.

use serde::Serialize;

use crate::source::Span;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Advice; shown only when asked for.
    Hint,
    /// Fails under a condition that can be reached.
    Warning,
    /// The service does not start, or the request always fails.
    Error,
}

impl Severity {
    /// All of them, from the least to the worst.
    pub const ALL: [Self; 3] = [Self::Hint, Self::Warning, Self::Error];

    /// The word the reports use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What this place has to do with the finding.
    pub text: String,
}

/// Replaces the text of `span` by `text`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Replaces a span.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// Inserts at an offset.
    pub fn insert(at: u32, text: impl Into<String>) -> Self {
        Self::replace(Span::at(at), text)
    }
}

/// Who has to agree before a fix is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// No request is answered differently but for the fault: `--fix`.
    Safe,
    /// Changes a limit, load, security or routing: `--fix --unsafe-fixes`.
    Unsafe,
    /// Shown, never applied.
    Display,
}

/// A repair: all its edits are made, in however many files, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a few words: "call php8.2's socket".
    pub title: String,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
    /// Who has to agree.
    pub applicability: Applicability,
}

impl Fix {
    /// A fix that `--fix` applies.
    pub fn safe(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), edits, applicability: Applicability::Safe }
    }

    /// A fix that `--fix --unsafe-fixes` applies.
    pub fn risky(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), edits, applicability: Applicability::Unsafe }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// `family/what-is-wrong`.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where; the first label is the place the finding is reported at.
    pub labels: Vec<Label>,
    /// What the visitor sees, and the line the server logs.
    pub note: Option<String>,
    /// What to write instead.
    pub help: Option<String>,
    /// The repair, if there is one.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding at `span`, whose label says `label`.
    ///
    /// The rule and its severity are filled in by [`crate::rule::Sink::report`].
    pub fn new(span: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            rule: "",
            severity: Severity::Error,
            message: message.into(),
            labels: vec![Label { span, text: label.into() }],
            note: None,
            help: None,
            fix: None,
        }
    }

    /// Adds a label, in this or any other file.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what the visitor sees and what the log holds.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.note = Some(text.into());
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds the repair.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fix = fix.into();
        self
    }

    /// Where it is reported.
    pub fn span(&self) -> Span {
        self.labels[0].span
    }
}
