//! Which versions of nginx take what: `grammar/nginx-versions.tsv`, beside the `since` of each directive.

use std::sync::LazyLock;

use crate::version::Version;

/// A directive, or an argument of one, that not every version takes.
#[derive(Debug, Clone, Copy)]
pub struct NginxSpan {
    /// The directive.
    pub directive: &'static str,
    /// Its argument, `name=` for one with a value; nothing for the directive itself.
    pub argument: &'static str,
    /// The first version that takes it.
    pub since: Option<Version>,
    /// The first version that warns of it.
    pub deprecated: Option<Version>,
    /// The first version that does not take it any more.
    pub removed: Option<Version>,
    /// What to write instead.
    pub instead: Option<&'static str>,
    /// What nginx logs.
    pub log: &'static str,
}

impl NginxSpan {
    /// Whether this is about an argument that is written so.
    pub fn is_about(&self, argument: &str) -> bool {
        if self.argument.ends_with('=') {
            argument.starts_with(self.argument)
        } else {
            argument == self.argument
        }
    }
}

/// What there is to say about a directive.
pub fn nginx_spans(directive: &str) -> impl Iterator<Item = &'static NginxSpan> {
    static SPANS: LazyLock<Vec<NginxSpan>> = LazyLock::new(read);
    let start = SPANS.partition_point(|span| span.directive < directive);
    SPANS[start..].iter().take_while(move |span| span.directive == directive)
}

fn read() -> Vec<NginxSpan> {
    let lines = include_str!("../../grammar/nginx-versions.tsv").lines().skip(1);
    let mut spans: Vec<NginxSpan> = lines.filter_map(line).collect();
    spans.sort_by_key(|span| span.directive);
    spans
}

fn line(line: &'static str) -> Option<NginxSpan> {
    let fields: Vec<&'static str> = line.split('\t').collect();
    let &[directive, argument, since, deprecated, removed, instead, log] = fields.as_slice() else {
        return None;
    };
    let version = |text: &str| text.parse().ok();
    Some(NginxSpan {
        directive,
        argument,
        since: version(since),
        deprecated: version(deprecated),
        removed: version(removed),
        instead: (!instead.is_empty()).then_some(instead),
        log,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_whole() {
        let table = include_str!("../../grammar/nginx-versions.tsv");
        let names = table.lines().skip(1).filter_map(|line| line.split('\t').next());
        assert!(names.clone().all(|name| nginx_spans(name).next().is_some()));
        assert_eq!(read().len(), names.count());
    }

    #[test]
    fn arguments_are_told_apart() {
        let listen = |argument: &str| nginx_spans("listen").find(|span| span.is_about(argument));
        assert!(listen("quic").is_some_and(|span| span.since == Some(Version::new(1, 25, 0))));
        assert!(listen("ssl").is_none());
        assert!(nginx_spans("server").any(|span| span.is_about("service=http")));
    }
}
