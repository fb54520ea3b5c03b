-- Cards are entered into a form on our own page, too: the provider is asked for a payment first, and the form is for that.

alter table payments
    -- Where the card is entered: on a 'page' of the provider's, or into a 'form' on ours. Empty until somebody goes there,
    -- and for a card that was left. It is written down before the provider is asked, so that one payment is never offered
    -- in two places.
    add column way text check (way in ('page', 'form')),
    -- When its form was taken back, because it is paid on the provider's page instead. It is cancelled over there after
    -- that, and the checkout gets another payment.
    add column withdrawn_at timestamptz,
    add constraint payments_withdrawn check (withdrawn_at is null or way = 'form');
update payments set way = 'page' where checkout_id is not null and card_reference is null;

drop index payments_one_of_a_checkout;
create unique index payments_one_of_a_checkout on payments (checkout_id)
    where checkout_id is not null and withdrawn_at is null;
create index payments_by_checkout on payments (checkout_id) where checkout_id is not null;
-- Forms that may have to be taken back.
create index payments_with_forms on payments (provider, created_at)
    where way = 'form' and status not in ('canceled', 'succeeded');
