//! The design system: presentational components, and the one place that knows the style sheets' names.
//!
//! Nothing here loads data, calls the server or knows an area. A component takes plain values, signals, callbacks and
//! slots, and renders the same thing on the server and in the browser. The words are explained in `README.md`.

// Views are deep types.
#![recursion_limit = "256"]

mod auth;
mod avatar;
mod badge;
mod button;
mod card_field;
mod chart;
mod chat;
mod chat_file;
mod choice;
mod clock;
mod code;
mod comment;
mod composer;
mod diff;
mod disclosure;
mod draft;
mod expert;
mod form;
mod icon;
mod landing;
mod market;
mod media;
mod menu;
mod money;
mod notice;
mod overlay;
mod plan;
mod post;
mod profile;
mod room;
mod sheet;
mod shell;
mod state;
mod table;
mod tabs;
mod text;
mod theme;
mod workbench;

pub use auth::{AuthCard, FormDivider};
pub use avatar::{AccountRow, Avatar, AvatarShape, AvatarSize, Byline, ItemList, ItemRow, Portrait};
pub use badge::{Badge, Count, ModeLabel, Owner, ProvenanceMark, Timestamp, Tone, When};
pub use button::{
    Align, Button, ButtonKind, ButtonLink, ButtonRow, ButtonSize, IconButton, IconLink, IconTone, Variant,
};
pub use card_field::{CardField, WithScripts, WithoutScripts};
pub use chart::{Figure, FigureRow, Sparkline};
pub use chat::{
    ChatBox, ChatBranch, ChatFacts, ChatGreeting, ChatMessage, ChatMessages, ChatRow, ChatSend, ChatStatus, ChatStep,
    ChatSteps, ChatText, ChatTools, ChatWriting, Conversation, MemoryCard, PassageItem, Passages, SearchBar, is_at_end,
    show_end, with_citations,
};
pub use chat_file::{ChatFile, ChatFileDraft, ChatFileDrafts, ChatFiles, ChatPicture};
pub use choice::{CheckGroup, Choice, ChoiceGroup, Select};
pub use clock::{At, CallTime, Countdown, Day, LocalTime, NotAnInstant, TimeForm, ZoneNote};
pub use code::Code;
pub use comment::{Comment, Thread};
pub use composer::{CharacterCounter, Composer};
pub use diff::{Change, Diff, DiffLine};
pub use disclosure::Disclosure;
pub use draft::{DraftBar, DraftCard, DraftList};
pub use expert::{
    CallNotes, Checklist, Choosing, DiaryDay, DiaryEntry, DiaryKind, ExpertCard, FreeTimes, HoursRow, Ladder,
    ReadOnlyInput, TimeChoice, TypedText, ZoneInput,
};
pub use form::{Checkbox, Field, FileInput, FormError, FormStack, PasswordInput, TextArea, TextInput};
pub use icon::{Icon, IconName};
pub use landing::{Feature, FeatureGrid, Hero};
pub use market::{
    Chip, ChipRow, FilterBar, ListingCard, ListingGrid, ListingSkeleton, ReviewItem, ReviewList, StarInput, Stars,
};
pub use media::{MediaDraft, MediaGrid, Picture};
pub use menu::{Menu, MenuButton, MenuDivider, MenuLink};
pub use money::{Total, Totals, amount, change};
pub use notice::{LiveBanner, Notice, OfflineBar, Toast, ToastRegion};
pub use overlay::{Dialog, DialogSize};
pub use plan::{Plan, PlanGrid};
pub use post::{Feed, PostCard, Prose, ProseSize, Tombstone};
pub use profile::{ProfileFact, ProfileHead};
pub use room::{
    Room, RoomBar, RoomHead, RoomNotes, RoomPanel, RoomPerson, RoomSaid, RoomStage, RoomSwitch, RoomTalk, RoomTimer,
    RoomVideo, show_latest,
};
pub use sheet::Sheet;
pub use shell::{
    AppShell, BottomBar, BottomLink, BottomMore, Brand, Card, PageBody, PageHeader, Panel, RailAccount, RailAction,
    RailLink, Section, SiteShell,
};
pub use state::{
    EmptyState, ErrorState, ForbiddenState, FormSkeleton, ListSkeleton, Pagination, PostSkeleton, ProfileSkeleton,
};
pub use table::{Cell, CellKind, Column, Description, DescriptionList, RowHead, Table};
pub use tabs::{Tab, Tabs};
pub use text::{compact, file_size, grouped};
pub use theme::ThemeSwitch;
pub use workbench::{Chips, LongForm, Meter, Quote, Segments, Step, StepList, Workbench};
