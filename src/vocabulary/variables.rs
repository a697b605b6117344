//! The variables of nginx, `grammar/nginx-variables.tsv`, and where they may stand, `grammar/nginx-texts.tsv`.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Where a variable is known. Each has variables of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Domain {
    /// In `http`.
    Http,
    /// In `stream`.
    Stream,
}

/// A variable some module of nginx provides.
#[derive(Debug, Clone, Copy)]
pub struct NginxVariable {
    /// Its name, in small letters; of `arg_*` what stands before the asterisk.
    pub name: &'static str,
    /// Whether all names that begin so are meant.
    pub prefix: bool,
    /// Whether `set` and `map` may give it a value: `None` where that depends on how nginx was built.
    pub settable: Option<bool>,
    /// Where it is known.
    domains: [bool; 2],
}

impl NginxVariable {
    fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let (name, domains) = (fields.next()?, fields.next()?);
        let settable = match fields.next()? {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        let domains = ["http", "stream"].map(|domain| domains.split(',').any(|one| one == domain));
        let short = name.strip_suffix('*');
        Some(Self { name: short.unwrap_or(name), prefix: short.is_some(), settable, domains })
    }

    fn is_in(&self, domain: Domain) -> bool {
        self.domains[domain as usize]
    }
}

fn variables() -> &'static [NginxVariable] {
    static VARIABLES: OnceLock<Vec<NginxVariable>> = OnceLock::new();
    VARIABLES.get_or_init(|| {
        let lines = include_str!("../../grammar/nginx-variables.tsv").lines().skip(1);
        let mut all: Vec<_> = lines.filter_map(NginxVariable::parse).collect();
        all.sort_by_key(|variable| (variable.prefix, variable.name));
        all
    })
}

/// The variable of this name, which is in small letters.
pub fn nginx_variable(name: &str, domain: Domain) -> Option<&'static NginxVariable> {
    let all = variables();
    let (exact, prefixes) = all.split_at(all.partition_point(|variable| !variable.prefix));
    let from = exact.partition_point(|variable| variable.name < name);
    let mut same = exact[from..].iter().take_while(|variable| variable.name == name);
    let found = same.find(|variable| variable.is_in(domain));
    found.or_else(|| prefixes.iter().find(|prefix| prefix.is_in(domain) && name.starts_with(prefix.name)))
}

/// The names of all variables that have one.
pub fn nginx_variables(domain: Domain) -> impl Iterator<Item = &'static str> {
    let named = variables().iter().filter(move |variable| !variable.prefix && variable.is_in(domain));
    named.map(|variable| variable.name)
}

/// Which arguments of a directive may hold variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arguments {
    One(usize),
    From(usize),
    Last,
}

/// Whether argument `index` of `count` of a directive is a text that may hold variables.
pub fn nginx_text(directive: &str, index: usize, count: usize) -> bool {
    match texts().get(directive) {
        Some(Arguments::One(one)) => index == *one,
        Some(Arguments::From(first)) => index >= *first,
        Some(Arguments::Last) => index + 1 == count,
        None => false,
    }
}

fn texts() -> &'static HashMap<&'static str, Arguments> {
    static TEXTS: OnceLock<HashMap<&str, Arguments>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let lines = include_str!("../../grammar/nginx-texts.tsv").lines().skip(1);
        lines
            .filter_map(|line| line.split_once('\t'))
            .filter_map(|(name, text)| Some((name, arguments(text)?)))
            .collect()
    })
}

/// Reads `1`, `2+` and `last`; arguments are counted from 1 in the table.
fn arguments(text: &str) -> Option<Arguments> {
    if text == "last" {
        return Some(Arguments::Last);
    }
    let (number, open) = text.strip_suffix('+').map_or((text, false), |number| (number, true));
    let index = number.parse::<usize>().ok()?.checked_sub(1)?;
    Some(if open { Arguments::From(index) } else { Arguments::One(index) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::nginx;

    #[test]
    fn the_tables_are_read_whole() {
        let lines = |text: &str| text.lines().count() - 1;
        assert_eq!(variables().len(), lines(include_str!("../../grammar/nginx-variables.tsv")));
        assert_eq!(texts().len(), lines(include_str!("../../grammar/nginx-texts.tsv")));
        assert!(texts().keys().all(|name| !nginx(name).is_empty()));
    }

    #[test]
    fn a_variable_is_known_where_it_is_one() {
        assert!(nginx_variable("request_uri", Domain::Http).is_some_and(|uri| uri.settable == Some(false)));
        assert!(nginx_variable("request_uri", Domain::Stream).is_none());
        assert!(nginx_variable("http_x_forwarded_for", Domain::Http).is_some());
        assert!(nginx_variable("args", Domain::Http).is_some_and(|args| args.settable == Some(true)));
        assert!(nginx_variable("documentroot", Domain::Http).is_none());
    }

    #[test]
    fn texts_hold_variables_where_nginx_looks_for_them() {
        assert!(nginx_text("add_header", 1, 2) && !nginx_text("add_header", 0, 2));
        assert!(
            nginx_text("try_files", 2, 3)
                && nginx_text("error_page", 1, 2)
                && !nginx_text("error_page", 0, 2)
        );
        assert!(!nginx_text("server_name", 0, 1));
    }
}
