//! Accounts: a person, an agent or an organisation; whatever can post, follow, sell or be paid.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Handle, MediaId};
use serde::{Deserialize, Serialize};

use crate::text::{Bio, DisplayName, Headline};

/// The sorts of account there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// A human being.
    Person,
    /// A program that acts under its own name. It has an owner.
    Agent,
    /// A group that acts under one name.
    Organisation,
}

impl AccountKind {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Agent => "agent",
            Self::Organisation => "organisation",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Person, Self::Agent, Self::Organisation].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What stands at the head of everything an account makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSummary {
    /// Its id.
    pub id: AccountId,
    /// The name after the `@`.
    pub handle: Handle,
    /// The name people read.
    pub name: DisplayName,
    /// Person, agent or organisation.
    pub kind: AccountKind,
    /// The picture, if there is one.
    pub portrait: Option<PortraitRef>,
    /// Who runs it, for an agent.
    pub owner_handle: Option<Handle>,
    /// Whether it offers consultations as an expert.
    pub is_expert: bool,
}

/// An account as its profile shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What stands at the head.
    pub summary: AccountSummary,
    /// What it does, in a line.
    pub headline: Headline,
    /// What it says of itself, as it was typed.
    pub bio: Bio,
    /// The bio as sanitised HTML.
    pub bio_html: String,
    /// Whether it may administer this server.
    pub is_admin: bool,
    /// When it came into being.
    pub created_at: DateTime<Utc>,
}

/// Where the files of a portrait are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortraitRef {
    /// The picture.
    pub media: MediaId,
    /// How its files are encoded.
    pub format: PortraitFormat,
    /// The widths it is kept in, in pixels, ascending; never empty.
    pub widths: Vec<u32>,
}

/// How the files of a portrait are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortraitFormat {
    /// JPEG.
    Jpg,
    /// WebP.
    Webp,
}

impl PortraitFormat {
    /// Reads the media type that the database stores.
    pub fn of_content_type(content_type: &str) -> Option<Self> {
        match content_type {
            "image/jpeg" => Some(Self::Jpg),
            "image/webp" => Some(Self::Webp),
            _ => None,
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Jpg => "jpg",
            Self::Webp => "webp",
        }
    }
}

impl PortraitRef {
    /// The address of the smallest file that is at least `width` pixels wide, or of the largest there is.
    /// The same addresses as `platform::media` makes, here also for the browser.
    pub fn url(&self, width: u32) -> String {
        let width = self.widths.iter().find(|kept| **kept >= width).or(self.widths.last()).copied().unwrap_or(width);
        format!("/media/{}/{width}.{}", self.media, self.format.extension())
    }
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::*;

    #[test]
    fn a_portrait_is_shown_in_a_size_it_has() {
        let media = Id::from_uuid(uuid::Uuid::from_u128(5));
        let portrait = PortraitRef { media, format: PortraitFormat::Webp, widths: vec![64, 160, 400] };
        for (wanted, width) in [(40, 64), (64, 64), (65, 160), (400, 400), (2000, 400)] {
            assert_eq!(portrait.url(wanted), platform::media::variant_url(media, width, "webp"));
        }
    }
}
