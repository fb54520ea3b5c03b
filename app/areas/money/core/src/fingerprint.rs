//! What tells one wish from another under the same key.

use std::fmt::Display;

use sha2::{Digest, Sha256};

use crate::{Lines, Memo, Subject};

/// SHA-256 of what was asked for. Each part goes in with its length, so that no two lists of parts look the same.
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    /// Begins with what is to be done.
    pub(crate) fn of(what: impl Display) -> Self {
        Self(Sha256::new()).with(what)
    }

    /// Adds a part.
    pub(crate) fn with(mut self, part: impl Display) -> Self {
        let text = part.to_string();
        self.0.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(text.as_bytes());
        self
    }

    /// Adds what stands on the statement, and what it is for.
    pub(crate) fn about(self, memo: &Memo, subject: Option<&Subject>) -> Self {
        self.with(memo).with(subject.map(ToString::to_string).unwrap_or_default())
    }

    /// Adds who gets what.
    pub(crate) fn lines(self, lines: &Lines) -> Self {
        lines
            .iter()
            .fold(self.with(lines.iter().len()), |this, line| this.with(line.to).with(line.amount).with(line.fee))
    }

    /// The hash.
    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_can_not_run_into_each_other() {
        let of = |parts: &[&str]| parts.iter().fold(Fingerprint::of("x"), Fingerprint::with).finish();
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["ab", ""]), of(&["ab"]));
    }
}
