//! The fields for a card, which the payment provider's script puts into our page (<https://docs.stripe.com/js>). The script is
//! asked by name: what a stand-in for it does not have is simply not done.

#[cfg(target_arch = "wasm32")]
pub use here::{CardElement, Kept, keep};
#[cfg(not(target_arch = "wasm32"))]
pub use rendered::{CardElement, Kept, keep};

/// What came of asking a card for money.
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "no card pays on the server"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paid {
    /// It has paid, or the bank is asked, or both have happened before: the checkout says which.
    Yes,
    /// It has not, and why, in words; whether something in the fields is to be put right.
    No {
        /// In words.
        why: String,
        /// Whether something in the fields is to be put right.
        in_fields: bool,
    },
}

#[cfg(target_arch = "wasm32")]
mod here {
    use leptos::prelude::{LocalStorage, StoredValue, document, window};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{
        HtmlDivElement, HtmlScriptElement, MediaQueryList,
        js_sys::{Array, Function, Object, Promise, Reflect, futures::JsFuture},
    };

    use super::Paid;
    use crate::dto::CardForm;

    /// How long the script may take, in milliseconds.
    const PATIENCE: i32 = 20_000;
    const DARK: &str = "(prefers-color-scheme: dark)";

    /// The fields on the page. They go when this is dropped.
    pub struct CardElement {
        stripe: JsValue,
        card: JsValue,
        dark: Option<MediaQueryList>,
        on_theme: Closure<dyn FnMut()>,
        // Called by the script as long as the fields are there.
        _on_change: Closure<dyn FnMut(JsValue)>,
    }

    /// Where the fields are kept while the page is there.
    pub type Kept = StoredValue<Option<CardElement>, LocalStorage>;

    /// Keeps none yet.
    pub fn keep() -> Kept {
        StoredValue::new_local(None)
    }

