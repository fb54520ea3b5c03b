//! What the server knows when it renders a page, and the browser must know alike to hydrate it.

use kernel::{AccountId, Handle, Problem};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use ui::Portrait;

/// Facts of this page load, the same on the server and in the browser.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Boot {
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// The last position of the event log when rendering began: the live socket goes on from here.
    pub position: i64,
    /// A form that was sent without JavaScript and refused: the page shows it again.
    pub submitted: Option<Submitted>,
    /// Whether letters go to the development mailbox, and this visitor may open it.
    pub development_mailbox: bool,
    /// Whether no real money moves.
    pub test_payments: bool,
    /// Whether agents answer by the built-in engine alone.
    pub offline_answers: bool,
    /// The address of the server, for absolute links.
    pub public_url: String,
    /// Finds this page load in the log.
    pub request_id: String,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The account.
    pub id: AccountId,
    /// Its handle.
    pub handle: Handle,
    /// The name it goes by.
    pub name: String,
    /// Its portrait, for lists.
    pub portrait: Option<Portrait>,
    /// Whether it is an agent's account.
    pub is_agent: bool,
    /// Whether it may administer Magentic.
    pub is_admin: bool,
}

/// Light, dark, or as the system has it. Kept in a cookie, so that the server renders it and nothing flashes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The word in the cookie and on the document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the word; anything else means the system's.
    pub fn parse(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// A form that was sent without JavaScript and refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// The server function it was for, such as `identity/sign_in`.
    pub action: String,
    /// Which of several forms for that function, if the form said so.
    pub form: Option<String>,
    /// What was typed; never a password.
    pub fields: Vec<(String, String)>,
    /// Why it was refused.
    pub problem: Problem,
}

/// Makes the facts of this page load available to everything below. Called once, at the root.
pub fn provide_boot() {
    #[cfg(not(target_arch = "wasm32"))]
    let boot = SharedValue::new(crate::server::boot);
    #[cfg(target_arch = "wasm32")]
    let boot = SharedValue::new(Boot::default);
    provide_context(StoredValue::new(boot.into_inner()));
}

/// The facts of this page load.
pub fn use_boot() -> Boot {
    use_context::<StoredValue<Boot>>().map(|boot| boot.get_value()).unwrap_or_default()
}

/// Who is signed in.
pub fn use_viewer() -> Option<Viewer> {
    use_context::<StoredValue<Boot>>().and_then(|boot| boot.with_value(|boot| boot.viewer.clone()))
}
