//! Edits into texts, texts into bytes.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::diagnostic::Edit;
use crate::session::Outcome;
use crate::source::{FileId, SourceFile};
use crate::vfs::Disk;

use super::choose::Candidate;
use super::{Patched, Patches, Why};

/// The `patches` that led to `outcome`, with the edits of `made` on top.
pub(super) fn patch(
    outcome: &Outcome,
    disk: &Disk,
    patches: &Patches,
    made: &[Candidate],
) -> Result<Patches, Why> {
    let root = disk.canonical(&outcome.workspace.root);
    let mut patches = patches.clone();
    for (id, edits) in by_file(outcome, made) {
        let file = outcome.workspace.files.get(id.0 as usize).ok_or(Why::Edits)?;
        if !file.real.starts_with(&root) {
            return Err(Why::OutsideRoot(file.path.clone()));
        }
        let source = outcome.sources.file(id);
        let text = splice(source, &edits).ok_or(Why::Edits)?;
        let encode = |text: &str| source.encoding.encode(text);
        let after = encode(&text).ok_or_else(|| Why::Encoding(file.path.clone()))?;
        match patches.entry(file.real.clone()) {
            Entry::Occupied(mut known) => known.get_mut().after = after,
            Entry::Vacant(new) => {
                // Decoding loses nothing: this is what was read.
                let before = encode(&source.text).ok_or(Why::Edits)?;
                new.insert(Patched { path: file.path.clone(), real: file.real.clone(), before, after });
            }
        }
    }
    // A text that came back to what it was is no patch; circles are noticed by that.
    patches.retain(|_, file| file.before != file.after);
    Ok(patches)
}

/// The edits of all fixes by file, each once, in the order they are made.
fn by_file<'a>(outcome: &Outcome, made: &'a [Candidate]) -> BTreeMap<FileId, Vec<&'a Edit>> {
    let mut files: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for edit in made.iter().flat_map(|candidate| &candidate.fix.edits) {
        files.entry(outcome.sources.file_id(edit.span)).or_default().push(edit);
    }
    for edits in files.values_mut() {
        // Stable: what one fix inserts at one place stays in the order it is given in.
        edits.sort_by_key(|edit| edit.span);
        edits.dedup();
    }
    files
}

/// The text of `source` with the edits made; `None` when they overlap or are not inside it.
fn splice(source: &SourceFile, edits: &[&Edit]) -> Option<String> {
    let mut text = String::with_capacity(source.text.len());
    let mut done = 0;
    for edit in edits {
        let lo = edit.span.lo.checked_sub(source.base)? as usize;
        let hi = edit.span.hi.checked_sub(source.base)? as usize;
        text.push_str(source.text.get(done..lo)?);
        text.push_str(&edit.text);
        done = if hi < lo { return None } else { hi };
    }
    text.push_str(source.text.get(done..)?);
    Some(text)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::source::{SourceMap, Span};

    fn splice_into(text: &str, edits: &[Edit]) -> Option<String> {
        let mut map = SourceMap::default();
        let id = map.add(Path::new("f"), text.as_bytes().to_vec()).expect("small");
        splice(map.file(id), &edits.iter().collect::<Vec<_>>())
    }

    #[test]
    fn edits_that_do_not_fit_are_refused() {
        let edit = |lo, hi| Edit::replace(Span::new(lo, hi), "x");
        assert_eq!(splice_into("abc", &[edit(0, 2), edit(1, 3)]), None, "overlap");
        assert_eq!(splice_into("abc", &[edit(2, 9)]), None, "behind the end");
        assert_eq!(splice_into("abc", &[edit(2, 1)]), None, "backwards");
        assert_eq!(splice_into("é", &[edit(1, 2)]), None, "inside a character");
        assert_eq!(splice_into("abc", &[edit(0, 0), edit(0, 2), edit(2, 3)]), Some("xxx".into()));
    }

    proptest! {
        #[test]
        fn bytes_outside_the_edits_are_untouched(
            bytes in prop::collection::vec(any::<u8>(), 0..80),
            cuts in prop::collection::btree_set(0_usize..80, 0..8),
            texts in prop::collection::vec("[a-z\r\n]{0,5}", 4),
        ) {
            let mut map = SourceMap::default();
            let id = map.add(Path::new("f"), bytes.clone()).expect("small");
            let source = map.file(id);
            let starts: Vec<usize> = source.text.char_indices().map(|(at, _)| at).collect();
            let cuts: Vec<(usize, u32)> =
                cuts.iter().filter_map(|&at| Some((at, *starts.get(at)? as u32))).collect();
            let pairs: Vec<_> = cuts.chunks_exact(2).zip(&texts).collect();
            let edits: Vec<Edit> = pairs.iter()
                .map(|(pair, text)| Edit::replace(Span::new(pair[0].1, pair[1].1), text.as_str()))
                .collect();
            let text = splice(source, &edits.iter().collect::<Vec<_>>()).expect("edits fit");
            let after = source.encoding.encode(&text).expect("edits are ASCII");

            // The same, done on the bytes: in Latin-1 a character is a byte.
            let at = |cut: &(usize, u32)| match source.encoding {
                crate::source::Encoding::Utf8 => cut.1 as usize,
                crate::source::Encoding::Latin1 => cut.0,
            };
            let mut expected = bytes;
            for (pair, text) in pairs.iter().rev() {
                expected.splice(at(&pair[0])..at(&pair[1]), text.bytes());
            }
            prop_assert_eq!(after, expected);
        }
    }
}
