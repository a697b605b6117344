//! Source text: spans, files and the line table.
//!
//! All files of a run live end to end in one address space, as in rustc: a [`Span`] alone says which
//! file it is in, so a finding over `nginx.conf` and `www.conf` needs no file numbers.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// A half-open range of bytes in the decoded text of all files of a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub lo: u32,
    /// Offset behind the last byte.
    pub hi: u32,
}

impl Span {
    /// The span from `lo` to `hi`.
    pub const fn new(lo: u32, hi: u32) -> Self {
        Self { lo, hi }
    }

    /// The empty span at `at`.
    pub const fn at(at: u32) -> Self {
        Self { lo: at, hi: at }
    }

    /// Length in bytes of decoded text.
    pub const fn len(self) -> u32 {
        self.hi - self.lo
    }

    /// Whether it covers nothing.
    pub const fn is_empty(self) -> bool {
        self.lo == self.hi
    }

    /// The smallest span over both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.lo.min(other.lo), self.hi.max(other.hi))
    }

    /// Whether `other` lies inside.
    pub const fn contains(self, other: Self) -> bool {
        self.lo <= other.lo && other.hi <= self.hi
    }
}

/// Which file of a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// How the bytes of a file became text. Both ways are exact in both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// The bytes are UTF-8 and are the text.
    Utf8,
    /// The bytes are not UTF-8: each became the character of the same number.
    Latin1,
}

impl Encoding {
    /// The text of `bytes`, and how it was made.
    pub fn decode(bytes: Vec<u8>) -> (String, Self) {
        match String::from_utf8(bytes) {
            Ok(text) => (text, Self::Utf8),
            Err(error) => {
                let text = error.as_bytes().iter().map(|&byte| char::from(byte)).collect();
                (text, Self::Latin1)
            }
        }
    }

    /// The bytes of `text`; `None` when it holds a character this encoding cannot write.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect(),
        }
    }
}

/// A place as people count: the first line and the first column are 1, columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in characters.
    pub column: u32,
}

/// One file that was read.
#[derive(Debug)]
pub struct SourceFile {
    /// The path it was asked for by; shown to the user.
    pub path: PathBuf,
    /// Where it begins in the address space.
    pub base: u32,
    /// Its decoded text.
    pub text: Arc<str>,
    /// How the text was decoded.
    pub encoding: Encoding,
    lines: OnceLock<Vec<u32>>,
    ascii: OnceLock<bool>,
}

impl SourceFile {
    /// The span of the whole file.
    pub fn span(&self) -> Span {
        Span::new(self.base, self.base + self.text.len() as u32)
    }

    /// Offsets in the file at which its lines begin.
    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at as u32 + 1)).collect()
        })
    }

    /// Whether columns are bytes: counting characters anew for each of many findings in one long line
    /// would take for ever.
    fn is_ascii(&self) -> bool {
        *self.ascii.get_or_init(|| self.text.is_ascii())
    }

    /// Index of the line that holds the offset `at` of this file.
    fn line_index(&self, at: u32) -> usize {
        self.lines().partition_point(|&start| start <= at) - 1
    }

    /// The place of the offset `at` of the address space.
    pub fn place(&self, at: u32) -> Place {
        let at = at.saturating_sub(self.base).min(self.text.len() as u32);
        let index = self.line_index(at);
        let start = self.lines()[index] as usize;
        let column = if self.is_ascii() {
            at as usize - start
        } else {
            self.text.get(start..at as usize).map_or(0, |line| line.chars().count())
        };
        Place { line: index as u32 + 1, column: column as u32 + 1 }
    }

    /// The span of the line, without its end, that holds the offset `at` of the address space.
    pub fn line_span(&self, at: u32) -> Span {
        self.line_at(self.line_index(at - self.base))
    }

    /// The span of a line, counted from 1, without its end; `None` behind the last.
    pub fn line(&self, number: u32) -> Option<Span> {
        let index = (number as usize).checked_sub(1)?;
        (index < self.lines().len()).then(|| self.line_at(index))
    }

    fn line_at(&self, index: usize) -> Span {
        let lines = self.lines();
        let end = lines.get(index + 1).map_or(self.text.len(), |&next| next as usize - 1);
        let line = &self.text[lines[index] as usize..end];
        let line = line.strip_suffix('\r').unwrap_or(line);
        let lo = self.base + lines[index];
        Span::new(lo, lo + line.len() as u32)
    }

    /// Where the offset `at` of the address space is in the bytes of the file on disk.
    pub fn byte_offset(&self, at: u32) -> u32 {
        let at = at.saturating_sub(self.base).min(self.text.len() as u32);
        match self.encoding {
            Encoding::Utf8 => at,
            Encoding::Latin1 => {
                self.text.get(..at as usize).map_or(at, |before| before.chars().count() as u32)
            }
        }
    }

    /// How long the byte order mark is that the text begins with, decoded as UTF-8 or byte by byte.
    pub fn byte_order_mark(&self) -> u32 {
        let mark = ["\u{feff}", "ï»¿"].into_iter().find(|mark| self.text.starts_with(mark));
        mark.map_or(0, str::len) as u32
    }

    /// The line break this file uses: CRLF when its first line ends so.
    pub fn line_break(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }
}