    impl CardElement {
        /// Loads the script and puts the fields into their place. `on_change` is told what is wrong with what stands in
        /// them, and whether they are filled in, as far as the script says so. `None` when that can't be had.
        pub async fn open(
            form: &CardForm,
            place: &HtmlDivElement,
            on_change: impl Fn(Option<String>, Option<bool>) + 'static,
        ) -> Option<Self> {
            load(&form.script).await.ok()?;
            let make: Function = get(&window(), "Stripe").dyn_into().ok()?;
            let options = object(&[("locale", &"en".into())]);
            let stripe = make.apply(&JsValue::UNDEFINED, &Array::of2(&form.key.as_str().into(), &options)).ok()?;
            let elements = call(&stripe, "elements", &[]).ok()?;
            let classes = object(&[("focus", &"card-field-focus".into()), ("invalid", &"card-field-invalid".into())]);
            let options = object(&[("style", &style(place)), ("classes", &classes), ("disableLink", &true.into())]);
            let card = call(&elements, "create", &[&"card".into(), &options]).ok()?;
            let on_change = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
                on_change(text(&get(&event, "error"), "message"), get(&event, "complete").as_bool());
            });
            call(&card, "on", &[&"change".into(), on_change.as_ref()]).ok()?;
            call(&card, "mount", &[place]).ok()?;
            let (themed, place) = (card.clone(), place.clone());
            let on_theme = Closure::<dyn FnMut()>::new(move || {
                _ = call(&themed, "update", &[&object(&[("style", &style(&place))])]);
            });
            let dark = window().match_media(DARK).ok().flatten();
            if let Some(dark) = &dark {
                _ = dark.add_event_listener_with_callback("change", on_theme.as_ref().unchecked_ref());
            }
            Some(Self { stripe, card, dark, on_theme, _on_change: on_change })
        }

        /// Puts the focus into the first field.
        pub fn focus(&self) {
            _ = call(&self.card, "focus", &[]);
        }

        /// Asks the card for money. The bank's own questions are asked in between.
        pub fn pay(&self, secret: &str) -> impl Future<Output = Paid> + use<> {
            let method = object(&[("card", &self.card)]);
            let data = object(&[("payment_method", &method)]);
            let asked = call(&self.stripe, "confirmCardPayment", &[&secret.into(), &data]);
            async move {
                let Ok(asked) = asked else { return unreachable_bank() };
                JsFuture::from(Promise::resolve(&asked)).await.map_or_else(|_| unreachable_bank(), |it| read(&it))
            }
        }
    }

    impl Drop for CardElement {
        fn drop(&mut self) {
            if let Some(dark) = &self.dark {
                _ = dark.remove_event_listener_with_callback("change", self.on_theme.as_ref().unchecked_ref());
            }
            _ = call(&self.card, "destroy", &[]);
        }
    }

    /// What the script says came of it (<https://docs.stripe.com/js/payment_intents/confirm_card_payment>).
    fn read(answer: &JsValue) -> Paid {
        let error = get(answer, "error");
        let payment = if error.is_object() { get(&error, "payment_intent") } else { get(answer, "paymentIntent") };
        let status = text(&payment, "status").unwrap_or_default();
        let code = text(&error, "code").unwrap_or_default();
        let done = matches!(status.as_str(), "succeeded" | "processing" | "requires_capture");
        if done || code == "payment_intent_unexpected_state" {
            return Paid::Yes;
        }
        if code == "payment_intent_authentication_failure" || !error.is_object() {
            let why =
                "Your bank did not hear from you that it is you, so nothing was paid. Try again, or use another card.";
            return Paid::No { why: why.to_owned(), in_fields: false };
        }
        let message = text(&error, "message").filter(|message| !message.is_empty());
        match (text(&error, "type").as_deref(), message) {
            (Some("validation_error"), Some(why)) => Paid::No { why, in_fields: true },
            (Some("card_error"), Some(why)) => {
                Paid::No { why: format!("{why} Nothing was paid. Try again, or use another card."), in_fields: false }
            }
            _ => unreachable_bank(),
        }
    }

    fn unreachable_bank() -> Paid {
        let why = "The payment provider could not be reached. Try again: it is never paid twice.";
        Paid::No { why: why.to_owned(), in_fields: false }
    }

    /// Loads the script, once in the life of a page.
    async fn load(address: &str) -> Result<(), JsValue> {
        if get(&window(), "Stripe").is_function() {
            return Ok(());
        }
        let script: HtmlScriptElement = document().create_element("script")?.unchecked_into();
        script.set_src(address);
        let loaded = Promise::new(&mut |resolve, reject| {
            _ = script.add_event_listener_with_callback("load", &resolve);
            _ = script.add_event_listener_with_callback("error", &reject);
            _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&reject, PATIENCE);
        });
        document().head().ok_or(JsValue::UNDEFINED)?.append_child(&script)?;
        JsFuture::from(loaded).await.map(drop)
    }

    /// How text looks in the fields: as in our own, in the theme that is on. They are frames of another site, to which our
    /// style sheet does not reach, so it is told what that comes to.
    fn style(place: &HtmlDivElement) -> JsValue {
        let Ok(Some(computed)) = window().get_computed_style(place) else { return JsValue::UNDEFINED };
        let of = |property: &str| JsValue::from(computed.get_property_value(property).unwrap_or_default());
        let colour = |variable: &str| {
            let own = place.style();
            _ = own.set_property("color", &format!("var({variable})"));
            let found = of("color");
            _ = own.remove_property("color");
            found
        };
        let placeholder = object(&[("color", &colour("--ink-faint"))]);
        let base = object(&[
            ("color", &colour("--ink")),
            ("iconColor", &colour("--ink-soft")),
            ("fontFamily", &of("font-family")),
            ("fontSize", &of("font-size")),
            ("lineHeight", &"1.4".into()),
            ("::placeholder", &placeholder),
        ]);
        let wrong = colour("--danger-ink");
        let invalid = object(&[("color", &wrong), ("iconColor", &wrong)]);
        object(&[("base", &base), ("invalid", &invalid)])
    }

    fn get(of: &JsValue, name: &str) -> JsValue {
        // Nothing can be asked of what is no object.
        Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
    }

    fn text(of: &JsValue, name: &str) -> Option<String> {
        get(of, name).as_string()
    }

    fn call(on: &JsValue, name: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
        let method: Function = Reflect::get(on, &name.into())?.dyn_into()?;
        method.apply(on, &arguments.iter().copied().collect::<Array>())
    }

    fn object(fields: &[(&str, &JsValue)]) -> JsValue {
        let object = Object::new();
        for (name, value) in fields {
            // A plain object takes every field.
            _ = Reflect::set(&object, &(*name).into(), value);
        }
        object.into()
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod rendered {
    use leptos::{prelude::StoredValue, web_sys::HtmlDivElement};

    use super::Paid;
    use crate::dto::CardForm;

    /// The fields on the page: there are none here.
    pub enum CardElement {}

    /// Where they would be kept. A page that is rendered may be begun in one thread and put away in another.
    pub type Kept = StoredValue<Option<CardElement>>;

    /// Keeps none.
    pub fn keep() -> Kept {
        StoredValue::new(None)
    }

    impl CardElement {
        /// Loads the script and puts the fields into their place.
        pub async fn open(
            _form: &CardForm,
            _place: &HtmlDivElement,
            _on_change: impl Fn(Option<String>, Option<bool>) + 'static,
        ) -> Option<Self> {
            None
        }

        /// Puts the focus into the first field.
        pub fn focus(&self) {
            match *self {}
        }

        /// Asks the card for money.
        pub fn pay(&self, _secret: &str) -> std::future::Ready<Paid> {
            match *self {}
        }
    }
}
