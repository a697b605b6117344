//! `php/wrong-php-ini`: a limit of requests is raised in the php.ini of the command line, which takes none.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::php::{Php, Sapi, effective};
use crate::value::{bytes_text, php_quantity};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/wrong-php-ini",
    severity: Severity::Warning,
    summary: "a limit of requests is raised in the php.ini of the command line, and that of PHP-FPM has the default",
    fixable: Fixable::No,
    card: include_str!("../../../rules/php/wrong-php-ini.md"),
    check,
};

/// What only requests have, and what the untouched php.ini says.
const LIMITS: [(&str, &str); 2] = [("upload_max_filesize", "2M"), ("post_max_size", "8M")];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for cli in context.stack.php.iter().filter(|php| php.whole && php.sapi == Sapi::Cli) {
        let web = |php: &&Php| php.whole && php.sapi == Sapi::Fpm && php.version == cli.version;
        let Some(web) = context.stack.php.iter().find(web) else { continue };
        for limit in LIMITS {
            sink.report_some(finding(context, cli, web, limit));
        }
    }
}

fn finding(context: &Context<'_>, cli: &Php, web: &Php, (key, default): (&str, &str)) -> Option<Diagnostic> {
    let raised = effective(Some(cli), None, key, default);
    let there = effective(Some(web), None, key, default);
    let bytes = |text: &str| u64::try_from(php_quantity(text).value).ok();
    let (wanted, kept) = (bytes(&raised.value)?, bytes(&there.value)?);
    let in_pool = context.stack.pools().any(|(_, pool)| {
        let mut entries = pool.php_entries();
        entries.any(|entry| entry.sub.as_deref() == Some(key))
    });
    if wanted <= kept || kept != bytes(default)? || in_pool {
        return None;
    }
    let message = format!(
        "{key} is raised to {} for the command line, which takes no requests; PHP-FPM reads another php.ini and stays at {}",
        bytes_text(wanted),
        bytes_text(kept)
    );
    let file = context.files.on_machine(&context.files.file(web.file).path);
    let mut found = Diagnostic::new(raised.span?, message, "not read by PHP-FPM");
    if let Some(span) = there.span {
        found = found.label(span, "read by PHP-FPM");
    }
    Some(
        found
            .note("`php --ini` names the files of the command line, `phpinfo()` in a page those of PHP-FPM")
            .help(format!("write `{key} = {}` in {}", raised.value, file.display())),
    )
}
