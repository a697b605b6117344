//! Tables that are read name by name, when one is asked for: a run knows few of the words, and is to start at once.

use std::sync::OnceLock;

/// What a table says of a name.
pub(super) struct Entry<T> {
    /// The first field of its lines.
    pub(super) name: &'static str,
    /// Its lines, one after the other.
    text: &'static str,
    said: OnceLock<Box<T>>,
}

impl<T> Entry<T> {
    /// What its lines say, which `read` makes of them the first time.
    pub(super) fn said(&self, read: impl FnOnce(&'static str) -> T) -> &T {
        self.said.get_or_init(|| Box::new(read(self.text)))
    }
}

/// The names of a table that is sorted by them. The first line is its head.
pub(super) fn entries<T>(table: &'static str) -> Vec<Entry<T>> {
    let mut entries: Vec<Entry<T>> = Vec::with_capacity(table.len() / BYTES_OF_A_LINE);
    let mut at = 0;
    let mut start = 0;
    for line in table.split_inclusive('\n') {
        let end = at + line.len();
        let name = line.split('\t').next().unwrap_or_default();
        match entries.last_mut() {
            Some(last) if last.name == name => last.text = &table[start..end],
            _ => {
                start = at;
                entries.push(Entry { name, text: line, said: OnceLock::new() });
            }
        }
        at = end;
    }
    entries.drain(..1.min(entries.len()));
    entries
}

/// About as long is a line: the memory for all of them is asked for once.
const BYTES_OF_A_LINE: usize = 72;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_name_are_one_entry() {
        let all = entries::<usize>("name\tvalue\na\t1\nb\t2\nb\t3\nc\t4\n");
        let said: Vec<(&str, usize)> =
            all.iter().map(|entry| (entry.name, *entry.said(|text| text.lines().count()))).collect();
        assert_eq!(said, [("a", 1), ("b", 2), ("c", 1)]);
    }
}
