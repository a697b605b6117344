//! `nginx/argument-count`: a directive has more or fewer arguments than it takes.

use super::words::{is_damaged, is_filled_in, logged, meanings};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::nginx::Place;
use crate::tree::{Dialect, NodeRef};
use crate::vocabulary::{self, Contexts, NginxWord, Value};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/argument-count",
    severity: Severity::Error,
    summary: "a directive has more or fewer values than it takes, so that nginx does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/argument-count.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for node in includes(context) {
        if let Some(word) = vocabulary::nginx(node.name()).first().filter(|_| !is_damaged(node)) {
            sink.report(finding(context, node, word));
        }
    }
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files) {
            if let Some(word) = refusing(&place).filter(|_| !is_excused(context, &place)) {
                sink.report_once(finding(context, place.node, word));
            }
        }
    }
}

/// The includes with more than a name, which the model takes for the files they bring in. Those of blocks
/// that hold data are read by the blocks.
fn includes<'a>(context: &Context<'a>) -> impl Iterator<Item = NodeRef<'a>> {
    let nodes = context.files.includes.keys().map(|&at| context.files.node(at));
    let holds_directives = |block: NodeRef<'_>| !Contexts::ALL.inside(block.name()).is_empty();
    nodes.filter(move |node| {
        node.tree.dialect == Dialect::Nginx
            && node.words().len() > 1
            && node.parent().is_none_or(holds_directives)
            && !node.words().iter().any(|word| is_filled_in(node.tree.slice(word.span)))
    })
}

/// A meaning of the directive here, if none takes as many values as it has.
fn refusing(place: &Place<'_>) -> Option<&'static NginxWord> {
    let block = place.node.body().is_some();
    let count = place.node.words().len();
    let mut fitting = meanings(place).filter(|word| word.block == block);
    let first = fitting.clone().next()?;
    (!fitting.any(|word| word.args.accepts(count))).then_some(first)
}

fn is_excused(context: &Context<'_>, place: &Place<'_>) -> bool {
    let node = place.node;
    context.options.has_nginx(node.name())
        || is_damaged(node)
        || is_size_in_two(place)
        || node.words().iter().any(|word| is_filled_in(node.tree.slice(word.span)) && !is_regex(node))
}

/// Whether braces and brackets are at home in the values of a directive.
fn is_regex(node: NodeRef<'_>) -> bool {
    matches!(node.name(), "location" | "rewrite" | "if" | "server_name" | "fastcgi_split_path_info")
}

/// `5 m`, a size or time with a blank before its unit, has rules of its own.
fn is_size_in_two(place: &Place<'_>) -> bool {
    let node = place.node;
    let count = node.words().len();
    let taken = || meanings(place).any(|word| count > 0 && word.args.accepts(count - 1));
    let Some(signature) = vocabulary::signatures(node.name(), place.contexts).next().filter(|_| taken())
    else {
        return false;
    };
    let in_two = |index: usize| {
        let (first, second) = (node.arg(index)?, node.arg(index + 1)?);
        signature.in_two(index + 1, count, &first, &second)
    };
    (0..count).any(|index| in_two(index).is_some())
}

fn finding(context: &Context<'_>, node: NodeRef<'_>, word: &NginxWord) -> Diagnostic {
    let (name, count) = (node.name(), node.words().len());
    let has = match count {
        0 => "none".to_owned(),
        count => count.to_string(),
    };
    let values = if word.args.to_string() == "1" { "value" } else { "values" };
    let takes = if word.args.to_string() == "0" { "no".to_owned() } else { word.args.to_string() };
    let message = format!("`{name}` takes {takes} {values} and has {has}: nginx does not start");
    let says = format!("[emerg] invalid number of arguments in \"{name}\" directive");
    let found = |span: Span, label: &str| {
        Diagnostic::new(span, &message, label).note(logged(context, node.span(), &says))
    };
    let is_sign = |text: &str| matches!(text, "=" | ":") && name != "location";
    if let Some(sign) = node.words().first().filter(|word| is_sign(node.tree.slice(word.span))) {
        return with_sign(found(sign.span, "taken for a value"), node, word);
    }
    if count < word.args.least() as usize {
        return found(node.head(), "too few").help(wanted(node, word));
    }
    let most = (0..count).rev().find(|&count| word.args.accepts(count)).unwrap_or_default();
    let extra = node.words()[most..].iter().map(|word| word.span).reduce(Span::to).unwrap_or(node.head());
    found(extra, "too many").help(too_many(node, most, extra))
}

/// `root = /srv`: nginx has no `=` between a name and its values.
fn with_sign(found: Diagnostic, node: NodeRef<'_>, word: &NginxWord) -> Diagnostic {
    let [sign, rest @ ..] = node.words() else { return found };
    let sign_text = node.tree.slice(sign.span);
    let Some(values) = rest.iter().map(|word| word.span).reduce(Span::to) else {
        return found.help(wanted(node, word));
    };
    let right = format!("{} {}", node.name(), node.tree.slice(values));
    let gap = Span::new(sign.span.lo, values.lo);
    let fix = Fix::safe(format!("take the `{sign_text}` out"), vec![Edit::replace(gap, "")]);
    let takes = word.args.accepts(rest.len());
    found.help(format!("write `{right}` without the `{sign_text}`")).fix(takes.then_some(fix))
}

/// What to write where a value is missing.
fn wanted(node: NodeRef<'_>, word: &NginxWord) -> String {
    let name = node.name();
    match (word.value, word.default) {
        (Value::Flag, _) => format!("write `{name} on;` or `{name} off;`"),
        (Value::OneOf(words), _) => format!("write `{name}` and one of {}", words.replace('/', ", ")),
        (_, Some(default)) if word.args.accepts(default.split(' ').count()) && default != "—" => {
            format!("write its value, as in `{name} {default};`, or take the line out")
        }
        _ => "write what is missing, or take the line out".to_owned(),
    }
}

/// What to do with values that are too many.
fn too_many(node: NodeRef<'_>, most: usize, extra: Span) -> String {
    let tree = node.tree;
    let kept = most.checked_sub(1).map_or(node.name_span(), |last| node.words()[last].span);
    if tree.slice(Span::new(kept.hi, extra.lo)).contains('\n') {
        return format!("end the directive behind `{}` with a `;`", tree.slice(kept));
    }
    if ["//", "--", "/*"].iter().any(|mark| tree.slice(extra).starts_with(mark)) {
        return "comments begin with `#`".to_owned();
    }
    let Some(first) = most.checked_sub(1).map(|last| node.words()[last].span) else {
        return format!("write `{}` without a value", node.name());
    };
    let whole = tree.slice(first.to(extra));
    if whole.contains(['"', '\'', '\n']) {
        return "put quotes around a value that has blanks in it".to_owned();
    }
    format!("if the blank belongs to the value, write it in quotes: `\"{whole}\"`")
}
