//! Looks for what should not be possible. Each query says a sentence for each thing it finds, and nothing when all is
//! well.

use platform::Tx;

use crate::Error;

/// How much there is.
pub(crate) struct Counts {
    pub(crate) accounts: i64,
    pub(crate) transfers: i64,
    pub(crate) postings: i64,
    pub(crate) holds: i64,
    pub(crate) lines: i64,
    pub(crate) payouts: i64,
}

/// Counts what there is to be checked.
pub(crate) async fn counts(tx: &mut Tx) -> Result<Counts, Error> {
    let counts = sqlx::query_as!(
        Counts,
        r#"select (select count(*) from ledger_accounts) as "accounts!", (select count(*) from transfers) as "transfers!",
               (select count(*) from postings) as "postings!", (select count(*) from holds) as "holds!",
               (select count(*) from payment_lines) as "lines!", (select count(*) from payouts) as "payouts!""#
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(counts)
}

/// What a check is called, and what it found: the first hundred.
pub(crate) type Findings = (&'static str, Vec<String>);

/// Everything that can be found.
pub(crate) async fn findings(tx: &mut Tx) -> Result<Vec<Findings>, Error> {
    Ok(vec![
        ("transfers have two sides", transfers_have_two_sides(tx).await?),
        ("transfers sum to zero", transfers_sum_to_zero(tx).await?),
        ("balances are the sum of their postings", balances_are_sums(tx).await?),
        ("postings are numbered without gaps", postings_are_numbered(tx).await?),
        ("balances follow from posting to posting", balances_follow(tx).await?),
        ("postings have their account's currency", currencies_agree(tx).await?),
        ("no balance is below its floor", floors_hold(tx).await?),
        ("everything together is zero", all_is_zero(tx).await?),
        ("what is held is what holds have left", held_is_what_is_left(tx).await?),
        ("holds agree with their transfers", holds_agree(tx).await?),
        ("payments agree with their lines", lines_agree(tx).await?),
        ("what is pending is what lines have left", pending_is_what_is_left(tx).await?),
        ("refunds agree with the lines they give back", refunds_agree(tx).await?),
        ("no more is taken back than came in", reversals_fit(tx).await?),
        ("what is on its way out is what payouts say", payouts_agree(tx).await?),
    ])
}

async fn transfers_have_two_sides(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('transfer %s has %s', t.id, count(p.transfer_id)) as "it!"
           from transfers t left join postings p on p.transfer_id = t.id
           group by t.id having count(p.transfer_id) < 2 limit 100"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn transfers_sum_to_zero(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('transfer %s sums to %s %s', transfer_id, sum(amount), currency) as "it!"
           from postings group by transfer_id, currency having sum(amount) <> 0 limit 100"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn balances_are_sums(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('account %s has %s, its postings come to %s', a.id, a.balance, coalesce(p.sum, 0)) as "it!"
           from ledger_accounts a
           left join (select ledger_account_id, sum(amount) as sum from postings group by 1) p on p.ledger_account_id = a.id
           where a.balance <> coalesce(p.sum, 0) limit 100"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn postings_are_numbered(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('account %s is at %s and has %s postings, numbered from %s to %s', a.id, a.last_seq,
               coalesce(p.count, 0), p.first, p.last) as "it!"
           from ledger_accounts a
           left join (
               select ledger_account_id, count(*) as count, min(seq) as first, max(seq) as last from postings group by 1
           ) p on p.ledger_account_id = a.id
           where a.last_seq <> coalesce(p.count, 0) or a.last_seq <> coalesce(p.last, 0) or p.first <> 1 limit 100"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn balances_follow(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('account %s, posting %s: %s and %s don''t make %s', ledger_account_id, seq, before, amount,
               balance_after) as "it!"
           from (
               select ledger_account_id, seq, amount, balance_after,
                   coalesce(lag(balance_after) over (partition by ledger_account_id order by seq), 0) as before
               from postings
           ) p
           where before + amount <> balance_after limit 100"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn currencies_agree(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('transfer %s posts %s to an account of %s', p.transfer_id, p.currency, a.currency) as "it!"
           from postings p join ledger_accounts a on a.id = p.ledger_account_id
           where a.currency <> p.currency limit 100"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn floors_hold(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('account %s has %s', id, balance) as "it!" from ledger_accounts where balance < floor limit 100"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn all_is_zero(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('all accounts together have %s %s', sum(balance), currency) as "it!"
           from ledger_accounts group by currency having sum(balance) <> 0"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn held_is_what_is_left(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('account %s holds %s %s, its holds have %s left', coalesce(a.owner_id, h.payer_id),
               coalesce(a.balance, 0), coalesce(a.currency, h.currency), coalesce(h.left_over, 0)) as "it!"
           from (select owner_id, currency, balance from ledger_accounts where kind = 'held') a
           full join (
               select payer_id, currency, sum(amount - captured - released) as left_over from holds group by 1, 2
           ) h on h.payer_id = a.owner_id and h.currency = a.currency
           where coalesce(a.balance, 0) <> coalesce(h.left_over, 0) limit 100"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn holds_agree(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('hold %s says %s, %s taken, %s let go; its transfers say %s, %s, %s', h.id, h.amount, h.captured,
               h.released, coalesce(t.amount, 0), coalesce(t.captured, 0), coalesce(t.released, 0)) as "it!"
           from holds h
           left join (
               select t.hold_id, sum(p.amount) filter (where t.kind = 'hold') as amount,
                   -sum(p.amount) filter (where t.kind = 'capture') as captured,
                   -sum(p.amount) filter (where t.kind = 'release') as released
               from transfers t
               join postings p on p.transfer_id = t.id
               join ledger_accounts a on a.id = p.ledger_account_id and a.kind = 'held'
               where t.hold_id is not null
               group by t.hold_id
           ) t on t.hold_id = h.id
           where h.amount <> coalesce(t.amount, 0) or h.captured <> coalesce(t.captured, 0)
               or h.released <> coalesce(t.released, 0) limit 100"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn lines_agree(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('payment %s took %s, its lines come to %s', t.id, coalesce(p.sum, 0), coalesce(l.sum, 0)) as "it!"
           from transfers t
           left join (
               select p.transfer_id, -sum(p.amount) as sum
               from postings p join ledger_accounts a on a.id = p.ledger_account_id and a.kind in ('wallet', 'held')
               group by 1
           ) p on p.transfer_id = t.id
           left join (select transfer_id, sum(amount) as sum from payment_lines group by 1) l on l.transfer_id = t.id
           where (t.kind = 'capture' or l.sum is not null) and coalesce(p.sum, 0) <> coalesce(l.sum, 0) limit 100"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn pending_is_what_is_left(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('account %s has %s %s pending, its lines have %s left', coalesce(a.owner_id, l.payee_id),
               coalesce(a.balance, 0), coalesce(a.currency, l.currency), coalesce(l.left_over, 0)) as "it!"
           from (select owner_id, currency, balance from ledger_accounts where kind = 'pending') a
           full join (
               select payee_id, currency, sum(amount - fee - refunded + refunded_fee) as left_over
               from payment_lines where freed_at is null group by 1, 2
           ) l on l.payee_id = a.owner_id and l.currency = a.currency
           where coalesce(a.balance, 0) <> coalesce(l.left_over, 0) limit 100"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn refunds_agree(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('payment %s: lines say %s were given back, transfers say %s', coalesce(l.transfer_id, t.reverses),
               coalesce(l.refunded, 0), coalesce(t.refunded, 0)) as "it!"
           from (select transfer_id, sum(refunded) as refunded from payment_lines group by 1) l
           full join (
               select t.reverses, sum(p.amount) as refunded
               from transfers t
               join postings p on p.transfer_id = t.id
               join ledger_accounts a on a.id = p.ledger_account_id and a.kind = 'wallet'
               where t.kind = 'refund' and t.reverses is not null
               group by t.reverses
           ) t on t.reverses = l.transfer_id
           where coalesce(l.refunded, 0) <> coalesce(t.refunded, 0) limit 100"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn reversals_fit(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('of top-up %s, %s were taken back too much', top_up, sum(amount)) as "it!"
           from (
               select case when t.kind = 'top_up' then t.id else t.reverses end as top_up, p.amount
               from transfers t
               join postings p on p.transfer_id = t.id
               join ledger_accounts a on a.id = p.ledger_account_id and a.kind = 'provider'
               where t.kind in ('top_up', 'top_up_reversal')
           ) moved
           group by top_up having sum(amount) > 0 limit 100"#
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn payouts_agree(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select format('%s %s are on their way out, payouts come to %s', coalesce(a.balance, 0),
               coalesce(a.currency, o.currency), coalesce(o.sum, 0)) as "it!"
           from (select currency, balance from ledger_accounts where kind = 'payouts') a
           full join (
               select currency, sum(amount) as sum from payouts where state in ('requested', 'sent') group by 1
           ) o on o.currency = a.currency
           where coalesce(a.balance, 0) <> coalesce(o.sum, 0)"#
    )
    .fetch_all(&mut **tx)
    .await?)
}
