//! A post with all that is shown of it, in one row.

use chrono::{DateTime, Utc};
use identity_core::{AccountKind, AccountSummary, PortraitFormat, PortraitRef, gate::Guarded};
use kernel::{AccountId, Handle, MediaId, PostId, Provenance};
use platform::{image::Encoding, media::variant_url};
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    AltText, Entry, Error, PostView, Tombstone,
    post::{Picture, PictureFile, UNDO_WINDOW},
};

/// Selects posts as rows of [`PostRow`], youngest first. `$page` is a query for their ids; `$1` in it is the viewer (null
/// for a visitor), and `$2` and so on are the arguments after that. One statement, whatever the number of posts:
/// the page is found first, in an index, and only what is on it is joined.
macro_rules! select_posts {
    ($page:literal, $viewer:expr $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::store::row::PostRow,
            r#"select p.id as "id!", p.root_id as "root_id?", p.parent_id as "parent_id?", p.depth as "depth!",
                   case when p.deleted_at is null then p.body_html else '' end as "body_html!",
                   p.provenance as "provenance!", p.created_at as "created_at!", p.edited_at as "edited_at?",
                   p.deleted_at as "deleted_at?", p.human_likes as "human_likes!", p.agent_likes as "agent_likes!",
                   p.comments as "comments!", p.revisions as "revisions!",
                   author.id as "author_id!", author.handle as "author_handle!", author.name as "author_name!",
                   author.kind as "author_kind!", author.is_expert as "author_is_expert!",
                   owner.handle as "owner_handle?", approver.handle as "approver_handle?",
                   portrait.id as "portrait_id?", portrait.content_type as "portrait_type?",
                   portrait.variants as "portrait_widths?",
                   (select jsonb_agg(jsonb_build_object('media', m.id, 'alt', pm.alt, 'width', m.width, 'height', m.height,
                            'content_type', m.content_type, 'widths', m.variants) order by pm.place)
                    from post_media pm join media m on m.id = pm.media_id
                    where pm.post_id = p.id) as "pictures?: crate::store::row::Pictures",
                   exists (select from likes l where l.post_id = p.id and l.account_id = $1) as "liked!"
               from ("# + $page + r#") page
               join posts p on p.id = page.id
               join accounts author on author.id = p.author_id
               left join accounts owner on owner.id = author.owner_id
               left join accounts approver on approver.id = p.approved_by
               left join media portrait on portrait.id = author.portrait_id
               order by p.id desc"#,
            $viewer $(, $arg)*
        )
    };
}
pub(crate) use select_posts;

/// What [`select_posts!`] selects.
pub(crate) struct PostRow {
    pub(crate) id: Uuid,
    pub(crate) root_id: Option<Uuid>,
    pub(crate) parent_id: Option<Uuid>,
    pub(crate) depth: i16,
    pub(crate) body_html: String,
    pub(crate) provenance: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) edited_at: Option<DateTime<Utc>>,
    pub(crate) deleted_at: Option<DateTime<Utc>>,
    pub(crate) human_likes: i32,
    pub(crate) agent_likes: i32,
    pub(crate) comments: i32,
    pub(crate) revisions: i32,
    pub(crate) author_id: Uuid,
    pub(crate) author_handle: String,
    pub(crate) author_name: String,
    pub(crate) author_kind: String,
    pub(crate) author_is_expert: bool,
    pub(crate) owner_handle: Option<String>,
    pub(crate) approver_handle: Option<String>,
    pub(crate) portrait_id: Option<Uuid>,
    pub(crate) portrait_type: Option<String>,
    pub(crate) portrait_widths: Option<Vec<i32>>,
    pub(crate) pictures: Option<Pictures>,
    pub(crate) liked: bool,
}

/// The pictures of a post, in order.
pub(crate) type Pictures = Json<Vec<PictureRow>>;

/// A picture, as it comes within a post's row.
#[derive(Deserialize)]
pub(crate) struct PictureRow {
    media: Uuid,
    alt: String,
    width: u32,
    height: u32,
    content_type: String,
    widths: Vec<u32>,
}

/// The columns of an account that stand at the head of what it makes.
pub(crate) struct AuthorColumns {
    pub(crate) id: Uuid,
    pub(crate) handle: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) is_expert: bool,
    pub(crate) owner_handle: Option<String>,
    pub(crate) portrait_id: Option<Uuid>,
    pub(crate) portrait_type: Option<String>,
    pub(crate) portrait_widths: Option<Vec<i32>>,
}

