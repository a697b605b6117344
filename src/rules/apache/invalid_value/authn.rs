//! `AuthBasicProvider` and its kin: who knows the passwords.

use super::super::lines::{Fault, is_filled_in};
use crate::load::Workspace;
use crate::load::apache::Arg;
use crate::spelling::closest;
use crate::stack::apache::Command;
use crate::vocabulary::AUTHN_PROVIDERS;

/// Each argument is a provider, one of httpd's or one that the configuration gives a name.
pub(super) fn providers(files: &Workspace, command: &Command<'_>) -> Option<Fault> {
    command.args.iter().find_map(|arg| provider(files, command, arg))
}

fn provider(files: &Workspace, command: &Command<'_>, arg: &Arg) -> Option<Fault> {
    let name = arg.value.as_str();
    let known = AUTHN_PROVIDERS.contains(&name) || is_filled_in(name) || is_defined(files, command, name);
    // Modules of others bring their own.
    if known || !command.apache.modules.are_all_of_httpd() {
        return None;
    }
    let log = format!("Unknown Authn provider: {name}");
    let fault = Fault::new(arg.span, format!("nothing called `{name}` knows any passwords"), log)
        .label("no provider of this name");
    Some(match closest(name, AUTHN_PROVIDERS.iter().copied()) {
        Some(meant) => fault.meant(arg.plain, meant),
        None => fault.help(format!("there are {}", AUTHN_PROVIDERS.join(", "))),
    })
}

/// Whether an `<AuthnProviderAlias>` or an `AuthnzFcgiDefineProvider` gives a provider this name.
fn is_defined(files: &Workspace, command: &Command<'_>, name: &str) -> bool {
    let apache = command.apache;
    let alias = apache.section_ids().any(|id| {
        apache.node(files, id).is_some_and(|node| node.is("AuthnProviderAlias"))
            && apache.section(id).args.get(1).is_some_and(|alias| alias.value == name)
    });
    alias || apache.everywhere("authnzfcgidefineprovider").any(|(_, entry)| entry.value(1) == Some(name))
}
