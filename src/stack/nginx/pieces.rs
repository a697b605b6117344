//! Pieces of nginx: what stands around a file that nothing in sight includes.
//!
//! A comment in it says so, `# gwlint: context http,server`, or `--context`; else what stands in it.

use std::collections::HashMap;
use std::path::Path;

use super::{Nginx, ScopeKind, context_of_piece};
use crate::load::Workspace;
use crate::options::Options;
use crate::source::{FileId, Span};
use crate::tree::{Dialect, NodeRef, Tree};
use crate::vocabulary::{self, Contexts};

/// What stands around a piece.
pub(super) type Around = (ScopeKind, Contexts);

/// Each nginx with its main file, and the pieces. Sites that lie in one directory are pieces of one
/// server: an upstream in one of them is there for all.
pub(crate) fn instances(files: &Workspace, options: &Options) -> Vec<Nginx> {
    let mut groups: Vec<(Vec<FileId>, Option<Around>)> = Vec::new();
    let mut sites: HashMap<&Path, usize> = HashMap::new();
    for server in files.servers.iter().filter(|server| server.dialect == Dialect::Nginx) {
        let tree = files.tree(server.files[0]);
        let whole = server.whole || is_main(tree);
        let around = (!whole).then(|| around(tree, options));
        let site =
            around.filter(|(kind, contexts)| *kind == ScopeKind::Http && contexts.meets(Contexts::HTTP));
        if let Some(&group) = site.and_then(|_| sites.get(server.home.as_path())) {
            let (files, shared) = &mut groups[group];
            files.extend(&server.files);
            *shared = shared.zip(site).map(|((kind, all), (_, own))| (kind, all & own));
            continue;
        }
        if site.is_some() {
            sites.insert(&server.home, groups.len());
        }
        groups.push((server.files.clone(), around));
    }
    groups.into_iter().map(|(begin, around)| Nginx::build(files, &begin, around)).collect()
}

/// Nothing but a main file has `events`, wherever it lies.
fn is_main(tree: &Tree) -> bool {
    tree.top().any(|node| node.name() == "events" && node.body().is_some())
}

/// What stands around a piece.
fn around(tree: &Tree, options: &Options) -> Around {
    let said = said(tree, options);
    let kind = said.and_then(kind_of).unwrap_or_else(|| context_of_piece(tree.top()));
    (kind, said.unwrap_or_else(|| expected(tree)))
}

/// What the user says about the file, in it or for all.
fn said(tree: &Tree, options: &Options) -> Option<Contexts> {
    let named = comments(tree).map(|name| Contexts::named(tree.slice(name)));
    let named: Option<Vec<Contexts>> = named.collect();
    named?.into_iter().reduce(|all, context| all | context).or(options.contexts)
}

/// The names in the comments `# gwlint: context name,name` of a file.
pub(crate) fn comments(tree: &Tree) -> impl Iterator<Item = Span> {
    let lists = tree.comments.iter().filter_map(|&comment| {
        let text = tree.slice(comment).trim_start_matches('#').trim_start();
        let names = text.strip_prefix("gwlint:")?.trim_start().strip_prefix("context")?;
        names.starts_with([' ', '\t']).then(|| Span::new(comment.hi - names.len() as u32, comment.hi))
    });
    lists.flat_map(|list| names(tree, list))
}

/// The names in a list, without the blanks around them.
fn names(tree: &Tree, list: Span) -> impl Iterator<Item = Span> {
    let mut at = list.lo;
    tree.slice(list).split(',').filter_map(move |part| {
        let name = part.trim();
        let lo = at + (part.len() - part.trim_start().len()) as u32;
        at += part.len() as u32 + 1;
        (!name.is_empty()).then(|| Span::new(lo, lo + name.len() as u32))
    })
}

