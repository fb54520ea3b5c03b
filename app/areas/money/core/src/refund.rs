//! How a refund is divided.

/// What the platform gives back of its fee when a line of a payment, of which `before` has been given back already, has
/// `after` of it given back. Reckoned from the beginning each time, so that parts come to the same as the whole, and
/// never to more than is given back.
pub(crate) fn fee_given_back(amount: i64, fee: i64, before: i64, after: i64) -> i64 {
    let of = |refunded: i64| {
        let amount = i128::from(amount.max(1));
        (i128::from(fee) * i128::from(refunded) + amount / 2) / amount
    };
    i64::try_from(of(after) - of(before)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_come_to_the_whole(
            amount in 1_i64..=10_000_000_000,
            fee in 0_i64..=1000,
            cuts in proptest::collection::vec(0_i64..=1000, 0..10),
        ) {
            let part = |thousandths: i64| amount * thousandths / 1000;
            let fee = part(fee);
            let mut steps: Vec<i64> = cuts.into_iter().map(part).collect();
            steps.extend([0, amount]);
            steps.sort_unstable();
            let mut given = 0;
            for step in steps.windows(2) {
                let back = fee_given_back(amount, fee, step[0], step[1]);
                prop_assert!((0..=step[1] - step[0]).contains(&back));
                given += back;
            }
            prop_assert_eq!(given, fee);
        }
    }
}
