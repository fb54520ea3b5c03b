//! The parts of the WebAssembly module that only some pages need. A function marked `#[lazy]` is loaded, with all that only
//! it uses, when it is first called.

use std::{collections::HashMap, sync::Arc};

use leptos::prelude::*;
use leptos_meta::Link;

/// Where the parts are. Provided to the pages of a module that was built in parts.
#[derive(Debug, Clone)]
pub struct Parts {
    folder: &'static str,
    loader: String,
    needed: Arc<HashMap<String, Vec<String>>>,
}

impl Parts {
    /// `loader` is the script in `folder` that loads them, `needed` the names of the parts that each lazy function needs.
    pub fn new(folder: &'static str, loader: String, needed: HashMap<String, Vec<String>>) -> Self {
        Self { folder, loader, needed: Arc::new(needed) }
    }

    /// The files that a lazy function needs. Its name is followed by a number in the list.
    fn of<'a>(&'a self, function: &'a str) -> impl Iterator<Item = String> + 'a {
        let is_it = move |name: &str| name.strip_prefix(function).is_some_and(|rest| rest.starts_with('_'));
        let found = self.needed.iter().filter(move |(name, _)| is_it(name)).flat_map(|(_, parts)| parts);
        found.map(|part| format!("{}/{part}.wasm", self.folder))
    }
}

/// Says in the head of the page which parts a lazy function needs, so that the browser need not wait for the module to ask.
///
/// The browser takes the links in the head over one by one, and makes none of these: no page may have a `Link` of its own (see
/// [`crate::canonical`]). As headers they would be too much for what proxies allow.
pub fn announce_parts(function: &str) {
    let Some(parts) = use_context::<Parts>() else { return };
    for href in parts.of(function) {
        // Rendering registers it with the head; there is nothing to put here.
        _ = view! { <Link rel="preload" href=href as_="fetch" type_="application/wasm" crossorigin="anonymous" /> }
            .to_html();
    }
    let loader = format!("{}/{}", parts.folder, parts.loader);
    _ = view! { <Link rel="modulepreload" href=loader /> }.to_html();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_found_by_its_name() {
        let needed = [("social_page_123", vec!["chunk_1", "split_2"]), ("social_pages_4", vec!["split_5"])];
        let needed = needed.map(|(name, parts)| (name.to_owned(), parts.into_iter().map(str::to_owned).collect()));
        let parts = Parts::new("/pkg", String::new(), HashMap::from(needed));
        assert_eq!(parts.of("social_page").collect::<Vec<_>>(), ["/pkg/chunk_1.wasm", "/pkg/split_2.wasm"]);
        assert_eq!(parts.of("identity_page").count(), 0);
    }
}
