//! Looking again, until what is awaited has come.

use std::{future::Future, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};
use web::{Debounce, Failure};

/// How long to wait between two looks.
const PAUSE: Duration = Duration::from_millis(1_500);

/// Asks for something again every so often, as long as it is not settled, and so many times at most. The page changes
/// only when what it shows has. Nothing is asked on the server, or once the page is left.
pub fn look_again<T, A>(
    resource: Resource<Result<T, Failure>>,
    most: u32,
    unsettled: impl Fn(&T) -> bool + 'static,
    ask: impl Fn() -> A + Clone + 'static,
) where
    T: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
    A: Future<Output = Result<T, Failure>> + 'static,
{
    let looks = RwSignal::new(0);
    let pause = Debounce::new(PAUSE);
    Effect::new(move |_| {
        let goes_on = resource.with(|it| matches!(it, Some(Ok(it)) if unsettled(it)));
        if !goes_on || looks.get() >= most {
            return;
        }
        let ask = ask.clone();
        pause.ask(move |asked| {
            spawn_local(async move {
                let answer = ask().await;
                if !asked.is_latest() {
                    return;
                }
                // An answer that doesn't come is no news.
                let is_news =
                    answer.is_ok() && resource.try_with_untracked(|it| it.as_ref() != Some(&answer)) == Some(true);
                if is_news {
                    resource.refetch();
                }
                _ = looks.try_update(|looks| *looks += 1);
            });
        });
    });
}
