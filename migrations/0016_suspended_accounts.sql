-- Lists leave out whoever was suspended. Those are few: what is listed keeps the order of its own index, and looks here.
create index accounts_suspended on accounts (id) where suspended_at is not null;
