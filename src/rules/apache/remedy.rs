//! How a module is loaded that an Apache lacks.

use std::path::Path;

use crate::diagnostic::Fix;
use crate::edits;
use crate::rule::Context;
use crate::stack::apache::Apache;
use crate::tree::NodeRef;
use crate::vfs::Kind;
use crate::vocabulary::ApacheModule;

/// What to do, and the repair where it is one of text.
pub(super) fn remedy(context: &Context<'_>, server: &Apache, module: &ApacheModule) -> (String, Option<Fix>) {
    let main = &context.files.file(server.file).path;
    let available = main.with_file_name("mods-available");
    if context.disk.kind(&available) == Some(Kind::Directory)
        || context.disk.kind(&main.with_file_name("mods-enabled")) == Some(Kind::Directory)
    {
        let enable = format!("run `a2enmod {}` and restart Apache", module.short());
        let there = context.disk.kind(&available.join(format!("{}.load", module.short()))).is_some();
        let absent = context.disk.kind(&available) == Some(Kind::Directory) && !there;
        let help =
            if absent { format!("install the package of {}, then {enable}", module.name) } else { enable };
        let fix = last_load_module(context, server, module).map(|(last, path)| {
            let line = format!("LoadModule {} {path}", module.identifier);
            Fix::risky(format!("load {}", module.name), vec![edits::insert_line_after(last, &line)])
        });
        return (help, fix.filter(|_| !absent));
    }
    let line = |path: &str| format!("LoadModule {} {path}", module.identifier);
    let Some((last, path)) = last_load_module(context, server, module) else {
        return (format!("write `{}`", line(&format!("modules/{}.so", file_stem(module)))), None);
    };
    let text = line(&path);
    let fix = Fix::risky(format!("load {}", module.name), vec![edits::insert_line_after(last, &text)]);
    (format!("write `{text}`"), Some(fix))
}

/// The last `LoadModule`, and the path of the module beside that one's.
fn last_load_module<'a>(
    context: &Context<'a>,
    server: &Apache,
    module: &ApacheModule,
) -> Option<(NodeRef<'a>, String)> {
    let (_, entry) = server.everywhere("loadmodule").last()?;
    let dir = Path::new(entry.value(1)?).parent()?;
    let path = dir.join(format!("{}.so", file_stem(module)));
    Some((context.files.node(entry.at), path.display().to_string()))
}

/// The file of a module, without its ending.
fn file_stem(module: &ApacheModule) -> String {
    format!("mod_{}", module.short())
}
