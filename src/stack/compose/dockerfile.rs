//! What a Dockerfile says of the image it makes.

use std::path::{Path, PathBuf};

use crate::vfs::clean;

/// An image made in house.
#[derive(Debug, Default)]
pub struct Dockerfile {
    /// The image it begins with.
    pub from: String,
    /// `EXPOSE`.
    pub exposes: Vec<u16>,
    /// What is copied into it: from a path on the host to one in the image.
    pub copies: Vec<(PathBuf, String)>,
    /// Whether more than one program may run in it.
    pub crowded: bool,
}

impl Dockerfile {
    /// Reads the last stage; `context` is what sources are relative to.
    pub(super) fn read(text: &str, context: &Path) -> Self {
        let mut image = Self::default();
        let mut stages: Vec<(String, String)> = Vec::new();
        let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
        for line in joined.lines().map(str::trim) {
            let mut words = line.split_whitespace();
            let rest: Vec<&str> = match words.next().map(str::to_ascii_uppercase).as_deref() {
                Some("FROM") => {
                    let words: Vec<&str> = words.filter(|word| !word.starts_with("--")).collect();
                    let base = words.first().copied().unwrap_or_default();
                    let known = stages.iter().find(|(name, _)| name == base).map(|(_, from)| from.clone());
                    let from = known.unwrap_or_else(|| base.to_owned());
                    if let Some(name) = words.get(2) {
                        stages.push(((*name).to_owned(), from.clone()));
                    }
                    image = Self { from, ..Self::default() };
                    continue;
                }
                Some("EXPOSE") => {
                    image
                        .exposes
                        .extend(words.filter_map(|port| port.split('/').next()?.parse::<u16>().ok()));
                    continue;
                }
                Some("COPY" | "ADD") if !line.contains("--from") => {
                    words.filter(|word| !word.starts_with("--")).collect()
                }
                _ => Vec::new(),
            };
            if let Some((target, sources)) = rest.split_last() {
                image.copies.extend(sources.iter().map(|source| copy(context, source, target)));
            }
            image.crowded |= runs_more(line);
        }
        image
    }

    /// The path a file of the host has in the image.
    pub(super) fn place_of(&self, file: &Path) -> Option<String> {
        self.copies.iter().rev().find_map(|(source, target)| {
            let rest = file.strip_prefix(source).ok()?.to_string_lossy().into_owned();
            let base = target.trim_end_matches('/');
            Some(match (rest.as_str(), target.ends_with('/')) {
                ("", true) => format!("{base}/{}", file.file_name()?.to_string_lossy()),
                ("", false) => base.to_owned(),
                _ => format!("{base}/{rest}"),
            })
        })
    }
}

fn copy(context: &Path, source: &str, target: &str) -> (PathBuf, String) {
    let source = source.trim_matches(['[', ']', '"', ',', '\'']);
    (
        clean(&context.join(source.trim_start_matches('/'))),
        target.trim_matches(['[', ']', '"', ',', '\'']).to_owned(),
    )
}

/// Whether a line says that other programs than the base image's run in it.
fn runs_more(line: &str) -> bool {
    const PROGRAMS: &[&str] =
        &["supervisor", "s6", "php", "gunicorn", "uvicorn", "uwsgi", "node", "npm", "runit", "python"];
    let acts = ["RUN", "CMD", "ENTRYPOINT"]
        .iter()
        .any(|word| line.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)));
    acts && PROGRAMS.iter().any(|program| line.contains(program))
}
