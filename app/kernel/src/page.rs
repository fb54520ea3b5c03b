//! Paging by cursor. There is no OFFSET anywhere: a page begins after the last item of the one before.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Id, Kind, Problem, ProblemKind};

/// One page of a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Makes a page of up to `size` items from a query that asked for one more than that.
    pub fn from_overfull<K: Kind>(mut items: Vec<T>, size: PageSize, id_of: impl Fn(&T) -> Id<K>) -> Self {
        let size = usize::from(size.get());
        let next = if items.len() > size {
            items.truncate(size);
            items.last().map(|last| Cursor::after(id_of(last)))
        } else {
            None
        };
        Self { items, next }
    }

    /// The same page with each item turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}

/// How many items a page has: 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u8);

impl PageSize {
    /// What lists show when nothing else is asked for.
    pub const DEFAULT: Self = Self(20);

    /// Takes a wish and brings it into bounds.
    pub fn clamped(wish: u8) -> Self {
        Self(wish.clamp(1, 100))
    }

    /// The number of items.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The number of rows to ask the database for: one more, which tells whether there is a next page.
    pub fn overfull(self) -> i64 {
        i64::from(self.0) + 1
    }
}

/// A place in a list. To whoever holds it, opaque.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

/// A cursor that we did not make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This page marker is not valid.")]
pub struct CursorError;

impl From<CursorError> for Problem {
    fn from(error: CursorError) -> Self {
        Self::new(ProblemKind::BadRequest, format!("{error} Go back to the first page of the list."))
    }
}

impl Cursor {
    /// The place just after the item with this id.
    pub fn after<K: Kind>(id: Id<K>) -> Self {
        Self(id.uuid().simple().to_string())
    }

    /// The id of the item this place comes after.
    ///
    /// # Errors
    /// When the cursor was made up.
    pub fn id<K: Kind>(&self) -> Result<Id<K>, CursorError> {
        format!("{}_{}", K::PREFIX, self.0).parse().map_err(|_| CursorError)
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let well_formed = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if well_formed { Ok(Self(text.to_ascii_lowercase())) } else { Err(CursorError) }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
