//! Zones of shared memory in nginx: which directives define them, which use them, and for what.

use super::Contexts;

/// Where a directive has the name of its zone, and the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `zone=name:size`, or with another key.
    Keyed(&'static str),
    /// `shared:name:size`.
    Shared,
    /// `name size`.
    Words,
    /// `name` alone.
    Word,
}

/// A directive that names a zone.
#[derive(Debug, Clone, Copy)]
pub struct ZoneWord {
    /// Its name.
    pub name: &'static str,
    /// What the zone is for; one zone cannot be for two things.
    pub purpose: &'static str,
    /// Whether several may define the zone, if all say the same size.
    pub shared: bool,
    /// Whether it defines the zone, or uses one that another directive defines.
    pub defines: bool,
    form: Form,
}

/// The name and the size in the arguments of a directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared<'a> {
    /// The argument they stand in.
    pub arg: usize,
    /// How many bytes of it stand before the name.
    pub offset: usize,
    /// The name.
    pub name: &'a str,
    /// The size, if it says one.
    pub size: Option<&'a str>,
}

/// A directive that defines a zone only it can define.
const fn own(name: &'static str, purpose: &'static str, key: &'static str) -> ZoneWord {
    ZoneWord { name, purpose, shared: false, defines: true, form: Form::Keyed(key) }
}

/// A directive that uses a zone.
const fn uses(name: &'static str, purpose: &'static str, form: Form) -> ZoneWord {
    ZoneWord { name, purpose, shared: true, defines: false, form }
}

/// A directive that defines a zone or joins those who have.
const fn joins(name: &'static str, purpose: &'static str, form: Form) -> ZoneWord {
    ZoneWord { name, purpose, shared: true, defines: true, form }
}

/// All directives, asked of nginx 1.22 but for the last.
const WORDS: &[ZoneWord] = &[
    own("limit_req_zone", "limit_req", "zone="),
    own("limit_conn_zone", "limit_conn", "zone="),
    own("proxy_cache_path", "proxy_cache", "keys_zone="),
    own("fastcgi_cache_path", "fastcgi_cache", "keys_zone="),
    own("uwsgi_cache_path", "uwsgi_cache", "keys_zone="),
    own("scgi_cache_path", "scgi_cache", "keys_zone="),
    uses("limit_req", "limit_req", Form::Keyed("zone=")),
    uses("limit_conn", "limit_conn", Form::Word),
    uses("proxy_cache", "proxy_cache", Form::Word),
    uses("fastcgi_cache", "fastcgi_cache", Form::Word),
    uses("uwsgi_cache", "uwsgi_cache", Form::Word),
    uses("scgi_cache", "scgi_cache", Form::Word),
    joins("ssl_session_cache", "ssl_session_cache", Form::Shared),
    joins("ssl_ocsp_cache", "ssl_ocsp_cache", Form::Shared),
    joins("zone", "upstream", Form::Words),
    own("js_shared_dict_zone", "js_shared_dict_zone", "zone="),
];

/// The directive of this name, where it names a zone in these contexts.
pub fn zone_word(name: &str, contexts: Contexts) -> Option<&'static ZoneWord> {
    let upstream = Contexts::parse("upstream") | Contexts::parse("stream-upstream");
    let word = WORDS.iter().find(|word| word.name == name)?;
    (name != "zone" || contexts.meets(upstream)).then_some(word)
}

impl ZoneWord {
    /// The name and the size in these arguments.
    pub fn read<'a, S: AsRef<str>>(&self, args: &'a [S]) -> Option<Shared<'a>> {
        match self.form {
            Form::Keyed(key) => keyed(args, key),
            Form::Shared => keyed(args, "shared:").filter(|shared| shared.size.is_some()),
            Form::Words | Form::Word => {
                let name = args.first()?.as_ref();
                let size = args.get(1).filter(|_| self.form == Form::Words).map(AsRef::as_ref);
                Some(Shared { arg: 0, offset: 0, name, size })
            }
        }
    }
}

fn keyed<'a, S: AsRef<str>>(args: &'a [S], key: &str) -> Option<Shared<'a>> {
    let (arg, value) =
        args.iter().enumerate().find_map(|(arg, text)| Some((arg, text.as_ref().strip_prefix(key)?)))?;
    let (name, size) = match value.split_once(':') {
        Some((name, size)) => (name, Some(size)),
        None => (value, None),
    };
    Some(Shared { arg, offset: key.len(), name, size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sizes_are_found() {
        let read = |name: &str, args: &[&str]| {
            let contexts = Contexts::parse("upstream");
            let word = zone_word(name, contexts)?;
            let shared = word.read(args)?;
            Some((shared.arg, shared.name.to_owned(), shared.size.map(str::to_owned)))
        };
        let found =
            |arg, name: &str, size: Option<&str>| Some((arg, name.to_owned(), size.map(str::to_owned)));
        assert_eq!(read("limit_req_zone", &["$uri", "zone=a:1m", "rate=1r/s"]), found(1, "a", Some("1m")));
        assert_eq!(read("limit_req", &["zone=a", "nodelay"]), found(0, "a", None));
        assert_eq!(read("ssl_session_cache", &["builtin", "shared:a:1m"]), found(1, "a", Some("1m")));
        assert_eq!(read("zone", &["a", "64k"]), found(0, "a", Some("64k")));
        assert_eq!(read("proxy_cache", &["off"]), found(0, "off", None));
        assert_eq!(read("server", &["a"]), None);
        assert!(zone_word("zone", Contexts::parse("http")).is_none());
    }
}
