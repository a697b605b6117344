//! Words over all that can be wrong with quotes, and Lua code with quotes of its own.

use super::super::{NodeId, Quote, SyntaxKind, Word};
use super::builder::Builder;
use super::layout;
use super::lexer::BadQuote;

impl Builder<'_> {
    /// Reads the words of a statement, over all that is wrong with its quotes.
    pub(super) fn head(&mut self, mut at: usize) -> usize {
        loop {
            at = self.lexer.head(at, &mut self.words, &mut self.tree.comments);
            if !matches!(self.lexer.text.as_bytes().get(at), Some(b'"' | b'\'')) {
                return at;
            }
            at = match self.lexer.bad_quote(at) {
                BadQuote::TextAfter(word) if !self.slice(word.span).contains('\n') => {
                    self.text_after_quote(word)
                }
                // A quote that ends lines later, and badly, most likely has lost its end on its own.
                _ => self.unclosed_quote(at),
            };
        }
    }

    /// Takes the quote at `at` to end with its line, before the `;` or `{` there.
    fn unclosed_quote(&mut self, at: usize) -> usize {
        let line = &self.lexer.text[at + 1..layout::line_end(self.lexer.text, at)];
        let line = line.trim_end_matches([' ', '\t']);
        let line = match line.strip_suffix('{') {
            // `if ($a = "b) {`: the bracket is the condition's.
            Some(block) => block.trim_end_matches([' ', '\t']).trim_end_matches(')'),
            None => line.strip_suffix(';').unwrap_or(line),
        };
        let end = at + 1 + line.len();
        let (quote, mark) =
            if self.lexer.text.as_bytes()[at] == b'"' { (Quote::Double, "\"") } else { (Quote::Single, "'") };
        let insert = (self.lexer.base + end as u32, mark);
        self.error(SyntaxKind::UnclosedQuote, self.lexer.span(at, at + 1), None, mark, Some(insert));
        // A name is cut out of its quotes by its length, and this one has only half of them.
        let quote = if self.words.is_empty() { Quote::None } else { quote };
        self.words.push(Word { span: self.lexer.span(at, end), quote });
        end
    }

    /// Takes what stands right behind the closing quote of `word` for the next word.
    fn text_after_quote(&mut self, word: Word) -> usize {
        let end = (word.span.hi - self.lexer.base) as usize;
        let what = self.lexer.text[end..].chars().next().unwrap_or_default();
        let span = self.lexer.span(end, end + what.len_utf8());
        // A `}` is no text: a `;` is missing before it, as behind any other word.
        if what != '}' {
            self.error(SyntaxKind::TextAfterQuote, span, Some(word.span), self.slice(span), None);
        }
        self.words.push(word);
        end
    }

    /// Reads the Lua code that begins at `start`, the body of `id`; gives where reading goes on.
    pub(super) fn lua(&mut self, id: NodeId, start: usize) -> usize {
        let at = self.lua_end(start);
        let closed = at < self.lexer.text.len();
        let raw = self.lexer.span(start, at);
        let close = closed.then(|| self.lexer.span(at, at + 1));
        let node = &mut self.tree.nodes[id.0 as usize];
        node.span = node.span.to(close.unwrap_or(raw));
        self.last = node.span.hi;
        if let Some(body) = &mut node.body {
            (body.raw, body.close) = (Some(raw), close);
        }
        if !closed {
            self.unclosed(id);
        }
        at + usize::from(closed)
    }

    /// Where the `}` stands that ends the Lua code from `at` on, or the end of the file.
    fn lua_end(&mut self, mut at: usize) -> usize {
        let (mut depth, mut strict) = (0_u32, true);
        let text = self.lexer.text;
        loop {
            at = if strict {
                self.lexer.lua(at)
            } else {
                text[at..].find(['{', '}']).map_or(text.len(), |to| at + to)
            };
            match text.as_bytes().get(at) {
                None => return at,
                Some(b'{') => depth += 1,
                Some(b'}') if depth == 0 => return at,
                Some(b'}') => depth -= 1,
                Some(_) => {
                    // Behind a long bracket with no end nobody knows what is string and what is code.
                    self.unclosed_bracket(at);
                    strict = false;
                }
            }
            at += 1;
        }
    }

    /// Reports the long bracket at `at`.
    fn unclosed_bracket(&mut self, at: usize) {
        let level = self.lexer.text[at + 1..].bytes().take_while(|&byte| byte == b'=').count();
        let span = self.lexer.span(at, at + level + 2);
        self.error(SyntaxKind::UnclosedQuote, span, None, self.slice(span), None);
    }
}
