-- Why: people are told what others did that concerns them; each notice is a row, so that it waits for whoever is away.

CREATE TABLE notifications (
    id         uuid NOT NULL CONSTRAINT notifications_pkey PRIMARY KEY,
    user_id    bigint NOT NULL CONSTRAINT notifications_user_id_fkey REFERENCES users (id),
    kind       text NOT NULL,
    title      text NOT NULL,
    body       text NOT NULL DEFAULT '',
    -- A path of ours; empty: there is nothing to open.
    url        text NOT NULL DEFAULT '',
    -- What it is about, «company:<id>»: several unread ones of a kind stand in the bell as one. Empty: nothing.
    entity     text NOT NULL DEFAULT '',
    -- Whatever has the same key is told to one person once, however many processes find it. NULL: each is its own.
    dedup_key  text,
    created_at timestamptz NOT NULL,
    read_at    timestamptz,
    -- The key comes first: a notice that is no longer true is found by it at all people.
    CONSTRAINT notifications_dedup_key_key UNIQUE (dedup_key, user_id)
);
-- The bell: the newest unread ones, and how many.
CREATE INDEX notifications_unread_idx ON notifications (user_id, created_at DESC, id DESC) WHERE read_at IS NULL;
-- The page: all of them, or those of one kind.
CREATE INDEX notifications_user_idx ON notifications (user_id, created_at DESC, id DESC);
CREATE INDEX notifications_kind_idx ON notifications (user_id, kind, created_at DESC, id DESC);
-- Cleaning, and erasing what spoke of an erased company.
CREATE INDEX notifications_read_idx ON notifications (read_at) WHERE read_at IS NOT NULL;
CREATE INDEX notifications_entity_idx ON notifications (entity) WHERE entity <> '';

-- What a person does not want to hear of, or wants in another way; without a row a kind is told in the bell.
CREATE TABLE notification_settings (
    user_id bigint NOT NULL CONSTRAINT notification_settings_user_id_fkey REFERENCES users (id),
    kind    text NOT NULL,
    in_bell boolean NOT NULL,
    CONSTRAINT notification_settings_pkey PRIMARY KEY (user_id, kind)
);