impl PostRow {
    /// What the gate has to know of it.
    pub(crate) fn guarded(&self) -> Guarded {
        Guarded::public(AccountId::from_uuid(self.author_id)).deleted(self.deleted_at.is_some())
    }

    /// The post, or its tombstone, for a viewer.
    pub(crate) fn entry(self, viewer: Option<AccountId>) -> Result<Entry, Error> {
        let mine = viewer == Some(AccountId::from_uuid(self.author_id));
        match self.deleted_at {
            Some(deleted_at) => Ok(Entry::Tombstone(Tombstone {
                id: PostId::from_uuid(self.id),
                depth: depth(self.depth)?,
                parent: self.parent_id.map(PostId::from_uuid),
                root: self.root_id.map(PostId::from_uuid),
                undo_until: mine.then(|| deleted_at + UNDO_WINDOW),
                hidden: false,
            })),
            None => self.view(viewer).map(Box::new).map(Entry::Post),
        }
    }

    /// The post for a viewer, whom the gate has let pass.
    pub(crate) fn view(self, viewer: Option<AccountId>) -> Result<PostView, Error> {
        let author = AuthorColumns {
            id: self.author_id,
            handle: self.author_handle,
            name: self.author_name,
            kind: self.author_kind,
            is_expert: self.author_is_expert,
            owner_handle: self.owner_handle,
            portrait_id: self.portrait_id,
            portrait_type: self.portrait_type,
            portrait_widths: self.portrait_widths,
        };
        let pictures = self.pictures.map(|Json(pictures)| pictures).unwrap_or_default();
        Ok(PostView {
            id: PostId::from_uuid(self.id),
            mine: viewer == Some(AccountId::from_uuid(self.author_id)),
            author: author.summary()?,
            provenance: Provenance::parse(&self.provenance).ok_or(Error::BadRow("provenance"))?,
            approved_by: self.approver_handle.map(handle).transpose()?,
            body_html: self.body_html,
            pictures: pictures.into_iter().map(PictureRow::picture).collect::<Result<_, _>>()?,
            created_at: self.created_at,
            edited_at: self.edited_at,
            revisions: self.revisions.unsigned_abs(),
            human_likes: self.human_likes.unsigned_abs(),
            agent_likes: self.agent_likes.unsigned_abs(),
            comments: self.comments.unsigned_abs(),
            liked: self.liked,
            depth: depth(self.depth)?,
            parent: self.parent_id.map(PostId::from_uuid),
            root: self.root_id.map(PostId::from_uuid),
        })
    }
}

impl PictureRow {
    fn picture(self) -> Result<Picture, Error> {
        let media = MediaId::from_uuid(self.media);
        let encoding = Encoding::parse(&self.content_type).ok_or(Error::BadRow("kind of picture"))?;
        let file = |width| PictureFile { url: variant_url(media, width, encoding.extension()), width };
        Ok(Picture {
            media,
            alt: AltText::parse(&self.alt).map_err(|_| Error::BadRow("description of a picture"))?,
            width: self.width,
            height: self.height,
            files: self.widths.into_iter().map(file).collect(),
        })
    }
}

impl AuthorColumns {
    /// The account's summary.
    pub(crate) fn summary(self) -> Result<AccountSummary, Error> {
        let portrait = match (self.portrait_id, self.portrait_type, self.portrait_widths) {
            (Some(id), Some(content_type), Some(widths)) => Some(PortraitRef {
                media: MediaId::from_uuid(id),
                format: PortraitFormat::of_content_type(&content_type).ok_or(Error::BadRow("kind of portrait"))?,
                widths: widths.into_iter().map(i32::unsigned_abs).collect(),
            }),
            _ => None,
        };
        Ok(AccountSummary {
            id: AccountId::from_uuid(self.id),
            handle: handle(self.handle)?,
            name: self.name.parse().map_err(|_| Error::BadRow("name"))?,
            kind: AccountKind::parse(&self.kind).ok_or(Error::BadRow("kind of account"))?,
            portrait,
            owner_handle: self.owner_handle.map(handle).transpose()?,
            is_expert: self.is_expert,
        })
    }
}

fn handle(text: String) -> Result<Handle, Error> {
    text.try_into().map_err(|_| Error::BadRow("handle"))
}

/// The depth of a comment in its thread.
pub(crate) fn depth(depth: i16) -> Result<u8, Error> {
    u8::try_from(depth).map_err(|_| Error::BadRow("depth"))
}
