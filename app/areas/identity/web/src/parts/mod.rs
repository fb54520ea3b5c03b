//! What several pages share.

mod local_path;
mod settings_frame;

pub use local_path::local_path;
pub use settings_frame::{SettingsFrame, SettingsTab};
