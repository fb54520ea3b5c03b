//! How server functions answer.

use bytes::Bytes;
use serde::{
    Serialize,
    de::{DeserializeOwned, Error},
};
use server_fn::{ContentType, Decodes, Encodes, Format, FormatType, codec::Post};

/// JSON that is read as text: the way pages read what was rendered into them, so that the browser's bundle has each type's
/// reader once. `server_fn`'s own `JsonEncoding` reads bytes.
pub struct JsonText;

/// The output of server functions.
pub type Json = Post<JsonText>;

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<Bytes, serde_json::Error> {
        serde_json::to_vec(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, serde_json::Error> {
        let text = str::from_utf8(&bytes).map_err(Error::custom)?;
        serde_json::from_str(text)
    }
}
