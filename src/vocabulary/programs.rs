//! Programs that listen behind gateways, and the options of their command lines that say where.

use std::sync::LazyLock;

/// A program that listens.
#[derive(Debug)]
pub struct Program {
    /// What people call it.
    pub name: &'static str,
    /// What its executables are called.
    names: Vec<&'static str>,
    /// What it speaks where nothing says otherwise.
    pub protocol: &'static str,
    /// Where it listens when nothing is said; empty where that depends on what is not in sight.
    pub default: &'static str,
    /// Option and key; an option that is not here says nothing of interest.
    options: Vec<(&'static str, &'static str)>,
}

impl Program {
    /// The key of an option: `bind` of `--bind`.
    pub fn key(&self, option: &str) -> Option<&'static str> {
        self.options.iter().find(|(name, _)| *name == option).map(|&(_, key)| key)
    }

    /// The long option that says a key: `--bind` for `bind`.
    pub fn option(&self, key: &str) -> Option<&'static str> {
        let mut names = self.options.iter().filter(|(_, known)| *known == key).map(|&(name, _)| name);
        names.find(|name| name.starts_with("--"))
    }
}

/// All of them.
pub fn programs() -> &'static [Program] {
    static ALL: LazyLock<Vec<Program>> = LazyLock::new(|| {
        let lines = include_str!("../../grammar/programs.tsv").lines();
        lines.filter(|line| !line.starts_with('#')).filter_map(read).collect()
    });
    &ALL
}

/// The program an executable is: by the last part of its path.
pub fn program(path: &str) -> Option<&'static Program> {
    let name = path.rsplit('/').next().unwrap_or(path);
    programs().iter().find(|program| program.names.contains(&name))
}

fn read(line: &'static str) -> Option<Program> {
    let mut columns = line.split('\t');
    let (name, names, protocol) = (columns.next()?, columns.next()?, columns.next()?);
    let (default, options) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
    let options = options.split(';').filter_map(|option| option.rsplit_once('='));
    let options = options.flat_map(|(names, key)| names.split(',').map(move |name| (name, key)));
    Some(Program { name, names: names.split(',').collect(), protocol, default, options: options.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_keys() {
        let gunicorn = program("/srv/venv/bin/gunicorn").expect("known");
        assert_eq!((gunicorn.name, gunicorn.protocol), ("gunicorn", "http"));
        assert_eq!(
            [gunicorn.key("-b"), gunicorn.key("--bind"), gunicorn.key("-D")],
            [Some("bind"), Some("bind"), None]
        );
        assert!(program("/usr/sbin/sshd").is_none());
    }
}
