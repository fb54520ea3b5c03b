//! Reading payments.

use std::collections::BTreeSet;

use super::*;

#[tokio::test]
async fn payments_are_listed_page_by_page() {
    let bench = Bench::new().await;
    let left = bench.left(GOOD).await;
    let start = bench.now();
    let mut all = BTreeSet::new();
    for n in 0..230 {
        // Several at one instant.
        if n % 3 == 0 {
            bench.app.clock.advance(TimeDelta::seconds(1));
        }
        let charge = bench.charging(&left, euros(100 + n));
        all.insert(bench.sandbox.charge(&charge, &bench.key()).await.expect("a payment").reference);
    }
    let end = bench.now() + TimeDelta::seconds(1);
    let (mut found, mut sizes, mut next) = (Vec::new(), Vec::new(), None);
    loop {
        let page = bench.sandbox.payments_between(start, end, next.as_deref()).await.expect("a page");
        sizes.push(page.payments.len());
        found.extend(page.payments);
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [100, 100, 30]);
    assert!(found.is_sorted_by_key(|payment| payment.created_at));
    assert_eq!(found.iter().map(|payment| payment.reference.clone()).collect::<BTreeSet<_>>(), all);
    assert_eq!(bench.payment(&found[7].reference).await, found[7]);

    // From the first instant on, and before the last.
    let second = TimeDelta::seconds(1);
    let some = bench.sandbox.payments_between(start + second, start + second * 3, None).await.expect("a page");
    assert_eq!((some.payments.len(), some.next), (6, None));
    let none = bench.sandbox.payments_between(end, end + second, None).await.expect("a page");
    assert_eq!((none.payments.len(), none.next), (0, None));
    assert_eq!(refusal(bench.sandbox.payments_between(start, end, Some("pi_sandbox_x")).await), "resource_missing");
    assert_eq!(refusal(bench.sandbox.payment("pi_sandbox_x").await), "resource_missing");
}
