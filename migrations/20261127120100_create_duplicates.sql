-- Why: cards that look like one company are found by a pass over the base and not on a page view.

-- No foreign keys to companies: a card that goes into the trash and comes back is found as before, and a page shows those
-- that are there.
CREATE TABLE duplicate_pairs (
    one      uuid NOT NULL,
    two      uuid NOT NULL,
    -- Bits: see duplicates::model::Reason.
    reasons  smallint NOT NULL CONSTRAINT duplicate_pairs_reasons_check CHECK (reasons > 0),
    strength smallint NOT NULL,
    CONSTRAINT duplicate_pairs_pkey PRIMARY KEY (one, two),
    CONSTRAINT duplicate_pairs_two_check CHECK (one < two)
);
CREATE INDEX duplicate_pairs_two_idx ON duplicate_pairs (two);

-- Cards that pairs hold together.
CREATE TABLE duplicate_groups (
    -- The least key of its companies.
    id       uuid CONSTRAINT duplicate_groups_pkey PRIMARY KEY,
    reasons  smallint NOT NULL,
    strength smallint NOT NULL
);
CREATE INDEX duplicate_groups_strength_idx ON duplicate_groups (strength DESC, id DESC);

CREATE TABLE duplicate_members (
    company_id uuid CONSTRAINT duplicate_members_pkey PRIMARY KEY,
    group_id   uuid NOT NULL CONSTRAINT duplicate_members_group_id_fkey REFERENCES duplicate_groups (id) ON DELETE CASCADE
);
CREATE INDEX duplicate_members_group_id_idx ON duplicate_members (group_id);

-- Pairs of which somebody said that they are different companies.
CREATE TABLE duplicate_denials (
    one       uuid NOT NULL,
    two       uuid NOT NULL,
    denied_by bigint CONSTRAINT duplicate_denials_denied_by_fkey REFERENCES users (id),
    denied_at timestamptz NOT NULL,
    CONSTRAINT duplicate_denials_pkey PRIMARY KEY (one, two),
    CONSTRAINT duplicate_denials_two_check CHECK (one < two)
);
CREATE INDEX duplicate_denials_two_idx ON duplicate_denials (two);
CREATE INDEX duplicate_denials_denied_at_idx ON duplicate_denials (denied_at DESC, one DESC);
CREATE INDEX duplicate_denials_denied_by_idx ON duplicate_denials (denied_by);

-- One row: how far the search has come.
CREATE TABLE duplicate_passes (
    is_only    boolean NOT NULL DEFAULT true,
    -- Companies changed up to here have been compared.
    until      timestamptz,
    -- The last pass over the whole base, and how long it took.
    whole_at   timestamptz,
    whole_ms   bigint NOT NULL DEFAULT 0,
    -- Somebody asks for another one.
    wanted_at  timestamptz,
    -- One is at work since then.
    begun_at   timestamptz,
    CONSTRAINT duplicate_passes_pkey PRIMARY KEY (is_only),
    CONSTRAINT duplicate_passes_is_only_check CHECK (is_only)
);
INSERT INTO duplicate_passes DEFAULT VALUES;

-- The numbers of a text: «хохрякова 74 5» → {74,5}.
CREATE FUNCTION text_numbers(value text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN array_remove(regexp_split_to_array(value, '[^0-9]+'), '');

-- Almost the same name: «Детский сад 5» is not «Детский сад 6».
CREATE FUNCTION names_look_alike(one text, two text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN one = two OR (similarity(one, two) >= 0.5 AND text_numbers(one) = text_numbers(two));

-- Almost the same address: one may say more than the other, but not another house. Without a number it is a whole town.
CREATE FUNCTION addresses_look_alike(one text, two text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN one ~ '[0-9]' AND two ~ '[0-9]'
        AND (one = two
             OR (similarity(one, two) >= 0.5
                 AND (text_numbers(one) <@ text_numbers(two) OR text_numbers(two) <@ text_numbers(one))));