/// The kind of the one context that is said; of several, what stands in the piece tells.
fn kind_of(contexts: Contexts) -> Option<ScopeKind> {
    let mut kinds = contexts.each().map(|context| match context.to_string().as_str() {
        "main" => ScopeKind::Main,
        "http" => ScopeKind::Http,
        "server" => ScopeKind::Server,
        "location" => ScopeKind::Location,
        "upstream" => ScopeKind::Upstream,
        "if-in-server" | "if-in-location" => ScopeKind::If,
        "limit_except" => ScopeKind::LimitExcept,
        _ => ScopeKind::Other,
    });
    let first = kinds.next()?;
    kinds.all(|kind| kind == first).then_some(first)
}

/// The contexts a piece can be for: those that all directives in it allow. Where no context allows
/// them all nothing is known.
fn expected(tree: &Tree) -> Contexts {
    let shared = tree.top().fold(Contexts::ALL, |shared, node| shared & allowed(node));
    if shared.is_empty() { Contexts::ALL } else { shared }
}

/// The contexts a directive may stand in. A `server` is one of `http`, `stream` or `mail`, and what
/// stands in it tells of which.
fn allowed(node: NodeRef<'_>) -> Contexts {
    let words = vocabulary::nginx(node.name());
    if words.is_empty() {
        return Contexts::ALL;
    }
    let has_body = node.body().is_some();
    let fitting = words.iter().filter(|word| word.block == has_body);
    let own = fitting.fold(Contexts::NONE, |all, word| all | word.contexts);
    let own = if own.is_empty() { words.iter().fold(own, |all, word| all | word.contexts) } else { own };
    if !has_body || Contexts::ALL.inside(node.name()).is_empty() {
        return own;
    }
    let children: Vec<Contexts> = node.children().map(allowed).collect();
    let fits = |context: Contexts| {
        let inside = context.inside(node.name());
        children.iter().filter(|child| child.meets(inside)).count()
    };
    let most = own.each().map(fits).max().unwrap_or_default();
    own.each().filter(|&context| fits(context) == most).fold(Contexts::NONE, |all, context| all | context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    fn read(text: &str) -> Tree {
        let mut sources = SourceMap::default();
        let id = sources.add(Path::new("piece"), text.into()).expect("small");
        Tree::parse(id, Dialect::Nginx, sources.file(id))
    }

    #[test]
    fn what_stands_in_a_piece_tells_what_stands_around_it() {
        let cases = [
            ("server { location / { } }", "http"),
            ("server { listen 53 udp; proxy_pass 127.0.0.1:54; }", "stream"),
            ("upstream a { server b; } server { listen 80; root c; }", "http"),
            ("upstream a { server b; }", "http,stream"),
            ("location / { } server_name a;", "server"),
            ("rewrite a b;", "server,location,if-in-server,if-in-location"),
            ("my_own on;", "any"),
            ("listen 80; server { }", "any"),
        ];
        for (text, contexts) in cases {
            assert_eq!(expected(&read(text)), Contexts::parse(contexts), "{text}");
        }
    }

    #[test]
    fn a_comment_says_it() {
        let none = Options::default();
        let all = Options { contexts: Some(Contexts::HTTP), ..Options::default() };
        let both = Contexts::parse("server,location");
        assert_eq!(said(&read("a;"), &none), None);
        assert_eq!(said(&read("a;"), &all), Some(Contexts::HTTP));
        assert_eq!(said(&read("# gwlint: context server , location\na;"), &all), Some(both));
        assert_eq!(said(&read("# gwlint: context server\n#gwlint: context location"), &none), Some(both));
        assert_eq!(said(&read("# gwlint: context sever\na;"), &all), None, "nobody knows what is meant");
        assert_eq!(said(&read("# gwlint: contexts server\n"), &none), None);
        let tree = read("# gwlint: context a,  bc \n");
        assert_eq!(comments(&tree).map(|name| tree.slice(name)).collect::<Vec<_>>(), ["a", "bc"]);
    }
}
