//! What several pages share.

mod handle;
mod settings_frame;

pub use handle::HandleField;
pub use settings_frame::{SettingsFrame, SettingsTab};
