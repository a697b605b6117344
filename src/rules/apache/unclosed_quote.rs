//! `apache/unclosed-quote`: a quote that nothing closes takes the rest of its line.

use super::lines::judge;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{Quote, apache};
use crate::vocabulary::apache as apache_word;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/unclosed-quote",
    severity: Severity::Warning,
    summary: "a quote that nothing closes takes the rest of its line",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/unclosed-quote.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    judge(context, sink, |command| {
        let node = command.node;
        // A text with a quote before it is how httpd 1.3 took messages.
        if node.is("ErrorDocument") {
            return None;
        }
        // Nothing but the quote: that line is refused, which apache/invalid-value says.
        if node.words().len() == 1 && (node.is("RewriteRule") || node.is("RewriteCond")) {
            return None;
        }
        let word = *node.words().last()?;
        let text = node.tree.slice(word.span);
        if word.quote == Quote::None || apache::is_closed(text, word.quote) || text.contains('\n') {
            return None;
        }
        // What it swallows is missing: apache/argument-count says so.
        let args: Vec<&str> = command.args.iter().map(|arg| arg.value.as_str()).collect();
        let kind = apache_word(command.name(), node.body().is_some()).and_then(|word| word.args);
        if kind.is_some_and(|kind| kind.complaint(&args).is_some()) {
            return None;
        }
        let (quote, value) = text.split_at(1);
        let found = |message: String, label: &str| {
            Diagnostic::new(word.span, message, label)
                .note("`apachectl configtest` has nothing to say about it")
        };
        if value.contains([' ', '\t']) {
            let message =
                format!("nothing closes this quote: all of `{value}` is one argument of {}", command.name());
            return Some((
                Severity::Warning,
                found(message, "one argument").help(format!("close it with `{quote}` where it ends")),
            ));
        }
        let fix = Fix::safe("close the quote", vec![Edit::insert(word.span.hi, quote)]);
        let message = format!("nothing closes this quote; Apache takes `{value}` all the same");
        Some((Severity::Hint, found(message, "not closed").help(format!("write `{text}{quote}`")).fix(fix)))
    });
}