/// A file did not fit into the address space of 4 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

/// All files of a run.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Takes a file in.
    ///
    /// # Errors
    /// [`TooLarge`] when the texts of all files together pass 4 GiB.
    pub fn add(&mut self, path: &Path, bytes: Vec<u8>) -> Result<FileId, TooLarge> {
        let (text, encoding) = Encoding::decode(bytes);
        // One byte stays free between two files, so that a place at the end of one is not in the next.
        let base = self.files.last().map_or(0, |file| file.span().hi + 1);
        let end = u64::from(base) + text.len() as u64 + 1;
        u32::try_from(end).map_err(|_| TooLarge)?;
        let id = FileId(self.files.len() as u32);
        let path = path.to_path_buf();
        self.files.push(SourceFile {
            path,
            base,
            text: text.into(),
            encoding,
            lines: OnceLock::new(),
            ascii: OnceLock::new(),
        });
        Ok(id)
    }

    /// All files, in the order they were read.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u32), file))
    }

    /// The file of an id this map gave out.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The file a span lies in.
    pub fn file_id(&self, span: Span) -> FileId {
        let after = self.files.partition_point(|file| file.base <= span.lo);
        FileId(after.saturating_sub(1) as u32)
    }

    /// The file a span lies in.
    pub fn file_of(&self, span: Span) -> &SourceFile {
        self.file(self.file_id(span))
    }

    /// The text of a span; empty when the span is not inside one file.
    pub fn text(&self, span: Span) -> &str {
        let file = self.file_of(span);
        let (lo, hi) = (span.lo.wrapping_sub(file.base), span.hi.wrapping_sub(file.base));
        file.text.get(lo as usize..hi as usize).unwrap_or_default()
    }

    /// `path:line` of the beginning of a span, for messages that name a place.
    pub fn path_line(&self, span: Span) -> String {
        let file = self.file_of(span);
        format!("{}:{}", file.path.display(), file.place(span.lo).line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(texts: &[&[u8]]) -> SourceMap {
        let mut map = SourceMap::default();
        for (index, bytes) in texts.iter().enumerate() {
            map.add(Path::new(&format!("f{index}")), bytes.to_vec()).expect("small");
        }
        map
    }

    #[test]
    fn places_count_characters_and_lines_from_one() {
        let map = map(&[b"a\n", "é b\nc".as_bytes()]);
        let file = map.file(FileId(1));
        assert_eq!(file.place(file.base), Place { line: 1, column: 1 });
        assert_eq!(file.place(file.base + 3), Place { line: 1, column: 3 });
        assert_eq!(file.place(file.span().hi), Place { line: 2, column: 2 });
    }

    #[test]
    fn a_place_at_the_end_of_a_file_stays_in_it() {
        let map = map(&[b"ab", b"cd"]);
        assert_eq!(map.file_id(Span::at(2)), FileId(0));
        assert_eq!(map.file_id(map.file(FileId(1)).span()), FileId(1));
        assert_eq!(map.text(Span::new(3, 5)), "cd");
    }

    #[test]
    fn bytes_that_are_not_utf8_come_back_as_they_were() {
        let bytes: Vec<u8> = (0..=255).collect();
        let (text, encoding) = Encoding::decode(bytes.clone());
        assert_eq!(encoding, Encoding::Latin1);
        assert_eq!(encoding.encode(&text), Some(bytes));
        assert_eq!(encoding.encode("→"), None);
    }

    #[test]
    fn a_line_span_leaves_the_line_end_out() {
        let map = map(&[b"one\r\ntwo\n"]);
        assert_eq!(map.text(map.file(FileId(0)).line_span(1)), "one");
        assert_eq!(map.text(map.file(FileId(0)).line_span(6)), "two");
        assert_eq!(map.file(FileId(0)).line_break(), "\r\n");
    }

    #[test]
    fn lines_are_counted_from_one() {
        let map = map(&[b"one\ntwo\n"]);
        let file = map.file(FileId(0));
        let text = |number| file.line(number).map(|span| map.text(span));
        assert_eq!(
            [text(0), text(1), text(2), text(3), text(4)],
            [None, Some("one"), Some("two"), Some(""), None]
        );
    }

    #[test]
    fn offsets_are_given_in_bytes_of_the_file() {
        let map = map(&[b"x", b"\xe9a", "éa".as_bytes()]);
        let offset_of_a = |id| {
            let file = map.file(FileId(id));
            file.byte_offset(file.base + 2)
        };
        assert_eq!((offset_of_a(1), offset_of_a(2)), (1, 2));
    }
}
