//! Camera and microphone, and what else only the browser knows.

use experts_core::talk::Way;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    MediaStream, MediaStreamConstraints, MediaStreamTrack,
    js_sys::{Array, Function, Math, Reflect, futures::JsFuture},
};

/// How somebody takes part, with what there is of camera and microphone.
pub struct Opened {
    /// How.
    pub way: Way,
    /// What comes of camera and microphone.
    pub stream: Option<MediaStream>,
    /// Why it is less than was wanted, in words.
    pub why_less: Option<String>,
}

/// Opens camera and microphone, or else the microphone alone, or else nothing.
pub async fn open(wanted: Way) -> Opened {
    let mut why_less = None;
    if wanted == Way::Video {
        match ask(true).await {
            Ok(stream) => return Opened { way: Way::Video, stream: Some(stream), why_less },
            Err(error) => why_less = Some(why("camera", &error, "You go on with your voice alone.")),
        }
    }
    if wanted != Way::Chat {
        match ask(false).await {
            Ok(stream) => return Opened { way: Way::Voice, stream: Some(stream), why_less },
            Err(error) => why_less = Some(why("microphone", &error, "You go on with the chat alone.")),
        }
    }
    Opened { way: Way::Chat, stream: None, why_less }
}

/// Asks for the microphone, and for the camera if it is wanted. The browser may ask the person.
async fn ask(camera: bool) -> Result<MediaStream, JsValue> {
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio(&JsValue::TRUE);
    constraints.set_video(&JsValue::from_bool(camera));
    // Without TLS, and on another machine, browsers have no such thing.
    let devices = window().navigator().media_devices()?;
    let stream = JsFuture::from(devices.get_user_media_with_constraints(&constraints)?).await?;
    stream.dyn_into()
}

/// Why a device can't be had, and how the call goes on
/// (<https://w3c.github.io/mediacapture-main/#dom-mediadevices-getusermedia>).
fn why(device: &str, error: &JsValue, and: &str) -> String {
    match name_of(error).as_str() {
        "NotAllowedError" | "SecurityError" => format!(
            "Your browser does not let this page use the {device}. {and} You can allow it in the browser\u{2019}s settings \
             for this site, and choose again."
        ),
        "NotFoundError" | "OverconstrainedError" => format!("No {device} was found. {and}"),
        "NotReadableError" | "AbortError" => {
            format!("The {device} could not be opened: another program may use it. {and}")
        }
        _ => format!("The {device} could not be opened. {and}"),
    }
}

/// The name of what was thrown.
pub fn name_of(error: &JsValue) -> String {
    get(error, "name").as_string().unwrap_or_default()
}

/// The tracks of a stream.
pub fn tracks(of: &Array) -> impl Iterator<Item = MediaStreamTrack> + '_ {
    of.iter().map(JsCast::unchecked_into)
}

/// Turns camera and microphone off for good: the light goes out.
pub fn stop(stream: &MediaStream) {
    for track in tracks(&stream.get_tracks()) {
        track.stop();
    }
}

/// A word that no other page makes up.
pub fn word() -> String {
    format!("{:08x}{:08x}", random(), random())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to less than 2^32")]
fn random() -> u32 {
    (Math::random() * f64::from(u32::MAX)) as u32
}

/// Whether the browser keeps this page from the microphone, because it was another page when it was loaded: what a page
/// may use is said when it is loaded, and stays as it is while one goes from page to page.
pub fn is_shut_out() -> bool {
    let policy = get(&document(), "featurePolicy");
    let allows = call(&policy, "allowsFeature", &"microphone".into());
    allows.is_ok_and(|it| it.as_bool() == Some(false)) && was_another_page()
}

/// Whether this page was reached from another one without being loaded.
fn was_another_page() -> bool {
    let Ok(entries) = call(&get(&window(), "performance"), "getEntriesByType", &"navigation".into()) else {
        return false;
    };
    let loaded = get(&get(&entries, "0"), "name").as_string().unwrap_or_default();
    let here = window().location().pathname().unwrap_or_default();
    let origin = window().location().origin().unwrap_or_default();
    let path = loaded.strip_prefix(&origin).unwrap_or(&loaded);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    !path.is_empty() && path != here
}

fn get(of: &JsValue, name: &str) -> JsValue {
    // Nothing can be asked of what is no object.
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Calls what a browser may not have.
pub fn call(on: &JsValue, name: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(on, &name.into())?.dyn_into()?;
    method.apply(on, &Array::of1(argument))
}
