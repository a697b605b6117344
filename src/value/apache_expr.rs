//! Expressions of Apache httpd (`ap_expr`): what `<If>`, `Require expr` and `Header … expr=` take.
//!
//! This accepts what `server/util_expr_scan.l` and `util_expr_parse.y` accept; regular expressions are
//! handed out ([`Expression::regexes`]), not compiled.

mod lex;
mod parse;

use std::ops::Range;

use crate::vocabulary::ExprName;

/// What a text is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExprForm {
    /// Something that is true or false.
    Condition,
    /// A string with variables in it.
    Text,
}

/// An expression httpd takes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Expression {
    /// Its regular expressions: where the pattern stands, and whether case counts in it.
    pub regexes: Vec<(Range<usize>, bool)>,
}

/// Why httpd does not take an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExprFault {
    /// The bytes it is about; empty at the end of the text.
    pub at: Range<usize>,
    /// What is wrong.
    pub kind: ExprFaultKind,
}

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprFaultKind {
    /// It ends where something has to follow.
    Ends,
    /// A value stands alone, where it has to be compared with something.
    Lone,
    /// Something stands where nothing of the kind may.
    Unexpected,
    /// A character no expression has outside of quotes.
    Character(char),
    /// A string without its closing quote.
    OpenString,
    /// `%{` without its `}`.
    OpenVariable,
    /// A character no name of a variable has.
    InVariable(char),
    /// `\8`, `\777`.
    Escape,
    /// A name nobody knows.
    Unknown(ExprName, String),
    /// `-R` and `-ipmatch` take a network in quotes, without variables.
    NoConstant(String),
    /// The network behind `-R` or `-ipmatch` is none.
    Network(String),
}

/// Reads an expression.
pub fn apache_expression(text: &str, form: ExprForm) -> Result<Expression, ExprFault> {
    match form {
        ExprForm::Condition => parse::condition(text),
        ExprForm::Text => lex::Lexer::new(text).whole_text().map(|()| Expression::default()),
    }
}

#[cfg(test)]
mod tests;
