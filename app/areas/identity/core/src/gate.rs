//! The one gate: a single function decides whether somebody may see or use a thing. Pages, the API, feeds, files and
//! live updates all ask it, so that no door is wider than another. Pure: whoever asks has loaded the facts.
//!
//! What comes with later areas (followers, groups, tiers, buyers, clients, shareholders, roles) becomes one more
//! [`Audience`] and one more line in [`decide`].

use kernel::{AccountId, Actor, Problem, ProblemKind};

/// Who a thing is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody, signed in or not.
    Public,
    /// Nobody but its owner; to everybody else it does not exist.
    Owner,
}

/// What somebody wants to do with a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Look at it.
    See,
    /// Add something of one's own to it: a comment, a like, a follow.
    Respond,
    /// Change it.
    Edit,
    /// Delete it.
    Delete,
    /// Undo its deletion.
    Restore,
}

/// What the gate has to know of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guarded {
    /// Whose it is.
    pub owner: AccountId,
    /// Who it is for.
    pub audience: Audience,
    /// Whether it has been deleted.
    pub deleted: bool,
}

impl Guarded {
    /// A thing for everybody.
    pub const fn public(owner: AccountId) -> Self {
        Self { owner, audience: Audience::Public, deleted: false }
    }

    /// A thing for its owner alone.
    pub const fn private(owner: AccountId) -> Self {
        Self { owner, audience: Audience::Owner, deleted: false }
    }

    /// The same thing, deleted or not.
    pub const fn deleted(self, deleted: bool) -> Self {
        Self { deleted, ..self }
    }
}

/// Why somebody may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// They might, if we knew who they are.
    #[error("nobody is signed in")]
    SignIn,
    /// It is not for them, and they shall not even learn that it exists.
    #[error("hidden from this account")]
    Hidden,
    /// They may look, but it is somebody else's.
    #[error("somebody else's")]
    NotYours,
    /// It has been deleted.
    #[error("deleted")]
    Gone,
}

impl Refusal {
    /// What the person is told. `what` is a noun: "post", "session".
    pub fn about(self, what: &str) -> Problem {
        match self {
            Self::SignIn => Problem::unauthenticated(),
            Self::Hidden => Problem::not_found(what),
            Self::NotYours => Problem::new(
                ProblemKind::Forbidden,
                format!("This {what} is somebody else's. Only they can change it."),
            ),
            Self::Gone => Problem::new(ProblemKind::Gone, format!("This {what} was deleted.")),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        refusal.about("item")
    }
}

/// Decides whether `actor` (nobody, for a visitor) may do `action` with the thing.
///
/// # Errors
/// With the reason why not.
pub fn decide(actor: Option<&Actor>, action: Action, thing: &Guarded) -> Result<(), Refusal> {
    let owns = actor.is_some_and(|actor| actor.account == thing.owner);
    // First of all whether they may know of it: no other refusal may give it away.
    match thing.audience {
        Audience::Public => {}
        Audience::Owner if owns => {}
        Audience::Owner => return Err(Refusal::Hidden),
    }
    match action {
        Action::Restore if owns => Ok(()),
        _ if thing.deleted => Err(Refusal::Gone),
        Action::See => Ok(()),
        _ if actor.is_none() => Err(Refusal::SignIn),
        Action::Respond => Ok(()),
        Action::Edit | Action::Delete | Action::Restore if owns => Ok(()),
        Action::Edit | Action::Delete | Action::Restore => Err(Refusal::NotYours),
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Id, Via};

    use super::*;

    const OWNER: AccountId = Id::from_uuid(uuid(1));
    const OTHER: AccountId = Id::from_uuid(uuid(2));

    const fn uuid(n: u128) -> ::uuid::Uuid {
        ::uuid::Uuid::from_u128(n)
    }

    #[test]
    fn decides_by_the_table() {
        use Action::{Delete, Edit, Respond, Restore, See};
        use Refusal::{Gone, Hidden, NotYours, SignIn};

        let visitor = None;
        let owner = Some(Actor::human(OWNER, Via::System));
        let other = Some(Actor::human(OTHER, Via::System));
        // An agent is an account like any other: being approved by the owner doesn't make it the owner.
        let approved = Some(Actor::agent_approved(OTHER, OWNER, Via::System));
        let public = Guarded::public(OWNER);
        let private = Guarded::private(OWNER);

        let row = |actor: Option<Actor>, thing: Guarded| {
            [See, Respond, Edit, Delete, Restore].map(|action| decide(actor.as_ref(), action, &thing))
        };
        let table = [
            (visitor, public, [Ok(()), Err(SignIn), Err(SignIn), Err(SignIn), Err(SignIn)]),
            (other, public, [Ok(()), Ok(()), Err(NotYours), Err(NotYours), Err(NotYours)]),
            (approved, public, [Ok(()), Ok(()), Err(NotYours), Err(NotYours), Err(NotYours)]),
            (owner, public, [Ok(()); 5]),
            (visitor, public.deleted(true), [Err(Gone); 5]),
            (other, public.deleted(true), [Err(Gone); 5]),
            (owner, public.deleted(true), [Err(Gone), Err(Gone), Err(Gone), Err(Gone), Ok(())]),
            (visitor, private, [Err(Hidden); 5]),
            (other, private, [Err(Hidden); 5]),
            (owner, private, [Ok(()); 5]),
            // Nobody else learns that it was there once.
            (visitor, private.deleted(true), [Err(Hidden); 5]),
            (other, private.deleted(true), [Err(Hidden); 5]),
            (owner, private.deleted(true), [Err(Gone), Err(Gone), Err(Gone), Err(Gone), Ok(())]),
        ];
        for (actor, thing, expected) in table {
            assert_eq!(row(actor, thing), expected, "{actor:?} {thing:?}");
        }
    }

    #[test]
    fn refusals_have_a_status() {
        for (refusal, status) in
            [(Refusal::SignIn, 401), (Refusal::Hidden, 404), (Refusal::NotYours, 403), (Refusal::Gone, 410)]
        {
            assert_eq!(refusal.about("post").status(), status);
        }
    }
}
