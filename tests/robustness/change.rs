//! Ways a file can be damaged.

/// What a byte becomes: what opens, ends or hides something in one of the languages, and what is no text.
const NASTY: &[u8] = b"\0\n\"\\{}<;#$\xff";

/// Windows of so many bytes are taken out everywhere.
const WINDOWS: [usize; 3] = [1, 2, 8];

/// The longest of them.
const WINDOW: usize = WINDOWS[WINDOWS.len() - 1];

/// A change of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Only what stands before is left.
    Prefix(usize),
    /// What stands from here to there is taken out.
    Delete(usize, usize),
    /// The byte here is another.
    Byte(usize, u8),
    /// A byte more stands here.
    Insert(usize, u8),
}

impl Change {
    /// The text after it.
    pub(crate) fn make(self, text: &[u8]) -> Vec<u8> {
        match self {
            Self::Prefix(end) => text[..end].to_vec(),
            Self::Delete(lo, hi) => [&text[..lo], &text[hi..]].concat(),
            Self::Byte(at, byte) => [&text[..at], &[byte], &text[at + 1..]].concat(),
            Self::Insert(at, byte) => [&text[..at], &[byte], &text[at..]].concat(),
        }
    }
}

/// Every prefix, every window and token taken out, every byte replaced by each nasty one.
pub(crate) fn changes(text: &[u8]) -> Vec<Change> {
    let mut changes: Vec<Change> = (0..=text.len()).map(Change::Prefix).collect();
    for lo in 0..text.len() {
        let ends = WINDOWS.iter().map(|length| lo + length).filter(|&hi| hi <= text.len());
        changes.extend(ends.map(|hi| Change::Delete(lo, hi)));
    }
    changes.extend(runs(text).filter(|(lo, hi)| hi - lo > WINDOW).map(|(lo, hi)| Change::Delete(lo, hi)));
    for (at, &old) in text.iter().enumerate() {
        changes.extend(NASTY.iter().filter(|&&byte| byte != old).map(|&byte| Change::Byte(at, byte)));
    }
    changes
}

/// All of [`changes`], every span taken out, and every nasty byte put in everywhere.
pub(crate) fn all_changes(text: &[u8]) -> Vec<Change> {
    let mut changes = changes(text);
    for lo in 0..text.len() {
        changes.extend((lo + 1..=text.len()).map(|hi| Change::Delete(lo, hi)));
    }
    for at in 0..=text.len() {
        changes.extend(NASTY.iter().map(|&byte| Change::Insert(at, byte)));
    }
    changes
}

/// From the beginning of a token to the end of the same or a later one, up to a line or two on.
fn runs(text: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let blank = |at: usize| text.get(at).is_none_or(u8::is_ascii_whitespace);
    let begins = (0..text.len()).filter(move |&at| !blank(at) && (at == 0 || blank(at - 1)));
    begins.flat_map(move |lo| {
        (lo..text.len()).filter(move |&at| !blank(at) && blank(at + 1)).take(4).map(move |at| (lo, at + 1))
    })
}
