//! `apache/invalid-expression`: httpd does not take an expression.

use super::header::Header;
use super::lines::{Fault, refuse};
use crate::diagnostic::Severity;
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::spelling::closest;
use crate::stack::apache::Command;
use crate::value::{ExprFault, ExprFaultKind, ExprForm, apache_expression, rewrite_line};
use crate::vocabulary::ExprName;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/invalid-expression",
    severity: Severity::Error,
    summary: "Apache does not take this expression",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/invalid-expression.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    refuse(context, sink, |command| {
        let written = written(command)?;
        if ["{{", "{%", "<%", "${", "@@"].iter().any(|mark| written.text.contains(mark)) {
            return None;
        }
        apache_expression(&written.text, written.form).err().map(|fault| say(&written, &fault))
    });
}

/// An expression as it is written.
struct Written<'a> {
    text: std::borrow::Cow<'a, str>,
    form: ExprForm,
    /// All of it.
    whole: Span,
    /// Where it begins, if it reads as it is written.
    plain: Option<u32>,
    /// What the server logs before its reason.
    log: String,
}

impl<'a> Written<'a> {
    /// Argument `arg` from the byte `skip` on.
    fn arg(arg: &'a Arg, skip: usize, form: ExprForm, log: impl Into<String>) -> Option<Self> {
        let text = arg.value.get(skip..)?.into();
        let plain = arg.plain.map(|span| span.lo + skip as u32);
        Some(Self { text, form, whole: arg.span, plain, log: log.into() })
    }
}

/// The expression of a directive, if it has one.
fn written<'a>(command: &Command<'a>) -> Option<Written<'a>> {
    use ExprForm::{Condition, Text};
    let args = command.args;
    let is = |name: &str| command.node.is(name);
    if is("If") || is("ElseIf") {
        Written::arg(args.first()?, 0, Condition, "Cannot parse condition clause: ")
    } else if is("Require") {
        require(command)
    } else if is("RewriteCond") {
        rewrite_cond(command)
    } else if is("SetEnvIfExpr") {
        let arg = args.first()?;
        Written::arg(arg, 0, Condition, format!("Could not parse expression \"{}\": ", arg.value))
    } else if is("Header") || is("RequestHeader") {
        of_header(command)
    } else if is("CustomLog") || is("GlobalLog") {
        let arg = args.get(2).filter(|arg| arg.value.starts_with("expr="))?;
        Written::arg(arg, "expr=".len(), Condition, "")
    } else if is("ErrorDocument") {
        let arg = args.get(1).filter(|arg| arg.value.contains("%{"))?;
        Written::arg(arg, 0, Text, "Cannot parse expression in ErrorDocument: ")
    } else {
        None
    }
}

/// `Header set NAME expr=…` holds a text, the clause behind it a condition.
fn of_header<'a>(command: &Command<'a>) -> Option<Written<'a>> {
    let header = Header::of(command)?;
    let expression = |arg: Option<&'a Arg>, form| {
        let arg = arg.filter(|arg| arg.value.starts_with("expr="))?;
        Some((arg, form))
    };
    let (arg, form) = expression(header.clause, ExprForm::Condition)
        .or_else(|| expression(header.written(), ExprForm::Text))?;
    let log = match form {
        ExprForm::Condition => "Can't parse envclause/expression: ",
        ExprForm::Text => "Can't parse value expression : ",
    };
    Written::arg(arg, "expr=".len(), form, log)
}

/// `Require expr …`, the rest of the line, and the names `Require user` takes, which may hold variables.
fn require<'a>(command: &Command<'a>) -> Option<Written<'a>> {
    let log = "Cannot parse expression in require line: ";
    let at = usize::from(command.value(0).is_some_and(|word| word.eq_ignore_ascii_case("not")));
    match command.value(at)? {
        "expr" => {}
        "user" | "group" | "dbm-group" | "ldap-user" | "ldap-group" => {
            let bad = command.args[at + 1..].iter().find(|arg| arg.value.contains("%{"))?;
            return Written::arg(bad, 0, ExprForm::Text, log);
        }
        _ => return None,
    }
    if let [only] = &command.args[at + 1..] {
        return Written::arg(only, 0, ExprForm::Condition, log);
    }
    let line = command.line()?;
    let from = line.text.find("expr")? + "expr".len();
    let from = from + line.text[from..].len() - line.text[from..].trim_start().len();
    let text = line.text[from..].to_owned();
    let whole = line.part(&(from..line.text.len()));
    let plain = line.exact(&(from..line.text.len())).map(|span| span.lo);
    Some(Written { text: text.into(), form: ExprForm::Condition, whole, plain, log: log.to_owned() })
}

