//! `apache/invalid-value`: a directive of Apache does not take its value.

mod address;
mod alias;
mod authn;
mod expires;
mod format;
mod header;
mod load_module;
mod number;
mod options;
mod redirect;
mod request;
mod rewrite;
mod version;

use super::lines::{Fault, method, refuse};
use crate::diagnostic::Severity;
use crate::load::Workspace;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Command, SectionKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/invalid-value",
    severity: Severity::Error,
    summary: "a directive of Apache does not take its value",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/invalid-value.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    refuse(context, sink, |command| find(context.files, command));
}

fn find(files: &Workspace, command: &Command<'_>) -> Option<Fault> {
    let name = command.name().to_ascii_lowercase();
    match name.as_str() {
        "options" => options::options(command),
        "alias" | "scriptalias" => alias::alias(command),
        "authbasicprovider" | "authdigestprovider" | "authformprovider" => authn::providers(files, command),
        "cacheenable" => alias::cache_enable(command),
        "cachedisable" => alias::cache_disable(command),
        "ifversion" if command.node.body().is_some() => version::condition(command),
        "loadmodule" => load_module::load_module(command),
        "listen" => address::listen(command),
        "servername" => address::server_name(command),
        "virtualhost" if command.node.body().is_some() => address::virtual_host(command),
        "redirect" | "redirectpermanent" | "redirecttemp" | "redirectmatch" => {
            redirect::redirect(command, &name, is_per_directory(files, command))
        }
        "errordocument" => redirect::error_document(command),
        "header" | "requestheader" => header::header(command),
        "logformat" => format::log(command.args.first()?),
        "customlog" | "globallog" => format::log(command.args.get(1)?).or_else(|| format::clause(command)),
        "expiresdefault" => expires::expires(command, 0),
        "expiresbytype" => expires::expires(command, 1),
        "setenvif" | "setenvifnocase" | "browsermatch" | "browsermatchnocase" => request::set_env_if(command),
        "requestreadtimeout" => request::read_timeout(command),
        "rewriterule" | "rewritecond" => rewrite::line(command),
        "rewritebase" => rewrite::base(command),
        "rewriteoptions" => rewrite::options(command),
        "rewritemap" => rewrite::map(command),
        "limitrequestbody" | "limitxmlrequestbody" => number::body(command, &name),
        "allowmethods" => methods(command),
        _ => number::number(command, &name),
    }
}

/// Whether a line belongs to a directory, as in `<Location>` and `.htaccess`; `None` where that is out of sight.
fn is_per_directory(files: &Workspace, command: &Command<'_>) -> Option<bool> {
    match command.apache.section(command.scope).kind {
        SectionKind::VirtualHost => Some(false),
        SectionKind::Location | SectionKind::Directory => Some(true),
        SectionKind::Server if command.apache.whole => Some(false),
        SectionKind::Server => {
            let path = &files.file(command.node.tree.file).path;
            path.file_name().is_some_and(|name| name == ".htaccess").then_some(true)
        }
        _ => None,
    }
}

/// `AllowMethods`: names of methods, as they are written in requests.
fn methods(command: &Command<'_>) -> Option<Fault> {
    command.args.iter().find_map(|arg| {
        let log = format!("AllowMethods: Invalid Method '{}'", arg.value);
        method(arg, log).filter(|_| !arg.value.eq_ignore_ascii_case("reset"))
    })
}
