//! What the files hold that are linted: the disk, with the texts of `--overlay`, or what comes on standard input.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::Stop;
use crate::cli::{Input, Overlay};
use crate::vfs::Disk;

/// How standard input is named among the paths.
const STDIN: &str = "-";

/// What a file on standard input is called that has no name.
const NAMELESS: &str = "/stdin";

/// How a file begins in what `nginx -T` prints.
const HEAD: &str = "# configuration file ";

/// What is to be linted.
pub(super) struct Given {
    /// The files a run may see.
    pub(super) disk: Disk,
    /// The paths it is asked about.
    pub(super) paths: Vec<PathBuf>,
    /// Where gwlint.toml is looked for.
    pub(super) settings: Disk,
}

/// The files a run may see, and the paths it is asked about.
pub(super) fn files(input: &Input) -> Result<Given, Stop> {
    if input.paths.iter().any(|path| path == Path::new(STDIN)) {
        return standard_input(input);
    }
    let mut texts = Vec::new();
    for Overlay { real, new } in &input.overlay {
        let failed = |error| Stop::Unreadable(new.clone(), error);
        let bytes = if new == Path::new(STDIN) { read_stdin()? } else { fs::read(new).map_err(failed)? };
        texts.push((std::path::absolute(real).map_err(failed)?, bytes));
    }
    let paths = match (input.paths.is_empty(), texts.is_empty()) {
        (false, _) => input.paths.clone(),
        (true, false) => input.overlay.iter().map(|overlay| overlay.real.clone()).collect(),
        (true, true) => vec![PathBuf::from(".")],
    };
    Ok(Given { disk: Disk::real().with(texts), paths, settings: Disk::real() })
}

/// One file, or all of an nginx as `nginx -T` prints them.
fn standard_input(input: &Input) -> Result<Given, Stop> {
    if input.paths.len() > 1 || !input.overlay.is_empty() {
        return Err(Stop::Usage(
            "`-` is all there is to read: name no other path, and no --overlay".to_owned(),
        ));
    }
    let bytes = read_stdin()?;
    let mut files = dumped(&bytes);
    if files.is_empty() {
        files.push((PathBuf::from(NAMELESS), bytes));
    }
    let paths = files.iter().map(|(path, _)| path.clone()).collect();
    Ok(Given { disk: Disk::memory(files), paths, settings: Disk::real() })
}

fn read_stdin() -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| Stop::Unreadable(PathBuf::from(STDIN), error))?;
    Ok(bytes)
}

/// The files in what `nginx -T` prints, each once; none when it is something else.
fn dumped(bytes: &[u8]) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if let Some(path) = head(line) {
            files.push((path, Vec::new()));
        } else if let Some((_, text)) = files.last_mut() {
            text.extend_from_slice(line);
        } else if !is_remark(line) {
            return Vec::new();
        }
    }
    for (_, text) in &mut files {
        // nginx ends each file with a line of its own.
        if text.ends_with(b"\n") {
            text.pop();
        }
    }
    files
}

/// The path in the line that begins a file.
fn head(line: &[u8]) -> Option<PathBuf> {
    let line = std::str::from_utf8(line).ok()?;
    let path = line.trim_end().strip_prefix(HEAD)?.strip_suffix(':')?;
    path.starts_with('/').then(|| PathBuf::from(path))
}

/// A line that nginx writes to standard error, which `2>&1` puts before the dump.
fn is_remark(line: &[u8]) -> bool {
    line.starts_with(b"nginx: ") || line.trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_is_taken_apart_where_nginx_puts_it_together() {
        let text = "nginx: configuration file /etc/nginx/nginx.conf test is successful\n\
                    # configuration file /etc/nginx/nginx.conf:\nevents {}\n# configuration file of mine\n\n\
                    # configuration file /etc/nginx/a.conf:\nroot /srv;\n\n";
        let files = dumped(text.as_bytes());
        let files: Vec<_> =
            files.iter().map(|(path, text)| (path.to_str(), std::str::from_utf8(text))).collect();
        assert_eq!(
            files,
            [
                (Some("/etc/nginx/nginx.conf"), Ok("events {}\n# configuration file of mine\n")),
                (Some("/etc/nginx/a.conf"), Ok("root /srv;\n")),
            ]
        );
    }

    #[test]
    fn a_file_of_its_own_is_no_dump() {
        assert!(dumped(b"events {}\n# configuration file /etc/nginx/nginx.conf:\n").is_empty());
        assert!(dumped(b"").is_empty());
    }
}