/// `RewriteCond expr "…"`.
fn rewrite_cond<'a>(command: &Command<'a>) -> Option<Written<'a>> {
    if !command.value(0)?.eq_ignore_ascii_case("expr") {
        return None;
    }
    let line = command.line()?;
    let mut range = rewrite_line(&line.text)?.second;
    if line.text[range.clone()].starts_with('!') {
        range.start += 1;
    }
    // `! "…"` are two words: apache/rewrite-flag.
    if range.is_empty() {
        return None;
    }
    let text = line.text[range.clone()].to_owned();
    let plain = line.exact(&range).map(|span| span.lo);
    let log = format!("RewriteCond: cannot compile expression \"{text}\" ");
    Some(Written { text: text.into(), form: ExprForm::Condition, whole: line.part(&range), plain, log })
}

fn say(written: &Written<'_>, fault: &ExprFault) -> Fault {
    use ExprFaultKind as Kind;
    let text: &str = &written.text;
    let (at, part) = (&fault.at, text.get(fault.at.clone()).unwrap_or_default());
    let exact = written.plain.map(|lo| Span::new(lo + at.start as u32, lo + at.end as u32));
    let span = exact.filter(|span| !span.is_empty()).unwrap_or(written.whole);
    let log = &written.log;
    let new = |says: String, reason: &str| Fault::new(span, says, format!("{log}{reason}"));
    match &fault.kind {
        Kind::Ends => new("the expression ends too early".to_owned(), "syntax error, unexpected $end")
            .label("something has to follow"),
        Kind::Lone => new(format!("the expression compares `{part}` with nothing"), "syntax error")
            .label("no condition by itself")
            .help(format!("write `{part} == 'value'`, or `-n {part}` where it is to hold something")),
        Kind::Unexpected if part.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            new(format!("`{part}` stands in the expression without quotes"), "syntax error, unexpected T_ID")
                .help(format!("write `'{part}'`, or `%{{{part}}}` if it is a variable"))
        }
        Kind::Unexpected => new(format!("`{part}` has no place here in the expression"), "syntax error"),
        Kind::Character(char) => new(
            format!("an expression has no `{char}` outside of quotes"),
            &format!("Parse error near '{char}'"),
        ),
        Kind::OpenString => new(
            "a string in the expression has no closing quote".to_owned(),
            "Unterminated string or variable",
        )
        .label("begun here"),
        Kind::OpenVariable => {
            new("a variable in the expression has no `}`".to_owned(), "Unterminated string or variable")
                .label("begun here")
        }
        Kind::InVariable(char) => new(
            format!("the name of a variable ends at `{char}`, without a `}}`"),
            &format!("Invalid character in variable name '{char}'"),
        ),
        Kind::Escape => new(format!("`{part}` is no escape an expression knows"), "Bad escape sequence"),
        Kind::Unknown(what, name) => unknown(new, *what, name, exact),
        Kind::NoConstant(operator) => new(
            format!("`-{operator}` takes a network in quotes, no variable"),
            &format!("-{operator} requires subnet/netmask as constant argument"),
        ),
        Kind::Network(network) => {
            new(format!("`{network}` is no address or network"), "parsing of subnet/netmask failed")
        }
    }
}

/// A name httpd does not know.
fn unknown(new: impl Fn(String, &str) -> Fault, what: ExprName, name: &str, span: Option<Span>) -> Fault {
    let (kind, dash, logged) = match what {
        ExprName::Variable => ("variable", "", "Variable"),
        ExprName::Function => ("function", "", "Function"),
        ExprName::List => ("list function", "", "List-returning function"),
        ExprName::Unary => ("operator", "-", "Unary operator"),
        ExprName::Binary => ("operator", "-", "Binary operator"),
    };
    let says = format!("expressions have no {kind} `{dash}{name}`");
    let fault = new(says, &format!("{logged} '{dash}{name}' does not exist")).label("nobody knows this");
    if let Some(header) = name.strip_prefix("HTTP_").filter(|_| what == ExprName::Variable) {
        return fault.meant(span, &format!("HTTP:{}", header.replace('_', "-")));
    }
    match closest(name, what.all().iter().copied()) {
        Some(meant) if what == ExprName::Variable => fault.meant(span, meant),
        Some(meant) => fault.help(format!("is `{dash}{meant}` meant?")),
        None if what == ExprName::Variable => fault
            .help(format!("a variable of the environment is `%{{ENV:{name}}}`, a header `%{{HTTP:{name}}}`")),
        None => fault,
    }
}
