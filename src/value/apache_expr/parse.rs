//! The parser: one token of look-ahead, and nothing that binds a word depends on precedence.

use super::lex::{Kind, Lexer, Token};
use super::{ExprFault, ExprFaultKind, Expression};
use crate::value::apache_net::ip_subnet;
use crate::vocabulary::ExprName;

/// Deeper nesting is not judged.
const MAX_DEPTH: usize = 200;

/// Reads a condition.
pub(super) fn condition(text: &str) -> Result<Expression, ExprFault> {
    let mut parser = Parser::new(text)?;
    match parser.expression(0) {
        Ok(()) if parser.next.kind == Kind::End => Ok(parser.found),
        Ok(()) => Err(parser.unexpected()),
        Err(Stop::TooDeep) => Ok(Expression::default()),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

/// Why reading stops.
enum Stop {
    Fault(ExprFault),
    TooDeep,
}

impl From<ExprFault> for Stop {
    fn from(fault: ExprFault) -> Self {
        Self::Fault(fault)
    }
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    next: Token,
    found: Expression,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Result<Self, ExprFault> {
        let mut lexer = Lexer::new(text);
        let next = lexer.next()?;
        Ok(Self { lexer, next, found: Expression::default() })
    }

    /// Takes the next token.
    fn take(&mut self) -> Result<Token, ExprFault> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    /// The next token stands where it may not.
    fn unexpected(&self) -> ExprFault {
        let kind = if self.next.kind == Kind::End { ExprFaultKind::Ends } else { ExprFaultKind::Unexpected };
        ExprFault { at: self.next.at.clone(), kind }
    }

    fn mark(&mut self, mark: u8) -> Result<(), ExprFault> {
        if self.next.kind != Kind::Mark(mark) {
            return Err(self.unexpected());
        }
        self.take().map(drop)
    }

    /// Terms joined by `&&` and `||`.
    fn expression(&mut self, depth: usize) -> Result<(), Stop> {
        loop {
            self.term(depth)?;
            if !matches!(self.next.kind, Kind::And | Kind::Or) {
                return Ok(());
            }
            self.take()?;
        }
    }

    fn term(&mut self, depth: usize) -> Result<(), Stop> {
        if depth > MAX_DEPTH {
            return Err(Stop::TooDeep);
        }
        match self.next.kind {
            Kind::Not => {
                self.take()?;
                self.term(depth + 1)
            }
            Kind::Mark(b'(') => {
                self.take()?;
                self.expression(depth + 1)?;
                Ok(self.mark(b')')?)
            }
            Kind::True | Kind::False => Ok(self.take().map(drop)?),
            Kind::Unary(_) => {
                let operator = self.take()?;
                let operand = self.operand(depth)?;
                Ok(check(&operator, &operand)?)
            }
            _ => self.comparison(depth),
        }
    }

    /// A word, and what it is compared with.
    fn comparison(&mut self, depth: usize) -> Result<(), Stop> {
        let word = self.operand(depth)?;
        let operator = match self.next.kind {
            Kind::Compare | Kind::Binary(_) | Kind::In | Kind::Match => self.take()?,
            Kind::End | Kind::And | Kind::Or | Kind::Mark(b')') => {
                return Err(ExprFault { at: word.at, kind: ExprFaultKind::Lone }.into());
            }
            _ => return Err(self.unexpected().into()),
        };
        match operator.kind {
            Kind::In => self.list(depth),
            Kind::Match => self.regex(),
            _ => {
                let operand = self.operand(depth)?;
                Ok(check(&operator, &operand)?)
            }
        }
    }

    fn regex(&mut self) -> Result<(), Stop> {
        let Kind::Regex(at, case_counts) = self.next.kind.clone() else {
            return Err(self.unexpected().into());
        };
        self.found.regexes.push((at, case_counts));
        Ok(self.take().map(drop)?)
    }

    /// `{'a', 'b'}`, `PeerExtList('x')`.
    fn list(&mut self, depth: usize) -> Result<(), Stop> {
        if let Kind::Name(name) = self.next.kind.clone() {
            return self.call(&name, ExprName::List, depth);
        }
        self.mark(b'{')?;
        self.operand(depth)?;
        while self.next.kind == Kind::Mark(b',') {
            self.take()?;
            self.operand(depth)?;
        }
        Ok(self.mark(b'}')?)
    }

    /// Words joined by dots, as one token; only a single string keeps its text.
    fn operand(&mut self, depth: usize) -> Result<Token, Stop> {
        let mut whole = self.word(depth)?;
        while self.next.kind == Kind::Concat {
            self.take()?;
            let end = self.word(depth)?.at.end;
            whole = Token { kind: Kind::Text(None), at: whole.at.start..end };
        }
        Ok(whole)
    }

    fn word(&mut self, depth: usize) -> Result<Token, Stop> {
        if depth > MAX_DEPTH {
            return Err(Stop::TooDeep);
        }
        match self.next.kind.clone() {
            Kind::Digits | Kind::Variable | Kind::Backref | Kind::Text(_) => Ok(self.take()?),
            Kind::Name(name) => {
                let start = self.next.at.start;
                self.call(&name, ExprName::Function, depth)?;
                Ok(Token { kind: Kind::Variable, at: start..self.next.at.start })
            }
            _ => Err(self.unexpected().into()),
        }
    }

    /// `name(word)`.
    fn call(&mut self, name: &str, what: ExprName, depth: usize) -> Result<(), Stop> {
        let at = self.take()?.at;
        if self.next.kind != Kind::Mark(b'(') {
            return Err(ExprFault { at, kind: ExprFaultKind::Unexpected }.into());
        }
        if !what.knows(name) {
            return Err(ExprFault { at, kind: ExprFaultKind::Unknown(what, name.to_owned()) }.into());
        }
        self.take()?;
        self.operand(depth + 1)?;
        Ok(self.mark(b')')?)
    }
}

/// Whether an operator with a name exists, and takes its operand.
fn check(operator: &Token, operand: &Token) -> Result<(), ExprFault> {
    let (name, what) = match &operator.kind {
        Kind::Unary(name) => (name, ExprName::Unary),
        Kind::Binary(name) => (name, ExprName::Binary),
        _ => return Ok(()),
    };
    let fault = |at: &std::ops::Range<usize>, kind| Err(ExprFault { at: at.clone(), kind });
    if !what.knows(name) {
        return fault(&operator.at, ExprFaultKind::Unknown(what, name.clone()));
    }
    if name != "R" && !name.eq_ignore_ascii_case("ipmatch") {
        return Ok(());
    }
    match &operand.kind {
        Kind::Text(Some(text)) if ip_subnet(text).is_ok() => Ok(()),
        Kind::Text(Some(text)) => fault(&operand.at, ExprFaultKind::Network(text.clone())),
        _ => fault(&operand.at, ExprFaultKind::NoConstant(name.clone())),
    }
}
