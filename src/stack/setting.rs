//! A value together with where it comes from.

use crate::source::Span;

/// Where a value was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In the very place that was asked about.
    Set(Span),
    /// In a place around it.
    Inherited(Span),
    /// Nowhere: it is the server's default.
    Default,
}

/// A value together with where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value in force.
    pub value: T,
    /// Where it was set.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// The server's default.
    pub const fn default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }

    /// A value set at `span`, in the place asked about or around it.
    pub const fn set(value: T, span: Span, inherited: bool) -> Self {
        let origin = if inherited { Origin::Inherited(span) } else { Origin::Set(span) };
        Self { value, origin }
    }

    /// Where it is written; `None` for a default.
    pub const fn span(&self) -> Option<Span> {
        match self.origin {
            Origin::Set(span) | Origin::Inherited(span) => Some(span),
            Origin::Default => None,
        }
    }

    /// Whether it is the server's default.
    pub const fn is_default(&self) -> bool {
        matches!(self.origin, Origin::Default)
    }

    /// Another value from the same place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { value: change(self.value), origin: self.origin }
    }
}
